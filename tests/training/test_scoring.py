"""Cohorts in Parquet: every row once and in order, the numbers of the model, bad rows named, nothing half done left."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from distributed import Client
from toys import Command, random_inputs

from qcore.backends.registry import backend
from qcore.batch import scoring
from qcore.batch.scoring import Scored, partitions, score_cohort
from qcore.errors import InvalidValue, MissingAsset, UnreadableInput
from qcore.records import audit, database
from qcore.tasks.aki.acceptance import accepted, refusal
from qcore.tasks.aki.inputs import INPUT_NAMES, INPUTS
from qcore.tasks.aki.model import AkiModel, load
from qcore.tasks.aki.results import ALERT, HIGH, LOW, RISK, results_table
from qcore.tasks.classification.store import save

N = 700


@pytest.fixture(scope="module")
def models(model: AkiModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    save(model.trained, folder)
    return folder


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Partitions of about 128 rows in steps of 50."""
    monkeypatch.setattr(scoring, "ROWS_A_PARTITION", 128)
    monkeypatch.setattr(scoring, "ROWS_A_STEP", 50)


def cohort(n: int = N) -> pd.DataFrame:
    table = random_inputs(n, seed=2)
    table["urine_6h_ml_kg_h"] = table[["urine_6h_ml_kg_h", "urine_24h_ml_kg_h"]].min(axis=1)
    return table


def written(table: pd.DataFrame, tmp_path: Path, group: int = 300) -> Path:
    file = tmp_path / "cohort.parquet"
    # An index that only counts is not written as a column.
    (table if "patient_id" in table else table.reset_index()).to_parquet(file, row_group_size=group)
    return file


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("groups", [[700], [300, 300, 100], [1] * 9, [100, 100, 100], [10, 5000, 20], [128, 128], [0]])
def test_partitions_hold_every_row_once_and_in_order(tmp_path: Path, groups: list[int]) -> None:
    file = tmp_path / "any.parquet"
    schema = pa.schema([("patient_id", pa.int64()), *((name, pa.float64()) for name in INPUT_NAMES)])
    total = 0
    with pq.ParquetWriter(file, schema) as writer:
        for rows in groups:
            columns = {name: np.zeros(rows) for name in INPUT_NAMES}
            ids = np.arange(total, total + rows)
            writer.write_table(pa.table({"patient_id": ids, **columns}, schema=schema), row_group_size=max(rows, 1))
            total += rows
    found = partitions(file)
    with pq.ParquetFile(file) as opened:
        steps = [[batch["patient_id"].to_pylist() for batch in scoring._steps(opened, part)] for part in found]
    assert [sum(map(len, step)) for step in steps] == [part.rows for part in found]
    assert [number for step in steps for batch in step for number in batch] == list(range(total))
    assert all(len(batch) <= 50 for step in steps for batch in step)
    assert [part.number for part in found] == list(range(len(found)))
    # Each partition of a group reads it from its beginning: a very large group is cut into few.
    assert len(found) <= 2 * scoring.PARTITIONS_A_GROUP


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("name", ["ideal", "noisy:fez", "noisy:fez:3:zne=linear:readout"])
def test_the_numbers_are_those_of_the_model(
    name: str, model: AkiModel, models: Path, client: Client, tmp_path: Path
) -> None:
    table, told = cohort(), []
    done = score_cohort(written(table, tmp_path), tmp_path / "out", name, client, lambda *now: told.append(now), models)
    assert done == Scored(N, 0)
    assert told[-1] == (N, N)
    found = pd.read_parquet(tmp_path / "out").set_index("patient_id")
    said = model.predict(table, backend(name))
    assert found.index.tolist() == table.index.tolist()
    for column, value in ((RISK, said.value), (LOW, said.low), (HIGH, said.high)):
        np.testing.assert_allclose(found[column], 100 * value, atol=1e-10)
    pd.testing.assert_series_equal(found[ALERT], results_table(model, table, backend(name))[ALERT], check_dtype=False)
    assert set(found["backend"]) == {name}
    assert set(found["model_card"]) == {"aki"}
    assert found["threshold_percent"].tolist() == pytest.approx([100 * said.threshold] * N)
    assert len(list((tmp_path / "out").iterdir())) > 3


