"""Transfusion cohort from the MIMIC-III layout (one folder of tables), full release 1.4 or demo.

MIMIC-III is described in doi:10.1038/sdata.2016.35. Its ICUs used two charting systems, CareVue
until 2008 and MetaVision after. All patients of the demo died: it is no fair population.
"""

from pathlib import Path

import pandas as pd

from qcore.errors import UnreadableInput
from qcore.training.cohorts import mimic_admissions, mimic_items
from qcore.training.cohorts.mimic_measurements import read_measurements
from qcore.training.cohorts.mimic_products import carevue_products, metavision_products
from qcore.training.cohorts.mimic_tables import find_table, join, read_table, require_table
from qcore.training.cohorts.transfusion import TransfusionCohort, build_cohort, first_episodes

SOURCE = "MIMIC-III"
# The birth of patients older than 89 is set 300 years back; their median age was 91.4.
OLDEST_YEARS = 91


def transfusion_cohort(directory: Path) -> TransfusionCohort:
    """Find the transfused admissions of a MIMIC-III folder, with inputs and label.

    chartevents and procedureevents_mv may be absent: then blood pressure, temperature, coma scale
    (and weight in CareVue stays) are missing, and dialysis is known from diagnoses only, as it
    always is in CareVue stays. Tables are read in pieces, as for MIMIC-IV.

    Args:
        directory: the folder of the tables, as .csv.gz or .csv, in upper or lower case.

    Raises:
        UnreadableInput: the folder, a table or a column is missing, or nobody was transfused.
    """
    if not directory.is_dir():
        raise UnreadableInput(f"The folder {directory} does not exist. Give the folder with the {SOURCE} tables.")
    names = ("admissions", "patients", "diagnoses_icd", "icustays", "labevents", "outputevents")
    inputs = ("inputevents_cv", "inputevents_mv")
    # All are looked for before the first is read: a missing one is told at once, not after an hour.
    paths = {name: require_table(directory, name, SOURCE) for name in names + inputs}

    carevue = carevue_products(paths["inputevents_cv"])
    metavision = metavision_products(paths["inputevents_mv"], "icustay_id")
    products = join([carevue, metavision])
    if products.empty:
        raise UnreadableInput(f"The tables in {directory} hold no red cells, plasma or platelets.")
    episodes = _with_age(first_episodes(products), paths["patients"])
    stays = read_table(paths["icustays"], ["icustay_id", "first_careunit", "intime"])
    episodes = mimic_admissions.with_stay(episodes, stays.rename(columns={"icustay_id": "stay_id"}))
    episodes = mimic_admissions.with_dialysis(
        episodes,
        mimic_admissions.end_stage_admissions(paths["diagnoses_icd"], "icd9_code"),
        mimic_admissions.dialysis_starts(find_table(directory, "procedureevents_mv")),
    )
    return build_cohort(
        SOURCE,
        read_table(paths["admissions"], ["subject_id", "hadm_id"]),
        episodes,
        _measurements(paths, find_table(directory, "chartevents"), episodes),
    )


def _with_age(episodes: pd.DataFrame, patients: Path) -> pd.DataFrame:
    born = read_table(patients, ["subject_id", "dob"]).drop_duplicates("subject_id")
    birth = episodes["subject_id"].map(born.set_index("subject_id")["dob"])
    start = episodes["start_time"]
    # By calendar: a difference of 300 years does not fit into nanoseconds.
    had_birthday = (start.dt.month > birth.dt.month) | (
        (start.dt.month == birth.dt.month) & (start.dt.day >= birth.dt.day)
    )
    age = start.dt.year - birth.dt.year - 1 + had_birthday.astype(int)
    return episodes.assign(age_years=age.clip(upper=OLDEST_YEARS).astype("float64"))


def _measurements(paths: dict[str, Path], chart: Path | None, episodes: pd.DataFrame) -> pd.DataFrame:
    urine = {**mimic_items.URINE_CAREVUE, **mimic_items.URINE_METAVISION}
    tables = [
        read_measurements(paths["labevents"], mimic_items.LABS, episodes, value="valuenum"),
        read_measurements(paths["outputevents"], urine, episodes, value="value", error_flag="iserror"),
    ]
    if chart:
        items = {**mimic_items.CHART_CAREVUE, **mimic_items.CHART_METAVISION}
        tables.append(read_measurements(chart, items, episodes, value="valuenum", error_flag="error"))
    return join(tables)
