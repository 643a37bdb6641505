"""The MIMIC-IV reader on a small folder written here, and on the public demo where it is present."""

import gzip
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qcore.errors import UnreadableInput
from qcore.settings import data_dir
from qcore.tasks.aki.features import first_day_inputs
from qcore.training.cohorts import mimic_tables
from qcore.training.cohorts.mimic_items import icu_type
from qcore.training.cohorts.mimic_iv import transfusion_cohort
from qcore.training.cohorts.transfusion import attrition

RED, PLASMA, OR_RED, CELL_SAVER = 225168, 220970, 226368, 226372
PRODUCT = "subject_id,hadm_id,stay_id,starttime,endtime,itemid,amount,amountuom,patientweight,statusdescription"
TABLES = {
    "hosp/admissions": "subject_id,hadm_id\n1,11\n2,21\n3,31\n",
    "hosp/patients": "subject_id,anchor_age,anchor_year\n1,60,2148\n2,89,2140\n3,50,2150\n",
    "hosp/diagnoses_icd": "subject_id,hadm_id,icd_code\n1,11,4139\n2,21,N186\n",
    "hosp/labevents": (
        "subject_id,hadm_id,itemid,charttime,valuenum\n"
        "1,,50912,2150-01-01 06:00:00,1.0\n"  # emergency ward: no admission number
        "1,11,50912,2150-01-02 12:00:00,1.3\n"
        "1,11,50912,2150-01-02 13:00:00,\n"
        "1,11,51222,2150-01-01 10:00:00,7.0\n"
        "1,11,50811,2150-01-01 18:00:00,8.5\n"
        "1,11,51006,2149-12-31 11:00:00,90\n"
        "1,11,51006,2149-12-31 12:00:00,30\n"
        "1,11,51081,2150-01-01 11:00:00,99\n"
        "2,21,50912,2150-01-01 06:00:00,2.0\n"
        "3,31,50912,2150-01-01 06:00:00,5.0\n"
    ),
    "icu/icustays": (
        "stay_id,first_careunit,intime\n"
        "12,Cardiac Vascular Intensive Care Unit (CVICU),2150-01-01 02:00:00\n"
        "22,Medical Intensive Care Unit (MICU),2150-01-01 12:30:00\n"
    ),
    "icu/inputevents": f"{PRODUCT}\n"
    f"1,11,12,2150-01-01 12:00:00,2150-01-01 14:00:00,{RED},350,ml,80,FinishedRunning\n"
    f"1,11,12,2150-01-01 11:00:00,2150-01-01 12:00:00,{RED},350,ml,80,Rewritten\n"
    f"1,11,12,2150-01-01 10:00:00,2150-01-01 10:01:00,{CELL_SAVER},500,ml,80,FinishedRunning\n"
    f"1,11,12,2150-01-01 15:00:00,2150-01-01 16:00:00,{PLASMA},0.6,L,80,FinishedRunning\n"
    f"1,11,12,2150-01-01 16:00:00,2150-01-01 17:00:00,{RED},0,ml,80,Stopped\n"
    f"1,11,12,2150-01-01 16:30:00,2150-01-01 16:31:00,{RED},2,units,80,FinishedRunning\n"
    f"2,21,22,2150-01-01 12:00:00,2150-01-01 12:01:00,{OR_RED},700,mL,1,FinishedRunning\n",
    "icu/outputevents": (
        "subject_id,itemid,charttime,value\n"
        "1,226559,2150-01-01 08:00:00,100\n"
        "1,226564,2150-01-01 08:00:00,50\n"
        "1,227488,2150-01-01 09:00:00,300\n"
        "1,227489,2150-01-01 09:00:00,340\n"
        "1,227488,2150-01-01 10:00:00,60\n"
        "1,226588,2150-01-01 08:00:00,999\n"  # chest tube
        "1,226559,2150-01-01 12:30:00,77\n"
    ),
}
CHART = (
    "subject_id,itemid,charttime,valuenum\n"
    "1,220052,2150-01-01 08:00:00,62\n"
    "1,220181,2150-01-01 09:00:00,58\n"
    "1,220052,2150-01-01 09:30:00,0\n"  # a clamped line
    "1,223761,2150-01-01 08:00:00,95\n"
    "1,223762,2150-01-01 09:00:00,36.5\n"
    "1,220739,2150-01-01 08:00:00,4\n"
    "1,223900,2150-01-01 08:00:00,5\n"
    "1,223901,2150-01-01 08:00:00,6\n"
    "1,220739,2150-01-01 09:00:00,4\n"
    "2,226531,2149-12-30 08:00:00,200\n"
    "1,220052,2150-01-01 13:00:00,40\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        path = tmp_path / f"{name}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_transfused_admission_is_found_with_everything_around_it(folder: Path) -> None:
    cohort = transfusion_cohort(folder)
    row = cohort.episodes.set_index("hadm_id").loc[11]
    assert row["start_time"] == pd.Timestamp("2150-01-01 12:00")
    assert row["end_time"] == pd.Timestamp("2150-01-01 16:31")
    assert row["units_red_cells"] == pytest.approx(3.0)
    assert row["units_plasma"] == pytest.approx(2.0)
    assert row["units_platelets"] == 0.0
    assert (row["haemoglobin_before_g_dl"], row["haemoglobin_after_g_dl"]) == (7.0, 8.5)
    assert (row["creatinine_before_mg_dl"], row["creatinine_max_48h_mg_dl"]) == (1.0, 1.3)
    assert (row["age_years"], row["icu_type"], row["icu_hours_before"]) == (62.0, 2.0, 10.0)
    assert row["aki"]
    assert row["exclusion"] == ""
    assert not row["charted_on_arrival"]


def test_the_inputs_are_those_of_the_24_hours_before(folder: Path) -> None:
    inputs = first_day_inputs(transfusion_cohort(folder).series).loc["1-11"]
    # The last entry is at 22 h and empty; the six hours before it begin in the first, long one.
    assert inputs["urine_24h_ml_kg_h"] == pytest.approx((150 + 40 + 0) / 22 / 80)
    assert inputs["urine_6h_ml_kg_h"] == pytest.approx((150 * 4 / 20 + 40 + 0) / 6 / 80)
    assert inputs["bun_max_mg_dl"] == 30
    assert inputs["weight_kg"] == 80
    assert np.isnan(inputs["map_min_mmhg"])


def test_charted_values_are_read_where_the_table_is_present(folder: Path) -> None:
    (folder / "icu" / "chartevents.csv.gz").write_bytes(gzip.compress(CHART.encode()))
    inputs = first_day_inputs(transfusion_cohort(folder).series)
    assert inputs.loc["1-11", "map_min_mmhg"] == 58
    assert inputs.loc["1-11", "temperature_min_c"] == pytest.approx(35.0)
    assert inputs.loc["1-11", "gcs_max"] == 15
    assert inputs.loc["2-21", "weight_kg"] == pytest.approx(90.72, abs=0.01)


def test_end_stage_disease_excludes_and_products_of_theatre_are_marked(folder: Path) -> None:
    cohort = transfusion_cohort(folder)
    row = cohort.episodes.set_index("hadm_id").loc[21]
    assert row["exclusion"] == "dialysis before"
    assert row["charted_on_arrival"]
    assert row["icu_hours_before"] == 0.0
    assert row["age_years"] == 91.0
    assert np.isnan(row["weight_kg"])
    assert attrition(cohort)["admissions"].tolist() == [3, 2, 2, 2, 1, 1, 1, 1, 1, 0, 1]


@pytest.mark.parametrize(("begun", "excluded"), [("11:59", True), ("12:01", False)])
def test_dialysis_excludes_only_if_begun_before(folder: Path, begun: str, excluded: bool) -> None:
    (folder / "icu" / "procedureevents.csv").write_text(
        f"hadm_id,itemid,starttime\n11,225802,2150-01-01 {begun}:00\n11,225792,2150-01-01 01:00:00\n"
    )
    row = transfusion_cohort(folder).episodes.set_index("hadm_id").loc[11]
    assert (row["exclusion"] == "dialysis before") is excluded


def test_reading_in_small_pieces_changes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "icu" / "chartevents.csv").write_text(CHART)
    whole = transfusion_cohort(folder)
    monkeypatch.setattr(mimic_tables, "CHUNK_ROWS", 2)
    pieces = transfusion_cohort(folder)
    pd.testing.assert_frame_equal(whole.episodes, pieces.episodes)
    pd.testing.assert_frame_equal(whole.series, pieces.series)