@pytest.mark.usefixtures("small_steps")
def test_no_more_than_a_step_of_patients_is_ever_held(
    models: Path, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []
    whole = AkiModel.predict

    def watched(self: AkiModel, inputs: pd.DataFrame, *others: object) -> object:
        sizes.append(len(inputs))
        return whole(self, inputs, *others)

    monkeypatch.setattr(AkiModel, "predict", watched)
    score_cohort(written(cohort(), tmp_path, group=N), tmp_path / "out", "ideal", client, models=models)
    assert max(sizes) <= 50
    assert sum(sizes) == N


@pytest.mark.usefixtures("small_steps")
def test_a_bad_row_has_no_risk_and_says_why(models: Path, client: Client, tmp_path: Path) -> None:
    table = cohort(300)
    table.loc[3, "age_years"] = np.nan
    table.loc[140, "creatinine_first_mg_dl"] = 90.0
    table.loc[141, "icu_type"] = 2.5
    table.loc[299, ["urine_6h_ml_kg_h", "urine_24h_ml_kg_h"]] = [2.0, 0.4]
    # A whole step without one patient that can be scored.
    table.loc[50:99, "gcs_max"] = np.inf
    done = score_cohort(written(table, tmp_path), tmp_path / "out", "ideal", client, models=models)
    assert done == Scored(300, 54)
    found = pd.read_parquet(tmp_path / "out").set_index("patient_id")
    bad = found[found[RISK].isna()]
    assert bad.index.tolist() == [3, *range(50, 100), 140, 141, 299]
    assert bad[[LOW, HIGH, ALERT]].isna().all(axis=None)
    assert bad["note"][3] == "Age is missing. Enter a value, accepted: 16 to 110 years."
    assert bad["note"][140].startswith("Creatinine, first: 90 mg/dL is not accepted")
    assert bad["note"][141].startswith("Intensive care unit: 2.5")
    assert bad["note"][299].startswith("Urine cannot flow at 2.00 mL/kg/h in the last 6 h")
    assert set(found["note"].drop(bad.index)) == {scoring.SCORED}


def test_what_is_accepted_has_no_fault_and_what_is_not_has_one() -> None:
    rng = np.random.default_rng(4)
    patients = cohort(400).to_numpy(copy=True)
    low, high = np.array([item.accepted for item in INPUTS]).T
    for value in (low, high, low - 1e-9, high + 1e-9, np.full(12, np.nan)):
        rows, columns = rng.integers(0, 400, 40), rng.integers(0, 12, 40)
        patients[rows, columns] = value[columns]
    fine = accepted(patients)
    assert 150 < fine.sum() < 350
    for patient in patients[~fine]:
        assert refusal(patient)
    for patient in patients[fine]:
        with pytest.raises(AssertionError):
            refusal(patient)


@pytest.mark.usefixtures("small_steps")
def test_whole_numbers_nulls_and_ids_of_text_are_read(models: Path, client: Client, tmp_path: Path) -> None:
    table = cohort(60)
    whole = table.round().assign(age_years=table["age_years"].round().astype("Int64")).astype({"icu_type": "int8"})
    whole["creatinine_first_mg_dl"] = table["creatinine_first_mg_dl"].astype("float32")
    whole["creatinine_last_mg_dl"] = table["creatinine_last_mg_dl"]
    # Rounded to whole mL/kg/h, six hours could pass the day.
    whole[["urine_24h_ml_kg_h", "urine_6h_ml_kg_h"]] = 1
    whole.loc[7, "age_years"] = pd.NA
    whole = whole.reset_index().assign(patient_id=[f"p{number}" for number in range(60)], ward="A")
    done = score_cohort(written(whole, tmp_path), tmp_path / "out", "ideal", client, models=models)
    found = pd.read_parquet(tmp_path / "out")
    assert found["patient_id"].tolist() == whole["patient_id"].tolist()
    assert done.refused == found[RISK].isna().sum()
    assert pd.isna(found[RISK][7])
    assert found["note"][7].startswith("Age is missing")
    assert found[RISK].notna().sum() > 40


def test_a_cohort_of_nobody_is_an_empty_table(models: Path, client: Client, tmp_path: Path) -> None:
    done = score_cohort(written(cohort(1)[:0], tmp_path), tmp_path / "out", "ideal", client, models=models)
    assert done == Scored(0, 0)
    found = pd.read_parquet(tmp_path / "out")
    assert len(found) == 0
    assert RISK in found.columns


@pytest.mark.parametrize(
    ("name", "kind", "said"),
    [
        ("noisy:fez:shots=100", InvalidValue, "on an exact backend, ideal or noisy without shots"),
        ("ibm:fez", InvalidValue, "on an exact backend"),
        ("noisy:nowhere", MissingAsset, "nowhere"),
    ],
)
def test_only_exact_backends_score(name: str, kind: type, said: str, client: Client, tmp_path: Path) -> None:
    with pytest.raises(kind, match=said):
        score_cohort(written(cohort(5), tmp_path), tmp_path / "out", name, client)
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_is_a_sentence(client: Client, tmp_path: Path) -> None:
    def score(table: pd.DataFrame) -> None:
        score_cohort(written(table, tmp_path), tmp_path / "out", "ideal", client)

    with pytest.raises(UnreadableInput, match="has no column age_years, weight_kg"):
        score(cohort(5).drop(columns=["age_years", "weight_kg"]))
    with pytest.raises(UnreadableInput, match="has no column patient_id"):
        score(cohort(5).rename_axis("who"))
    with pytest.raises(UnreadableInput, match="the column age_years must hold numbers, not string"):
        score(cohort(5).astype({"age_years": str}))
    (tmp_path / "cohort.parquet").write_text("patient_id,age_years\n")
    with pytest.raises(UnreadableInput, match="is no Parquet file"):
        score_cohort(tmp_path / "cohort.parquet", tmp_path / "out", "ideal", client)


def test_nothing_is_overwritten_and_nothing_half_done_is_left(
    models: Path, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(cohort(50), tmp_path)
    (tmp_path / "there").mkdir()
    with pytest.raises(InvalidValue, match="exists already"):
        score_cohort(file, tmp_path / "there", "ideal", client, models=models)

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_cohort(file, tmp_path / "out", "ideal", client, stopped, models)
    monkeypatch.setattr(scoring, "_scored", lambda *_: 1 / 0)
    with pytest.raises(UnreadableInput, match="could not be scored: division by zero"):
        score_cohort(file, tmp_path / "out", "ideal", client, models=models)
    assert {found.name for found in tmp_path.iterdir()} == {"there", "cohort.parquet"}


def test_the_command_scores_a_cohort(qlinical: Command, scheduler: str, tmp_path: Path) -> None:
    table = cohort(40)
    file, output = written(table, tmp_path), tmp_path / "risks"
    done = qlinical("predict", "aki", file, "--out", output, "--backend", "noisy:fez", "--scheduler", scheduler)
    assert (done.code, done.out) == (0, "")
    assert done.sentence == f"40 patients scored, in {output}: pandas.read_parquet reads it."
    expected = load().predict(table, backend("noisy:fez")).value
    np.testing.assert_allclose(pd.read_parquet(output)[RISK], 100 * expected, atol=1e-9)
    with database.session(write=False) as session:
        ((action, details),) = session.query(audit.AuditEvent.action, audit.AuditEvent.details).all()
    assert action == audit.Action.PREDICTION
    assert '"patients":40' in details
    assert '"format":"parquet"' in details
    table.loc[4, "weight_kg"] = np.nan
    written(table, tmp_path)
    bad = qlinical("predict", "aki", file, "--out", tmp_path / "again", "--scheduler", scheduler)
    assert bad.code == 1
    assert bad.sentence.startswith("1 of 40 patients are not scored; the column note says why.")


def test_the_command_says_what_a_cohort_needs(qlinical: Command, tmp_path: Path) -> None:
    file = written(cohort(5), tmp_path)
    assert "Say with --out where the scored cohort shall go" in qlinical("predict", "aki", file).sentence
    other = tmp_path / "patients.csv"
    other.touch()
    done = qlinical("predict", "aki", other, "--workers", 2)
    assert (done.code, done.out) == (2, "")
    assert "--workers are for a FILE.parquet" in done.sentence
