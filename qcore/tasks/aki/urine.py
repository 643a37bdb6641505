"""Urine output as KDIGO measures it: mL/kg/h over a stretch of time, from amounts and the hours they were collected in.

An amount that is charted at an hour was collected since the entry before it, or since the start of the stay. Between
two entries it is taken to flow evenly, so that the same urine gives the same rate, however often it is charted.

Source: KDIGO Clinical Practice Guideline for Acute Kidney Injury 2012, doi:10.1038/kisup.2012.1, and, on how charts
become rates, the urine output concept of MIMIC's code repository (doi:10.1093/jamia/ocx084).
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import InvalidValue
from qcore.tasks.aki.kdigo import OLIGURIA_H

Array = NDArray[np.float64]
DAY_H = 24.0
FEWEST_H = float(OLIGURIA_H)
"""Urine charted for less than this says nothing about the last six hours."""
MINUTE_H = 1 / 60
DAY, LAST = "urine_24h_ml_kg_h", "urine_6h_ml_kg_h"
"""The two inputs of the model."""


class Collection:
    """How much urine of each patient had been collected at any hour.

    Args:
        charted: patient_id, time_h (hours since the start of the stay, up to 24) and value (mL). What is charted in
            the first minute or before was collected before the stay and is not used.
    """

    def __init__(self, charted: pd.DataFrame) -> None:
        moments = charted[charted["time_h"] > MINUTE_H].groupby(["patient_id", "time_h"])["value"].sum()
        self.patients = moments.index.unique(level="patient_id")
        number = self.patients.get_indexer(moments.index.get_level_values("patient_id"))
        time_h = moments.index.get_level_values("time_h").to_numpy(dtype=np.float64)
        # All patients on one axis, each on a stretch of its own that begins with nothing collected.
        self._starts = np.arange(len(self.patients)) * 2 * DAY_H
        axis = np.concatenate([self._starts, self._starts[number] + time_h])
        amount = np.concatenate([np.zeros(len(self.patients)), moments.to_numpy(dtype=np.float64)])
        order = np.argsort(axis, kind="stable")
        self._axis, self._collected = axis[order], np.cumsum(amount[order])
        self.until_h: Array = np.zeros(len(self.patients))
        """``(n_patients,)`` hour of the last entry."""
        np.maximum.at(self.until_h, number, time_h)

    def flow(self, start_h: Array, end_h: Array) -> Array:
        """Return the mean flow between two hours, ``(n_patients,)`` mL/h; NaN where nothing of it is charted."""
        end_h = np.minimum(end_h, self.until_h)
        if not len(self.patients):
            return np.zeros(0)
        hours = np.where(end_h > start_h, end_h - start_h, np.nan)
        end, start = (np.interp(self._starts + at, self._axis, self._collected) for at in (end_h, start_h))
        return np.asarray((end - start) / hours)


def charted_rates(charted: pd.DataFrame) -> pd.DataFrame:
    """Work out how fast urine flowed over the whole of what is charted and over its last six hours.

    Args:
        charted: amounts and hours of the patients' urine, see `Collection`.

    Returns:
        Indexed by patient_id: ``day_ml_h`` and ``last_ml_h`` in mL/h, and ``until_h``, the hour of the last entry.
        Only patients whose urine is charted for six hours or more.
    """
    collection = Collection(charted)
    until_h = collection.until_h
    rates = pd.DataFrame(
        {
            "day_ml_h": collection.flow(np.zeros_like(until_h), until_h),
            "last_ml_h": collection.flow(np.maximum(until_h - OLIGURIA_H, 0.0), until_h),
            "until_h": until_h,
        },
        index=collection.patients,
    )
    return rates[rates["until_h"] >= FEWEST_H]


def last_flow(day_ml: Array, day_h: Array, last_ml: Array, last_h: Array) -> Array:
    """Return the flow of the last six hours, mL/h, from the amount of the day and that of its last hours.

    The same as `charted_rates` says of these two entries: where the last one covers less than six hours, the hours
    before it had the flow of the rest of the day.

    Args:
        day_ml: amount since the start of the stay.
        day_h: hours in which it was collected, 6 to 24.
        last_ml: amount of the last hours of these, a part of it.
        last_h: how many these are, more than 0 and at most ``day_h``.
    """
    before_h = np.where(day_h > last_h, day_h - last_h, np.inf)
    filled = last_ml + (day_ml - last_ml) / before_h * (OLIGURIA_H - last_h)
    return np.where(last_h < OLIGURIA_H, filled / OLIGURIA_H, last_ml / last_h)


def rates_fit(day_ml_kg_h: Array, last_ml_kg_h: Array) -> NDArray[np.bool_]:
    """Tell where six hours at the last rate do not pass 24 hours at the rate of the day; a missing rate fits."""
    # Half of the last digit that is shown: rounded rates of a patient whose urine all came at the end must pass.
    room = 0.005
    return np.asarray(~(last_ml_kg_h * OLIGURIA_H > (day_ml_kg_h + room) * DAY_H))


def conflict_of_rates(day_ml_kg_h: float, last_ml_kg_h: float) -> str:
    """Say why two rates cannot be true together."""
    return (
        f"Urine cannot flow at {last_ml_kg_h:.2f} mL/kg/h in the last 6 h and at only {day_ml_kg_h:.2f} mL/kg/h over "
        f"24 h: these six hours alone make {last_ml_kg_h * OLIGURIA_H / DAY_H:.2f}. Correct one of them."
    )


def check_rates(day_ml_kg_h: float, last_ml_kg_h: float) -> None:
    """Check two rates against each other.

    Raises:
        InvalidValue: they cannot be true together.
    """
    if not rates_fit(np.array(day_ml_kg_h), np.array(last_ml_kg_h)):
        raise InvalidValue(conflict_of_rates(day_ml_kg_h, last_ml_kg_h))
