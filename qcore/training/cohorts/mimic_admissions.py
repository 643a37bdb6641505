"""What MIMIC knows of an admission beyond its measurements: the ICU it lay in and dialysis."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from qcore.training.cohorts import mimic_items
from qcore.training.cohorts.mimic_tables import read_table


def end_stage_admissions(path: Path, code: str) -> set[int]:
    """Return the admissions with a diagnosis of end-stage kidney disease; ``code``: its column."""
    coded = read_table(path, ["hadm_id", code], {code: mimic_items.END_STAGE})
    return set(coded["hadm_id"].astype(int))


def dialysis_starts(path: Path | None) -> pd.Series:
    """Return the first dialysis of each admission (hadm_id to time) in the table of ICU procedures.

    Empty where the table was not downloaded.
    """
    if path is None:
        return pd.Series(dtype="datetime64[ns]")
    columns = ["hadm_id", "itemid", "starttime"]
    events = read_table(path, columns, {"itemid": mimic_items.DIALYSIS})
    return events.groupby("hadm_id")["starttime"].min()


def with_stay(episodes: pd.DataFrame, stays: pd.DataFrame) -> pd.DataFrame:
    """Add icu_type (1 to 4 or NaN) and icu_hours_before.

    Args:
        episodes: one a row, with columns stay_id and start_time.
        stays: stay_id, first_careunit, intime; the unit is that of admission, as in PhysioNet 2012.
    """
    by_stay = stays.drop_duplicates("stay_id").set_index("stay_id")
    units = by_stay["first_careunit"].astype(str).map(mimic_items.icu_type).astype("float64")
    waited = episodes["start_time"] - episodes["stay_id"].map(by_stay["intime"])
    hours = (waited.dt.total_seconds() / 3600).clip(lower=0)
    return episodes.assign(icu_type=episodes["stay_id"].map(units), icu_hours_before=hours)


def with_dialysis(episodes: pd.DataFrame, end_stage: Collection[int], starts: pd.Series) -> pd.DataFrame:
    """Add dialysis_before: end-stage disease, or a dialysis begun no later than the transfusion."""
    begun = episodes["hadm_id"].map(starts) <= episodes["start_time"]
    return episodes.assign(dialysis_before=episodes["hadm_id"].isin(end_stage) | begun)