def test_tables_without_rows_are_no_error(folder: Path) -> None:
    for name in ("hosp/labevents", "hosp/diagnoses_icd", "icu/outputevents"):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
    cohort = transfusion_cohort(folder)
    assert set(cohort.episodes["exclusion"]) == {"no creatinine before"}
    assert set(cohort.series["parameter"]) == {"age_years", "icu_type", "weight_kg"}


def test_a_missing_table_is_named_before_anything_is_read(folder: Path) -> None:
    (folder / "hosp" / "labevents.csv").unlink()
    (folder / "icu" / "inputevents.csv").write_text("broken")
    with pytest.raises(UnreadableInput, match=r"labevents\.csv\.gz .* is missing .* MIMIC-IV"):
        transfusion_cohort(folder)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "hosp").mkdir()
    with pytest.raises(UnreadableInput, match=r"icu does not exist.*subfolders hosp and icu"):
        transfusion_cohort(tmp_path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"subject_id,hadm_id\n1,2\n", "has no column"),
        (b"", "cannot be read"),
        (b"\x1f\x8bnot really", "cannot be read"),
        (TABLES["hosp/labevents"].replace("1.3", "high").encode(), "cannot be read"),
        (TABLES["hosp/labevents"].replace("2150-01-02 12", "02.01.2150").encode(), "cannot be read"),
    ],
)
def test_a_damaged_table_is_named(folder: Path, content: bytes, message: str) -> None:
    (folder / "hosp" / "labevents.csv").write_bytes(content)
    with pytest.raises(UnreadableInput, match=rf"labevents\.csv {message}"):
        transfusion_cohort(folder)


