"""The MIMIC-III reader on a small folder written here, and on the public demo where it is present."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qcore.errors import UnreadableInput
from qcore.settings import data_dir
from qcore.tasks.aki.features import first_day_inputs
from qcore.training.cohorts.mimic_iii import transfusion_cohort
from qcore.training.cohorts.transfusion import attrition

CAREVUE = "SUBJECT_ID,HADM_ID,ICUSTAY_ID,CHARTTIME,ITEMID,AMOUNT,AMOUNTUOM"
METAVISION = "subject_id,hadm_id,icustay_id,starttime,endtime,itemid,amount,amountuom,patientweight,statusdescription"
TABLES = {
    "admissions": "subject_id,hadm_id\n1,11\n2,21\n3,31\n4,41\n",
    "patients": (
        "subject_id,dob\n"
        "1,2100-03-02 00:00:00\n"  # a day short of 60
        "2,1850-01-01 00:00:00\n"  # shifted by 300 years
        "4,2150-01-01 00:00:00\n"  # born in hospital
    ),
    "diagnoses_icd": "subject_id,hadm_id,icd9_code\n2,21,V4511\n1,11,0389\n",
    "icustays": (
        "icustay_id,first_careunit,intime\n"
        "12,CSRU,2160-03-01 02:00:00\n22,SICU,2160-01-01 10:00:00\n42,NICU,2160-01-01 10:00:00\n"
    ),
    "labevents": (
        "subject_id,hadm_id,itemid,charttime,valuenum\n"
        "1,11,50912,2160-03-01 06:00:00,1.0\n1,11,50912,2160-03-07 12:00:00,1.5\n"
        "1,11,50912,2160-03-02 12:00:00,1.2\n1,11,51221,2160-03-01 06:00:00,21\n"
        "4,41,50912,2160-01-01 11:00:00,0.5\n"
    ),
    "outputevents": (
        "subject_id,itemid,charttime,value,iserror\n"
        "1,40055,2160-03-01 08:00:00,100,\n1,40069,2160-03-01 09:00:00,60,0\n"
        "1,226559,2160-03-01 10:00:00,500,1\n1,40086,2160-03-01 10:00:00,700,\n"
    ),
    # One bag of 375 mL charted over four hours, then plasma in another unit; zero is no product.
    "INPUTEVENTS_CV": f"{CAREVUE}\n"
    "1,11,12,2160-03-01 10:00:00,30001,0,ml\n"
    "1,11,12,2160-03-01 12:00:00,30001,95,ml\n"
    "1,11,12,2160-03-01 13:00:00,30001,95,ml\n"
    "1,11,12,2160-03-01 14:00:00,30001,160,ml\n"
    "1,11,12,2160-03-01 15:00:00,30005,1,tsp\n"
    "1,11,12,2160-03-01 16:00:00,30001,,\n"
    "1,11,,2160-03-04 16:00:00,42324,375,ml\n"
    "4,41,42,2160-01-01 12:00:00,30001,35,ml\n",
    "inputevents_mv": f"{METAVISION}\n"
    "2,21,22,2160-01-01 12:00:00,2160-01-01 13:00:00,225170,250,ml,70,FinishedRunning\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def test_hourly_charted_bags_are_one_episode_with_their_sum(folder: Path) -> None:
    row = transfusion_cohort(folder).episodes.set_index("hadm_id").loc[11]
    assert row["start_time"] == pd.Timestamp("2160-03-01 12:00")
    assert row["end_time"] == pd.Timestamp("2160-03-01 15:00")
    assert row["units_red_cells"] == pytest.approx(1.0)
    assert np.isnan(row["units_plasma"])
    assert (row["creatinine_max_48h_mg_dl"], row["creatinine_max_7d_mg_dl"]) == (1.2, 1.5)
    assert not row["aki_48h"]
    assert row["aki_7d"]
    assert row["aki"]
    assert (row["age_years"], row["icu_type"]) == (59.0, 2.0)


def test_urine_marked_as_error_and_drains_are_left_out(folder: Path) -> None:
    series = transfusion_cohort(folder).series
    urine = series[(series["patient_id"] == "1-11") & (series["parameter"] == "urine_ml")]
    assert urine["value"].sum() == 160


def test_both_charting_systems_ages_and_exclusions(folder: Path) -> None:
    cohort = transfusion_cohort(folder)
    episodes = cohort.episodes.set_index("hadm_id")
    assert episodes.loc[21, "units_platelets"] == 1.0
    assert episodes.loc[21, "age_years"] == 91.0
    assert episodes.loc[21, "exclusion"] == "dialysis before"
    assert episodes.loc[41, "exclusion"] == "younger than 16"
    assert episodes["icu_type"].isna()[41]
    assert attrition(cohort)["admissions"].tolist() == [4, 3, 2, 2, 1, 1, 1, 1, 0, 1, 1]


def test_charted_values_of_carevue(folder: Path) -> None:
    (folder / "CHARTEVENTS.csv").write_text(
        "SUBJECT_ID,ITEMID,CHARTTIME,VALUENUM,ERROR\n"
        "1,456,2160-03-01 08:00:00,61,\n1,52,2160-03-01 08:00:00,44,1\n"
        "1,678,2160-03-01 08:00:00,98.6,0\n1,198,2160-03-01 08:00:00,9,\n"
        "1,762,2160-02-28 08:00:00,77,\n"
    )
    inputs = first_day_inputs(transfusion_cohort(folder).series).loc["1-11"]
    assert inputs["map_min_mmhg"] == 61
    assert inputs["temperature_min_c"] == pytest.approx(37.0)
    assert inputs["gcs_max"] == 9
    assert inputs["weight_kg"] == 77


def test_a_missing_table_or_folder_is_named(folder: Path) -> None:
    with pytest.raises(UnreadableInput, match="nowhere does not exist"):
        transfusion_cohort(folder / "nowhere")
    (folder / "inputevents_mv.csv").unlink()
    with pytest.raises(UnreadableInput, match=r"inputevents_mv\.csv\.gz .* is missing .* MIMIC-III"):
        transfusion_cohort(folder)


def test_a_folder_without_transfusions_is_told(folder: Path) -> None:
    (folder / "INPUTEVENTS_CV.csv").write_text(f"{CAREVUE}\n")
    (folder / "inputevents_mv.csv").write_text(f"{METAVISION}\n")
    with pytest.raises(UnreadableInput, match="hold no red cells"):
        transfusion_cohort(folder)


def test_the_public_demo_gives_the_counts_we_state() -> None:
    data = data_dir()
    demo = data / "aki" / "mimic_iii_demo_1.4" if data else None
    if demo is None or not demo.is_dir():
        pytest.skip("the MIMIC-III demo is not there: set QLINICAL_DATA to the folder that holds aki/")
    cohort = transfusion_cohort(demo)
    steps = attrition(cohort).set_index("step")["admissions"]
    assert steps["red cells, plasma or platelets in the ICU record"] == 48
    assert steps["  of these, red cells in the first episode"] == 46
    assert len(cohort.eligible) == 42
    assert int(cohort.eligible["aki"].sum()) == 10
    assert cohort.series["time_h"].between(0, 24).all()
