"""Transfusion cohort from the MIMIC-IV layout (folders hosp and icu), full release or demo.

MIMIC-IV is described in doi:10.1038/s41597-022-01899-x. Blood products are in the ICU record only:
a transfusion on a ward is not seen.
"""

from pathlib import Path

import pandas as pd

from qcore.errors import UnreadableInput
from qcore.training.cohorts import mimic_admissions, mimic_items
from qcore.training.cohorts.mimic_measurements import read_measurements
from qcore.training.cohorts.mimic_products import metavision_products
from qcore.training.cohorts.mimic_tables import find_table, join, read_table, require_table
from qcore.training.cohorts.transfusion import TransfusionCohort, build_cohort, first_episodes

SOURCE = "MIMIC-IV"
# Ages above 89 are recorded as 91; nobody becomes older than that in the cohort.
OLDEST_YEARS = 91
_HOSP = ("admissions", "patients", "diagnoses_icd", "labevents")
_ICU = ("icustays", "inputevents", "outputevents")


def transfusion_cohort(directory: Path) -> TransfusionCohort:
    """Find the transfused admissions of a MIMIC-IV folder, with inputs and label.

    icu/chartevents and icu/procedureevents may be absent: then blood pressure, temperature and coma
    scale are missing, and dialysis is known from diagnoses only. Tables are read in pieces, so
    memory grows with the transfused patients, not with the tables.

    Args:
        directory: the folder with the subfolders hosp and icu; tables as .csv.gz or .csv.

    Raises:
        UnreadableInput: a folder, table or column is missing, or nobody was transfused.
    """
    hosp, icu = directory / "hosp", directory / "icu"
    for folder in (directory, hosp, icu):
        if not folder.is_dir():
            raise UnreadableInput(
                f"The folder {folder} does not exist. Give the folder of {SOURCE} that holds the "
                "subfolders hosp and icu."
            )
    # All are looked for before the first is read: a missing one is told at once, not after an hour.
    paths = {name: require_table(hosp, name, SOURCE) for name in _HOSP}
    paths |= {name: require_table(icu, name, SOURCE) for name in _ICU}

    products = metavision_products(paths["inputevents"], "stay_id")
    if products.empty:
        raise UnreadableInput(f"{paths['inputevents']} holds no red cells, plasma or platelets.")
    episodes = _with_age(first_episodes(products), paths["patients"])
    stays = read_table(paths["icustays"], ["stay_id", "first_careunit", "intime"])
    episodes = mimic_admissions.with_stay(episodes, stays)
    episodes = mimic_admissions.with_dialysis(
        episodes,
        mimic_admissions.end_stage_admissions(paths["diagnoses_icd"], "icd_code"),
        mimic_admissions.dialysis_starts(find_table(icu, "procedureevents")),
    )
    return build_cohort(
        SOURCE,
        read_table(paths["admissions"], ["subject_id", "hadm_id"]),
        episodes,
        _measurements(paths, find_table(icu, "chartevents"), episodes),
    )


def _with_age(episodes: pd.DataFrame, patients: Path) -> pd.DataFrame:
    columns = ["subject_id", "anchor_age", "anchor_year"]
    known = read_table(patients, columns).drop_duplicates("subject_id").set_index("subject_id")
    subject = episodes["subject_id"]
    years_on = episodes["start_time"].dt.year - subject.map(known["anchor_year"])
    age = subject.map(known["anchor_age"]) + years_on
    return episodes.assign(age_years=age.clip(upper=OLDEST_YEARS).astype("float64"))


def _measurements(paths: dict[str, Path], chart: Path | None, episodes: pd.DataFrame) -> pd.DataFrame:
    tables = [
        read_measurements(paths["labevents"], mimic_items.LABS, episodes, value="valuenum"),
        read_measurements(paths["outputevents"], mimic_items.URINE_METAVISION, episodes, value="value"),
    ]
    if chart:
        items = mimic_items.CHART_METAVISION
        tables.append(read_measurements(chart, items, episodes, value="valuenum"))
    return join(tables)
