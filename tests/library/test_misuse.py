"""Wrong arguments from a researcher's own program: a sentence, not an error from inside."""

import numpy as np
import pandas as pd
import pytest
import torch

import qcore
from qcore.cli import classification
from qcore.errors import InvalidValue, UnsuitableCircuit

PATIENT = qcore.aki_examples()[0].inputs.to_frame().T


@pytest.fixture(scope="module")
def model() -> "qcore.tasks.aki.model.AkiModel":
    return qcore.load_aki_model()


def test_patients_that_can_be_are_returned_as_they_are() -> None:
    pd.testing.assert_frame_equal(qcore.check_aki_patients(PATIENT), PATIENT)


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("creatinine_last_mg_dl", 168.0, "is the unit µmol/L?"),
        ("creatinine_last_mg_dl", -3.0, "not accepted"),
        ("age_years", 400.0, "not accepted"),
        ("age_years", np.nan, "missing"),
        ("weight_kg", np.inf, "not accepted"),
        ("icu_type", 9.0, "not accepted"),
    ],
)
def test_patients_that_cannot_be_are_refused_by_the_check(column: str, value: float, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=r"Patient .*: ") as refused:
        qcore.check_aki_patients(PATIENT.assign(**{column: value}))
    assert sentence in str(refused.value)


def test_urine_that_contradicts_itself_is_refused() -> None:
    day, last = [name for name in PATIENT.columns if "urine" in name]
    with pytest.raises(InvalidValue, match="Urine cannot flow"):
        qcore.check_aki_patients(PATIENT.assign(**{day: 0.2, last: 4.0}))


def test_a_table_without_a_column_and_a_single_row_are_told(model: "qcore.tasks.aki.model.AkiModel") -> None:
    ideal = qcore.backend("ideal")
    with pytest.raises(InvalidValue, match="lacks age_years"):
        model.predict(PATIENT.drop(columns="age_years"), ideal)
    with pytest.raises(InvalidValue, match="a row each"):
        model.predict(PATIENT.iloc[0], ideal)


def test_a_model_of_several_networks_says_what_to_ask_instead() -> None:
    breast, cases = qcore.load_model("breast"), torch.rand(2, 1, 28, 28)
    with pytest.raises(UnsuitableCircuit, match=r"probabilities\('hybrid'"):
        breast.predict(cases, qcore.backend("ideal"))
    assert breast.probabilities("hybrid", cases, qcore.backend("ideal")).shape == (2, 1)
    with pytest.raises(InvalidValue, match="Choose from hybrid, control"):
        breast.probabilities("foo", cases, qcore.backend("ideal"))


@pytest.mark.parametrize("family", ["fidelity-kernel", "projected-kernel"])
def test_a_kernel_says_that_it_has_one_label(family: str) -> None:
    shape = qcore.Shape(qcore.Kind.TABLE, n_features=5, n_outputs=3)
    found = qcore.FAMILIES[family]
    network = found.build(shape, *found.size)
    x, y = torch.randn(20, 5, dtype=found.dtype), torch.ones(20, 3, dtype=found.dtype)
    with pytest.raises(InvalidValue, match="one yes/no question"):
        qcore.train_family(found, network, x, y, qcore.Recipe(epochs=1), qcore.backend("ideal"), 0)


def test_arrays_that_are_no_tensors_and_shapes_that_do_not_fit_are_told() -> None:
    circuit = qcore.reuploading(n_qubits=2, n_layers=1)
    weights = torch.zeros(circuit.n_weights)
    with pytest.raises(ValueError, match="torch tensors"):
        qcore.backend("ideal").expectations(circuit, np.zeros((3, 2)), weights)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"takes inputs \(batch, 2\), not \(3, 5\)"):
        qcore.backend("ideal").expectations(circuit, torch.zeros(3, 5), weights)


def test_the_commands_know_every_question() -> None:
    assert {"aki", *classification.QUESTIONS} == set(qcore.QUESTIONS)
