"""Intensive-care stays of the PhysioNet/CinC Challenge 2012 with the KDIGO creatinine label for hours 24 to 48.

Source: Silva et al. 2012, doi:10.13026/n4w7-1m50 (ODC-By 1.0).
"""

import zlib
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import MissingAsset
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.course import first_day_course
from qcore.tasks.aki.features import FIRST_DAY_H, first_day_inputs, is_accepted
from qcore.tasks.aki.reading.physionet_layout import from_physionet
from qcore.training.cohorts.cohort import Cohort

UNKNOWN_WEIGHT_KG = 78.5
"""Median of set-a, for the urine of the one stay in fourteen that has no weight; the page asks for it."""


def kdigo_outcome(series: pd.DataFrame) -> pd.DataFrame:
    """Label each stay by the highest creatinine of hours 24 to 48 against the last one of the first 24 h.

    Args:
        series: long layout, canonical units.

    Returns:
        Indexed by patient_id: first, last, highest_next_day (mg/dL) and aki (0 or 1); only stays with
        creatinine in both windows.
    """
    rows = series[(series["parameter"] == "creatinine_mg_dl") & is_accepted(series)]
    rows = rows.sort_values("time_h", kind="stable")
    first_day = rows[rows["time_h"].between(0.0, FIRST_DAY_H)].groupby("patient_id")["value"]
    next_day = rows[(rows["time_h"] > FIRST_DAY_H) & (rows["time_h"] <= 2 * FIRST_DAY_H)]
    table = pd.DataFrame(
        {
            "first": first_day.first(),
            "last": first_day.last(),
            "highest_next_day": next_day.groupby("patient_id")["value"].max(),
        }
    ).dropna()
    rise = table["highest_next_day"] - table["last"] >= kdigo.RISE_MG_DL - kdigo.ROUNDING_MG_DL
    ratio = table["highest_next_day"] >= kdigo.RATIO * table["last"] - kdigo.ROUNDING_MG_DL
    return table.assign(aki=(rise | ratio).astype(int))


def read_cohort(part: Literal["a", "b"], data: Path) -> Cohort:
    """Read set-a (train and choose) or set-b (test).

    Args:
        part: which half of the public data.
        data: the data folder, see `qcore.settings`.

    Raises:
        MissingAsset: the file is not there.
    """
    frame = _read(part, data)
    series = from_physionet(frame)
    label = kdigo_outcome(series)
    eligible = label[label["first"] < kdigo.TOO_HIGH_MG_DL]
    gender = frame[frame["Parameter"] == "Gender"].drop_duplicates("RecordID").set_index("RecordID")["Value"]
    sex = gender.map({0.0: "female", 1.0: "male"}).reindex(eligible.index).fillna("unknown")
    inputs = first_day_inputs(series, UNKNOWN_WEIGHT_KG).loc[eligible.index]
    return Cohort(
        name=f"PhysioNet 2012 set-{part}",
        inputs=inputs,
        outcome=eligible["aki"],
        attributes=pd.DataFrame({"sex": sex, "age_years": inputs["age_years"], "icu_type": inputs["icu_type"]}),
        attrition={
            "stays": int(frame["RecordID"].nunique()),
            "creatinine on both days": len(label),
            f"first creatinine < {kdigo.TOO_HIGH_MG_DL} mg/dL": len(eligible),
        },
    )


def read_course(part: Literal["a", "b"], data: Path, cohort: Cohort) -> NDArray[np.float64]:
    """Read the course of the first day of the patients of `read_cohort`, see `qcore.tasks.aki.course`.

    Returns:
        ``(n, 8, 10)`` in the order of the cohort.
    """
    return first_day_course(from_physionet(_read(part, data)), cohort.inputs.index, UNKNOWN_WEIGHT_KG)


def _read(part: str, data: Path) -> pd.DataFrame:
    path = data / "aki" / "physionet2012" / f"set-{part}_long.csv.gz"
    if not path.is_file():
        raise MissingAsset(
            f"{path.name} is not in {path.parent}. Set QLINICAL_DATA to the folder that holds aki/physionet2012."
        )
    try:
        return pd.read_csv(path)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise MissingAsset(f"{path} is damaged or not the table it should be. Make it again, see README.") from error
