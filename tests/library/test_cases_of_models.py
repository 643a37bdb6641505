"""Trained models refuse cases that are not as stored, and say what to ask instead of what they lack."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from toys import random_inputs

import qcore
from qcore.errors import InvalidValue, MissingAsset, QlinicalError, UnsuitableCircuit
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.classification.model import Model

PATIENTS = random_inputs(3, seed=5)
PATIENT = PATIENTS.iloc[0]
ROWS = torch.from_numpy(PATIENTS.to_numpy())
ICU = list(PATIENTS.columns).index("icu_type")
EXAMPLES = {"volume": "adrenal", "image": "breast", "series": "aki"}


@pytest.fixture(scope="module")
def breast() -> Model:
    return qcore.load_model("breast")


def image(*shape: int) -> torch.Tensor:
    return torch.full(shape, 0.5)


@pytest.mark.parametrize("name", ["hybrid", "control", "resnet"])
@pytest.mark.parametrize(
    ("cases", "sentence"),
    [
        (255 * image(2, 1, 28, 28), "values from 0 to 1, not 127.5 to 127.5: divide grey levels of a byte by 255"),
        (image(2, 1, 28, 28) - 1, "values from 0 to 1, not -0.5"),
        (image(2, 1, 28, 28) * torch.nan, "finite numbers"),
        (image(2, 1, 28, 28).to(torch.uint8), "floating-point numbers, not torch.uint8"),
        (image(2, 1, 28, 28).numpy(), "must be a torch tensor"),
        (image(2, 1, 32, 28), r"Cases must be \(n, 1, 28, 28\), .* not \(2, 1, 32, 28\)"),
        (image(2, 3, 28, 28), r"not \(2, 3, 28, 28\)"),
        (image(2, 28, 28), r"not \(2, 28, 28\)"),
        (image(1, 28, 28), r"not \(1, 28, 28\)"),
        (image(0, 1, 28, 28), "at least one case"),
    ],
)
def test_images_of_another_size_or_range_are_refused(
    breast: Model, cases: torch.Tensor, sentence: str, name: str
) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        breast.probabilities(name, cases, "ideal")


def test_volumes_and_series_of_another_shape_are_refused() -> None:
    with pytest.raises(InvalidValue, match=r"Cases must be \(n, 1, 28, 28, 28\)"):
        qcore.load_model("adrenal").probabilities("control", image(1, 1, 28, 28), "ideal")
    with pytest.raises(InvalidValue, match=r"Cases must be \(n, time, \d+\), not \(3, 12\)"):
        qcore.load_model("aki", "gru").probabilities("control", ROWS, "ideal")


@pytest.mark.parametrize("name", ["hybrid", "control", "gradient_boosting", "logistic_regression"])
@pytest.mark.parametrize(
    ("cases", "sentence"),
    [
        (ROWS[:, :5], r"Cases must be \(n, 12\), not \(3, 5\): the columns are creatinine_first_mg_dl, "),
        (ROWS[0], r"not \(12,\)"),
        (ROWS.numpy(), "must be a torch tensor"),
        (ROWS.long(), "floating-point numbers, not torch.int64"),
        (ROWS * torch.inf, "finite numbers, or NaN where a value is missing"),
        (ROWS.index_fill(1, torch.tensor([ICU]), 9.0), "icu_type must be a code from 1 to 4"),
        (ROWS.index_fill(1, torch.tensor([ICU]), 1.5), "icu_type must be a code from 1 to 4"),
        (ROWS[:0], "at least one case"),
    ],
)
def test_tables_of_other_columns_or_values_are_refused(
    model: AkiModel, cases: torch.Tensor, sentence: str, name: str
) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        model.trained.probabilities(name, cases, "ideal")


def test_missing_values_of_a_table_are_taken_as_before(model: AkiModel) -> None:
    some = ROWS.clone()
    some[0, 3] = torch.nan
    assert np.isfinite(model.trained.probabilities("hybrid", some, "ideal")).all()


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (PATIENTS.assign(age_years="old"), "column age_years must hold numbers"),
        (pd.concat([PATIENTS, PATIENTS["age_years"]], axis=1), "two columns age_years"),
        (PATIENTS[:0], "at least one case"),
        (PATIENTS.assign(weight_kg=np.inf), "finite numbers"),
        (None, "pandas table"),
    ],
)
def test_a_table_of_patients_that_cannot_be_is_refused(model: AkiModel, table: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        model.predict(table, "ideal")


@pytest.mark.parametrize(
    ("patient", "sentence"),
    [
        (PATIENT * np.nan, "12 finite numbers"),
        (PATIENT.drop("age_years"), "lacks age_years"),
        (PATIENTS[:1], "must be a pandas Series"),
        (dict(PATIENT), "must be a pandas Series"),
    ],
)
def test_a_patient_that_is_not_complete_is_not_explained(model: AkiModel, patient: pd.Series, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        model.explain(patient, "ideal")


def test_labels_columns_and_models_that_do_not_exist_are_named(model: AkiModel) -> None:
    case, names = PATIENT.to_numpy(), list(PATIENTS.columns)
    with pytest.raises(InvalidValue, match=r"no label 'aki'\. Choose from AKI"):
        model.trained.explain(case, names, "aki", "ideal")
    with pytest.raises(InvalidValue, match="The columns must be creatinine_first_mg_dl"):
        model.trained.explain(case, ["a", *names[1:]], "AKI", "ideal")
    with pytest.raises(InvalidValue, match=r"no model 'hybird' here\. Choose from hybrid"):
        model.trained.logits("hybird", ROWS, "ideal")


@pytest.mark.parametrize("family", ["fidelity-kernel", "experts", "variational"])
def test_kernels_and_models_of_several_members_say_what_to_ask_instead(family: str) -> None:
    trained = qcore.load_model("aki", family)
    for call in (lambda: trained.predict(ROWS, "ideal"), lambda: trained.angles(ROWS)):
        with pytest.raises(UnsuitableCircuit, match=r"Ask for `probabilities\('hybrid', cases, backend\)` instead"):
            call()
    assert trained.probabilities("hybrid", ROWS, "ideal").shape == (3, 1)


def test_a_model_without_an_interval_says_so(model: AkiModel) -> None:
    bare = replace(model.trained, facts=model.trained.facts.model_copy(update={"half_width": {}}))
    with pytest.raises(InvalidValue, match="No interval was learnt for 'AKI': ask for `probabilities` instead"):
        bare.predict(ROWS, "ideal")


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: qcore.load_aki_model("/nowhere"), MissingAsset, "model.json is missing"),
        (lambda: qcore.load_aki_model(3), InvalidValue, "folder must be a path"),  # type: ignore[arg-type]
        (lambda: qcore.entry(["aki"]), InvalidValue, "There is no question"),  # type: ignore[arg-type]
        (lambda: qcore.load_model("aki", ["gru"]), InvalidValue, "is answered by the families"),  # type: ignore[arg-type]
    ],
)
def test_what_is_not_there_cannot_be_loaded(
    call: Callable[[], object], error: type[QlinicalError], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        call()


def sums(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return rows.sum(axis=1), np.zeros(len(rows))


@pytest.mark.parametrize(
    ("predict", "x", "names", "sentence"),
    [
        (sums, [1.0, 2.0, 3.0], ["a", "b"], "vectors of 2 features"),
        (sums, [], [], "1 to at most 15"),
        (sums, [1.0, np.nan], ["a", "b"], "finite numbers"),
        (3, [1.0, 2.0], ["a", "b"], "predict must be a function"),
        (lambda rows: rows.sum(axis=1), [1.0, 2.0], ["a", "b"], "values and their standard errors"),
        (lambda rows: (rows, rows), [1.0, 2.0], ["a", "b"], "values and their standard errors"),
    ],
)
def test_shapley_values_of_what_cannot_be_explained_are_refused(
    predict: Callable[..., object], x: list[float], names: list[str], sentence: str
) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        qcore.exact_shapley(predict, x, [0.0] * len(x), names)  # type: ignore[arg-type]


def test_shapley_values_take_lists_too() -> None:
    assert qcore.exact_shapley(sums, [1.0, 2.0], [0.0, 0.0], ["a", "b"]).attributions == pytest.approx([1, 2])  # type: ignore[arg-type]