def test_a_truncated_archive_is_named(folder: Path) -> None:
    path = folder / "hosp" / "labevents.csv"
    packed = gzip.compress(path.read_bytes())
    path.unlink()
    (folder / "hosp" / "labevents.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UnreadableInput, match=r"labevents\.csv\.gz cannot be read"):
        transfusion_cohort(folder)


def test_a_folder_without_transfusions_is_told(folder: Path) -> None:
    (folder / "icu" / "inputevents.csv").write_text(f"{PRODUCT}\n")
    with pytest.raises(UnreadableInput, match="holds no red cells"):
        transfusion_cohort(folder)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Coronary Care Unit (CCU)", 1),
        ("Cardiac Vascular Intensive Care Unit (CVICU)", 2),
        ("Medical Intensive Care Unit (MICU)", 3),
        ("Medical/Surgical Intensive Care Unit (MICU/SICU)", 3),
        ("Surgical Intensive Care Unit (SICU)", 4),
        ("Trauma SICU (TSICU)", 4),
        ("Neuro Surgical Intensive Care Unit (Neuro SICU)", 4),
        ("Neuro Stepdown", 4),
        ("CSRU", 2),
        ("CCU", 1),
        ("NICU", None),
        ("PACU", None),
    ],
)
def test_icu_types(name: str, code: int | None) -> None:
    assert icu_type(name) == code


def test_the_public_demo_gives_the_counts_we_state() -> None:
    data = data_dir()
    demo = data / "aki" / "mimic_iv_demo_2.2" if data else None
    if demo is None or not demo.is_dir():
        pytest.skip("the MIMIC-IV demo is not there: set QLINICAL_DATA to the folder that holds aki/")
    cohort = transfusion_cohort(demo)
    steps = attrition(cohort).set_index("step")["admissions"]
    assert cohort.n_patients == 100
    assert steps["red cells, plasma or platelets in the ICU record"] == 42
    assert len(cohort.eligible) == 36
    assert int(cohort.eligible["aki"].sum()) == 8
    assert not cohort.eligible["aki"].isna().any()
    assert cohort.series["time_h"].between(0, 24).all()
    inputs = first_day_inputs(cohort.series).loc[cohort.eligible["patient_id"]]
    assert (inputs["creatinine_first_mg_dl"].dropna() < 3.5).all()
