"""What a researcher prints in a notebook is one readable line, or a few."""

from dataclasses import replace

import pytest
import torch
from population_models import population_model
from toys import random_inputs

import qcore
from qcore.tasks.aki.model import AkiModel

DATA = b"ID,TIME,AMT,DV,EVID,WT\n1,0,100,.,1,70\n1,1,.,5,0,70\n1,2,.,3,0,70\n2,0,0,.,0,60\n2,1,.,0,0,60\n"


def test_a_study_and_what_is_in_it() -> None:
    read = qcore.read_study("study.csv", DATA)
    study, (first, second) = read.study, read.study.subjects
    assert repr(study) == ("Study: subjects 2, doses 1, concentrations 3, responses 0; covariates WT; in h, mg, mg/L")
    assert repr(first) == (
        "Subject 1 (WT 70): Doses: 1, of 100, at times 0; "
        "Observations: concentrations 2, responses 0, values 3 to 5, at times 1 to 2"
    )
    assert repr(second.doses) == "Doses: none"
    assert repr(replace(first.observations, time=torch.zeros(0).numpy())) == "Observations: none"
    lines = repr(read).splitlines()
    assert lines[0] == f"ReadStudy of {study!r}"
    assert all(line.startswith(("  note: ", "  doubt: ")) for line in lines[1:])
    assert len(lines) == 1 + len(read.notes) + len(read.doubts)


def test_notes_and_doubts_are_sentences_whether_they_name_fields_or_not() -> None:
    read = qcore.read_study("study.csv", DATA)
    assert any(not isinstance(note, str) for note in read.notes)
    for several in (read.notes, read.doubts):
        assert repr(several) == repr(tuple(str(each) for each in several))


def test_a_population_model_says_its_numbers_with_their_errors() -> None:
    head, *numbers = repr(population_model()).splitlines()
    assert head == "PopulationModel of 40 subjects, 800 measurements, BIC 150.0"
    assert numbers[0] == "  CL 0.05, standard error 5 %"
    assert len(numbers) == len(population_model().structure.names)


def test_a_trained_model_and_its_answers(model: AkiModel) -> None:
    assert repr(model).startswith("AkiModel, alert from a risk of ")
    assert repr(model.trained) in repr(model)
    assert "hybrid x 1, control x 1, logistic_regression x 1, gradient_boosting x 1" in repr(model)
    patients = random_inputs(7, seed=5)
    head, *lines = repr(model.predict(patients, "ideal")).splitlines()
    assert head == "Prediction (probability; cases: 7) by aki on PennyLane default.qubit"
    assert "90% interval" in lines[0]
    assert lines[5:] == ["  and 2 more"]
    explained = repr(model.explain(patients.iloc[0], "ideal")).splitlines()
    assert len(explained) == 13
    assert explained[0].startswith("Explanation (Exact Shapley values, one reference patient), base value ")


@pytest.mark.parametrize(
    ("thing", "line"),
    [
        (qcore.reuploading(2, 1), "Circuit reuploading-2x1: 2 qubits, 2 inputs, 2 weights, measures Z(0), Z(1)"),
        (qcore.FAMILIES["gru"], "Family gru: Quantum GRU; for series, signal"),
        (qcore.QUESTIONS["aki"], "Question aki: AKI in the next 24 hours (PhysioNet 2012); AKI"),
        (qcore.aki_examples()[0], "Example massive_transfusion: After massive transfusion"),
        (
            qcore.device("fez"),
            "Device fez (IBM Fez, Heron r2): 156 qubits, 169 pairs with CZ, calibrated 2025-02-26T15:16:25-05:00",
        ),
        (
            qcore.backend("ideal").expectations(qcore.reuploading(2, 1), torch.zeros(3, 2), torch.zeros(2)),
            "Expectations (3, 2) on PennyLane default.qubit, largest standard error 0",
        ),
    ],
)
def test_other_things_are_one_line(thing: object, line: str) -> None:
    assert repr(thing) == line


def test_what_names_kept_programs_did_not_change_with_what_is_shown() -> None:
    fez = qcore.device("fez")
    assert fez.fingerprint == "f084af223e175b23360d22af2728f34b9f420dabced088c471659a72093903ae"
    assert replace(fez, dt_s=1e-9).fingerprint != fez.fingerprint
