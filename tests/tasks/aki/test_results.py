"""Many patients as one table: order, columns, progress, and nothing at all."""

import numpy as np
import pandas as pd
import pytest
from toys import random_inputs

from qcore.backends.protocol import Backend
from qcore.tasks.aki import results
from qcore.tasks.aki.model import GRADIENT_BOOSTING, AkiModel
from qcore.tasks.aki.results import ALERT, HIGH, LOW, RISK, SHOT_ERROR, STRONGEST, results_table


@pytest.fixture
def named_patients() -> pd.DataFrame:
    return random_inputs(25, 3).set_index(pd.Index([f"p{i}" for i in np.random.default_rng(0).permutation(25)]))


def test_one_row_a_patient_in_the_order_given(model: AkiModel, named_patients: pd.DataFrame, ideal: Backend) -> None:
    table = results_table(model, named_patients.rename_axis("patient_id"), ideal)
    assert table.index.tolist() == named_patients.index.tolist()
    assert table.index.name == "patient_id"
    assert table.columns.tolist()[:6] == [RISK, LOW, HIGH, SHOT_ERROR, ALERT, STRONGEST]


def test_the_table_says_what_the_model_says(model: AkiModel, named_patients: pd.DataFrame, ideal: Backend) -> None:
    table, answer = results_table(model, named_patients, ideal), model.predict(named_patients, ideal)
    for column, values in ((RISK, answer.value), (LOW, answer.low), (HIGH, answer.high)):
        np.testing.assert_allclose(table[column], 100 * values, rtol=0, atol=0.0501)
    strongest = model.control_risks(named_patients)[GRADIENT_BOOSTING]
    np.testing.assert_allclose(table[STRONGEST], 100 * strongest, rtol=0, atol=0.0501)
    assert (table[ALERT] == np.where(answer.decision, "yes", "no")).all()
    assert set(table[ALERT]) == {"yes", "no"}


def test_an_exported_row_explains_itself(model: AkiModel, named_patients: pd.DataFrame, ideal: Backend) -> None:
    row = results_table(model, named_patients.iloc[:1], ideal).iloc[0]
    assert row["threshold_percent"] == pytest.approx(100 * model.threshold, abs=0.0501)
    assert (row["backend"], row["model_card"]) == ("ideal", "aki")
    assert "not for clinical use" in row["note"]


def test_pieces_make_the_same_table_and_tell_how_far_they_are(
    model: AkiModel, named_patients: pd.DataFrame, ideal: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = results_table(model, named_patients, ideal)
    monkeypatch.setattr(results, "PATIENTS_A_STEP", 10)
    told: list[tuple[int, int]] = []
    pieces = results_table(model, named_patients, ideal, lambda done, total: told.append((done, total)))
    pd.testing.assert_frame_equal(pieces, whole)
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_no_patients_make_an_empty_table(model: AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    told: list[object] = []
    table = results_table(model, patients.iloc[:0], ideal, lambda *step: told.append(step))
    assert table.empty
    assert table.columns.tolist()[:6] == [RISK, LOW, HIGH, SHOT_ERROR, ALERT, STRONGEST]
    assert told == []


def test_an_empty_table_has_the_header_of_a_full_one(model: AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    full, empty = (results_table(model, patients.iloc[:n], ideal).to_csv() for n in (1, 0))
    assert empty.splitlines()[0] == full.splitlines()[0]
