"""The course of the first day, for recurrent models: what was last known at the end of every three hours."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.models.encoder import Feature, TableEncoder
from qcore.tasks.aki.features import FIRST_DAY_H, is_accepted
from qcore.tasks.aki.inputs import ICU_TYPES
from qcore.tasks.aki.urine import Collection

STEP_H = 3.0
N_STEPS = int(FIRST_DAY_H / STEP_H)
URINE, FLOW = "urine_ml_kg_h", "flow"
TAKEN: Mapping[str, str] = {
    "creatinine_mg_dl": "last",
    "bun_mg_dl": "last",
    URINE: FLOW,
    "map_mmhg": "min",
    "bicarbonate_mmol_l": "last",
    "gcs": "max",
    "temperature_c": "min",
    "age_years": "first",
    "weight_kg": "first",
    "icu_type": "first",
}
"""How a step takes its value from those charted in it. A step without a value keeps the last one known, or has none."""
COLUMNS = tuple(TAKEN)
FEATURES = (
    Feature("creatinine_mg_dl", log_offset=0.0),
    Feature("bun_mg_dl", log_offset=0.0),
    Feature(URINE, log_offset=0.05),
    Feature("map_mmhg", log_offset=0.0),
    Feature("bicarbonate_mmol_l"),
    Feature("gcs"),
    Feature("temperature_c"),
    Feature("age_years"),
    Feature("weight_kg", log_offset=0.0),
)


def new_course_encoder() -> TableEncoder:
    """Return an encoder for the columns of one step, not yet fitted."""
    return TableEncoder(COLUMNS, FEATURES, {"icu_type": len(ICU_TYPES)}).double()


def first_day_course(
    series: pd.DataFrame, patients: pd.Index, unknown_weight_kg: float = np.nan
) -> NDArray[np.float64]:
    """Take the course of the first 24 hours.

    Args:
        series: long layout, see `qcore.tasks.aki.features.first_day_inputs`.
        patients: patient_id of those wanted, in this order.
        unknown_weight_kg: see there.

    Returns:
        ``(n, 8, 10)`` steps and `COLUMNS`, canonical units, NaN before the first value. Urine is the flow of the step
        alone: NaN, not 0, after its last entry.
    """
    day = series[series["time_h"].between(0.0, FIRST_DAY_H) & is_accepted(series)].sort_values("time_h", kind="stable")
    # A value at 24 h belongs to the last step.
    step = (day["time_h"] // STEP_H).clip(upper=N_STEPS - 1).astype(int)
    cells = pd.MultiIndex.from_product([patients, range(N_STEPS)], names=["patient_id", "step"])
    course = np.empty((len(patients), N_STEPS, len(COLUMNS)))
    for index, (parameter, how) in enumerate(TAKEN.items()):
        if how == FLOW:
            continue
        rows = day[day["parameter"] == parameter]
        value = rows.groupby([rows["patient_id"], step[rows.index].rename("step")])["value"].agg(how).reindex(cells)
        value = value.groupby(level="patient_id", sort=False).ffill()
        course[:, :, index] = value.to_numpy(dtype=np.float64).reshape(len(patients), N_STEPS)
    weight_kg = day[day["parameter"] == "weight_kg"].groupby("patient_id")["value"].first().reindex(patients)
    collection = Collection(day[day["parameter"] == "urine_ml"])
    for number in range(N_STEPS):
        start_h = np.full(len(collection.patients), number * STEP_H)
        flow = pd.Series(collection.flow(start_h, start_h + STEP_H), index=collection.patients).reindex(patients)
        course[:, number, COLUMNS.index(URINE)] = flow / weight_kg.fillna(unknown_weight_kg)
    return course
