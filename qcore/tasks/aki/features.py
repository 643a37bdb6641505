"""Time series of a stay to the twelve inputs, the same way for training and for upload."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from qcore import units
from qcore.errors import UnreadableInput
from qcore.tasks.aki import urine
from qcore.tasks.aki.inputs import BY_NAME, ICU_TYPES, INPUT_NAMES, Input
from qcore.tasks.aki.urine import charted_rates

SERIES_COLUMNS: tuple[str, ...] = ("patient_id", "time_h", "parameter", "value")
FIRST_DAY_H = 24.0


# Not inputs yet, but charted with them: the ranges in which a value can be of a living adult.
_HAEMATOCRIT = Input(
    "haematocrit_percent",
    "Haematocrit",
    units.HAEMATOCRIT,
    (5.0, 75.0),
    (36.0, 51.0),
    (20.0, 50.0),
    0,
    "one charted value",
)
_HAEMOGLOBIN = Input(
    "haemoglobin_g_dl",
    "Haemoglobin",
    units.HAEMOGLOBIN,
    (1.5, 25.0),
    (12.0, 17.5),
    (6.0, 17.0),
    1,
    "one charted value",
)


_URINE = Input("urine_ml", "Urine", units.VOLUME, (0.0, 5000.0), None, (0.0, 600.0), 0, "one charted amount")


def _charted(name: str, label: str, input_name: str) -> Input:
    item = BY_NAME[input_name]
    return replace(item, name=name, label=label, definition="one charted value", limit_reason="")


# Creatinine takes the range of the last value: a first value of 3.5 mg/dL or more is no artefact.
# It stays in the series, so that the check of the input refuses the patient instead of a later
# value being taken for the first.
SERIES_PARAMETERS: Mapping[str, Input] = {
    item.name: item
    for item in (
        _charted("creatinine_mg_dl", "Creatinine", "creatinine_last_mg_dl"),
        _charted("bun_mg_dl", "Urea nitrogen (BUN)", "bun_max_mg_dl"),
        _URINE,
        _charted("map_mmhg", "Mean arterial pressure", "map_min_mmhg"),
        _charted("bicarbonate_mmol_l", "Bicarbonate", "bicarbonate_last_mmol_l"),
        _charted("gcs", "Glasgow Coma Scale", "gcs_max"),
        _charted("temperature_c", "Temperature", "temperature_min_c"),
        _charted("weight_kg", "Weight", "weight_kg"),
        _charted("age_years", "Age", "age_years"),
        _charted("icu_type", "Intensive care unit", "icu_type"),
        _HAEMATOCRIT,
        _HAEMOGLOBIN,
    )
}

# How each input but urine is taken from the accepted values of one parameter, in order of time.
TAKEN: Mapping[str, tuple[str, str]] = {
    "creatinine_first_mg_dl": ("creatinine_mg_dl", "first"),
    "creatinine_last_mg_dl": ("creatinine_mg_dl", "last"),
    "bun_max_mg_dl": ("bun_mg_dl", "max"),
    "age_years": ("age_years", "first"),
    "weight_kg": ("weight_kg", "first"),
    "map_min_mmhg": ("map_mmhg", "min"),
    "bicarbonate_last_mmol_l": ("bicarbonate_mmol_l", "last"),
    "gcs_max": ("gcs", "max"),
    "temperature_min_c": ("temperature_c", "min"),
    "icu_type": ("icu_type", "first"),
}


SOURCE: Mapping[str, str] = {
    **{name: parameter for name, (parameter, _) in TAKEN.items()},
    **dict.fromkeys((urine.DAY, urine.LAST), "urine_ml"),
}
"""The parameter of a series that each input is taken from."""


def is_accepted(series: pd.DataFrame) -> pd.Series:
    """Tell which rows of a series hold a known parameter with a value inside its accepted range."""
    accepted = {item.name: item.accepted for item in SERIES_PARAMETERS.values()}
    low = series["parameter"].map({name: bounds[0] for name, bounds in accepted.items()})
    high = series["parameter"].map({name: bounds[1] for name, bounds in accepted.items()})
    value = series["value"]
    named = (series["parameter"] != "icu_type") | value.isin(list(ICU_TYPES))
    return (value >= low) & (value <= high) & named


def first_day_inputs(series: pd.DataFrame, unknown_weight_kg: float = np.nan) -> pd.DataFrame:
    """Take the twelve inputs from the first 24 hours of each stay.

    Values outside the accepted range of their parameter are artefacts and dropped before anything
    is taken. Values charted at the same time count in the order of the rows.

    Args:
        series: long layout with ``SERIES_COLUMNS``; time_h in hours since the start of the stay,
            values in canonical units. Rows before 0 h and after 24 h are not used.
        unknown_weight_kg: by which the urine of somebody without a weight is divided, for training and testing alone;
            where it is NaN, their urine is unknown too.

    Returns:
        Indexed by patient_id in order of appearance, with the columns ``INPUT_NAMES`` in canonical
        units; NaN where nothing was measured. The inputs are not checked.

    Raises:
        UnreadableInput: a column is missing.
    """
    missing = [name for name in SERIES_COLUMNS if name not in series.columns]
    if missing:
        raise UnreadableInput(f"The series has no column {', '.join(missing)}: add it.")
    patients = pd.Index(series["patient_id"].unique(), name="patient_id")
    first_day = series[series["time_h"].between(0.0, FIRST_DAY_H) & is_accepted(series)]
    # Ordering by time alone is enough: a stable sort keeps it inside each patient.
    first_day = first_day.sort_values("time_h", kind="stable")
    inputs = {}
    for name, (parameter, how) in TAKEN.items():
        rows = first_day[first_day["parameter"] == parameter]
        inputs[name] = rows.groupby("patient_id", sort=False)["value"].agg(how).reindex(patients)
    rates = charted_rates(first_day[first_day["parameter"] == "urine_ml"]).reindex(patients)
    weight_kg = inputs["weight_kg"].fillna(unknown_weight_kg)
    inputs[urine.DAY], inputs[urine.LAST] = rates["day_ml_h"] / weight_kg, rates["last_ml_h"] / weight_kg
    return pd.DataFrame(inputs, index=patients, columns=list(INPUT_NAMES)).astype(np.float64)
