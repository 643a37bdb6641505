"""What the model reads: eleven features, where each comes from, and which column of the training data held it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import InvalidValue
from qcore.tasks.hemoglobin.anemia import SEXES

Array = NDArray[np.float64]


class Source(StrEnum):
    """Who can tell a feature."""

    BEDSIDE = "asked for or measured at the bedside"
    WAVEFORM = "measured from the 12-lead waveform"


@dataclass(frozen=True)
class Feature:
    """One feature.

    Attributes:
        name: its column in tables that the model is given.
        label: for people, with the unit.
        source: bedside or waveform.
        column: of the Z-Alizadeh Sani data, and what it means there.
        meaning: how a value is to be found, in a sentence.
        low, high: ends of the accepted range.
        is_finding: True where it is 0 (absent) or 1 (present).
    """

    name: str
    label: str
    source: Source
    column: str
    meaning: str
    low: float = 0.0
    high: float = 1.0
    is_finding: bool = True


FEATURES: tuple[Feature, ...] = (
    Feature("age_years", "Age (years)", Source.BEDSIDE, "Age", "Age in years.", 18, 120, is_finding=False),
    Feature("female", "Female sex", Source.BEDSIDE, "Sex ('Fmale' is female)", "1 for a woman, 0 for a man."),
    Feature(
        "systolic_mmhg",
        "Systolic blood pressure (mmHg)",
        Source.BEDSIDE,
        "BP (one number, 90 to 190: the systolic pressure)",
        "Systolic blood pressure; the data give no diastolic one.",
        50,
        280,
        is_finding=False,
    ),
    Feature(
        "rate_bpm",
        "Heart rate (1/min)",
        Source.WAVEFORM,
        "PR (50 to 110: the pulse rate, not the PR interval)",
        "Mean ventricular rate, from the intervals between R waves.",
        20,
        300,
        is_finding=False,
    ),
    Feature("q_wave", "Pathological Q wave", Source.WAVEFORM, "Q Wave", "A pathological Q wave in contiguous leads."),
    Feature("st_elevation", "ST elevation", Source.WAVEFORM, "St Elevation", "ST elevation in contiguous leads."),
    Feature("st_depression", "ST depression", Source.WAVEFORM, "St Depression", "ST depression in contiguous leads."),
    Feature("t_inversion", "T inversion", Source.WAVEFORM, "Tinversion", "T inverted where it should be upright."),
    Feature("lvh", "Left ventricular hypertrophy", Source.WAVEFORM, "LVH", "Voltage criteria, such as Sokolow-Lyon."),
    Feature(
        "poor_r_progression",
        "Poor R progression",
        Source.WAVEFORM,
        "Poor R Progression",
        "R waves that hardly grow from V1 to V4.",
    ),
    Feature(
        "bundle_branch_block",
        "Bundle branch block",
        Source.WAVEFORM,
        "BBB (LBBB in 13 patients, RBBB in 8; taken together)",
        "Left or right: QRS of 120 ms or more with its typical form.",
    ),
)
NAMES = tuple(feature.name for feature in FEATURES)
LABELS: Mapping[str, str] = {feature.name: feature.label for feature in FEATURES}
AGE, FEMALE = NAMES.index("age_years"), NAMES.index("female")


def table(
    *,
    age_years: float,
    sex: str,
    systolic_mmhg: float,
    rate_bpm: float,
    q_wave: bool,
    st_elevation: bool,
    st_depression: bool,
    t_inversion: bool,
    lvh: bool,
    poor_r_progression: bool,
    bundle_branch_block: bool,
) -> pd.DataFrame:
    """Return one person as the table that the model is given, columns `NAMES`; meanings are those of `FEATURES`.

    Raises:
        InvalidValue: the sex is neither ``female`` nor ``male``. Other values are looked at by `checked`.
    """
    if sex not in SEXES:
        raise InvalidValue(f"The sex must be 'female' or 'male', not '{sex}': the limit of anaemia depends on it.")
    numbers = (age_years, sex == "female", systolic_mmhg, rate_bpm, q_wave, st_elevation, st_depression, t_inversion)
    row = [float(value) for value in (*numbers, lvh, poor_r_progression, bundle_branch_block)]
    return pd.DataFrame([row], columns=list(NAMES))


def checked(inputs: pd.DataFrame) -> Array:
    """Return a table of people as the model reads it, ``(n, 11)``; nothing is imputed.

    Args:
        inputs: columns `NAMES`; findings are 0 or 1. Others are left out.

    Raises:
        InvalidValue: nobody is in it, a column is missing, or a value is missing, no number or outside its range.
    """
    missing = [name for name in NAMES if name not in inputs.columns]
    if missing or not len(inputs):
        what = f"the column {', '.join(missing)}" if missing else "a person"
        raise InvalidValue(f"The table for the haemoglobin model needs {what}.")
    values: Array = inputs[list(NAMES)].apply(pd.to_numeric, errors="coerce").to_numpy(np.float64)
    for column, feature in zip(values.T, FEATURES, strict=True):
        if np.isnan(column).any():
            raise InvalidValue(f"{feature.label} is missing or no number: give it, the model does not guess it.")
        if feature.is_finding and not np.isin(column, (0, 1)).all():
            raise InvalidValue(f"{feature.label} must be 1 (present) or 0 (absent).")
        if not ((column >= feature.low) & (column <= feature.high)).all():
            raise InvalidValue(f"{feature.label} must lie between {feature.low:g} and {feature.high:g}.")
    return values
