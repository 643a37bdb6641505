"""Urine as people have it, an amount and the hours in which it was collected, to the two rates the model uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qcore import units
from qcore.tasks.aki.inputs import BY_NAME, Input
from qcore.tasks.aki.urine import DAY, DAY_H, FEWEST_H, LAST, conflict_of_rates, last_flow, rates_fit

Array = NDArray[np.float64]
DAY_ML, DAY_HOURS = "urine_24h_ml", "urine_24h_hours"
LAST_ML, LAST_HOURS = "urine_last_ml", "urine_last_hours"
EXACT_ML = 1e-6
"""Amounts in mL that differ by less count as the same."""

AMOUNTS: Mapping[str, Input] = {
    item.name: item
    for item in (
        Input(
            DAY_ML,
            "Urine of the day",
            units.VOLUME,
            (0.0, 30000.0),
            None,
            (0.0, 6000.0),
            0,
            "all urine of the first 24 h",
        ),
        Input(
            DAY_HOURS,
            "Urine of the day, collected in",
            units.HOURS,
            (FEWEST_H, DAY_H),
            None,
            (FEWEST_H, DAY_H),
            1,
            "hours in which it was collected, 24 for a whole day",
        ),
        Input(
            LAST_ML,
            "Urine, last amount",
            units.VOLUME,
            (0.0, 10000.0),
            None,
            (0.0, 1000.0),
            0,
            "what was collected last in the first 24 h; best that of six hours",
        ),
        Input(
            LAST_HOURS,
            "Urine, last amount, collected in",
            units.HOURS,
            (0.1, DAY_H),
            None,
            (1.0, 6.0),
            1,
            "hours in which it was collected, for example 6",
        ),
    )
}


KNOWN: Mapping[str, Input] = {**BY_NAME, **AMOUNTS}
"""What a column or a pasted line can be: an input, or something of urine that inputs are worked out from."""
URINE_FIELDS = (DAY, LAST, *AMOUNTS)
"""What may be known of urine: the two inputs of the model, or what they are worked out from."""


@dataclass(frozen=True, eq=False)
class Urine:
    """Urine of patients, by amounts, by rates, or both. All arrays are ``(n,)``, NaN where nothing is given.

    Attributes:
        weight_kg: body weight, kg.
        day_ml_kg_h: rate of the day.
        last_ml_kg_h: rate of the last six hours.
        day_ml: amount of the day.
        day_h: hours over which the day's amount was collected.
        last_ml: amount of the last hours, mL.
        last_h: hours over which the last amount was collected.
    """

    weight_kg: Array
    day_ml_kg_h: Array
    last_ml_kg_h: Array
    day_ml: Array
    day_h: Array
    last_ml: Array
    last_h: Array

    @cached_property
    def day(self) -> Array:
        """Rate of the day, mL/kg/h: as given, or from amount and hours."""
        return np.where(np.isnan(self.day_ml_kg_h), self.day_ml / self.day_h / self.weight_kg, self.day_ml_kg_h)

    @cached_property
    def last(self) -> Array:
        """Rate of the last six hours, mL/kg/h: as given, or from amounts and hours; NaN where they do not fit."""
        hours = np.where(np.isnan(self.day_h), DAY_H, self.day_h)
        worked_out = last_flow(self.day * self.weight_kg * hours, hours, self.last_ml, self.last_h) / self.weight_kg
        given = ~np.isnan(self.last_ml_kg_h)
        return np.where(given, self.last_ml_kg_h, np.where(self.amounts_fit, worked_out, np.nan))

    @cached_property
    def amounts_fit(self) -> NDArray[np.bool_]:
        """Whether the last amount is a part of the day's, in hours and in millilitres; True where not known."""
        hours = np.where(np.isnan(self.day_h), DAY_H, self.day_h)
        day_ml = np.where(np.isnan(self.day_ml), self.day * self.weight_kg * hours, self.day_ml)
        too_long, too_much = self.last_h > hours, self.last_ml > day_ml + EXACT_ML
        other = (self.last_h == hours) & (np.abs(day_ml - self.last_ml) > EXACT_ML)
        return np.asarray(~(too_long | too_much | other))

    @cached_property
    def fits(self) -> NDArray[np.bool_]:
        """Whether the rates can be true together; True where one is not known."""
        return self.amounts_fit & rates_fit(self.day, self.last)

    @cached_property
    def faulty(self) -> NDArray[np.bool_]:
        """Where `fault` says something, for all patients at once."""
        of_day = ~np.isnan(self.weight_kg) | (~np.isnan(self.day_ml) & np.isnan(self.day_h))
        of_last = np.isnan(self.last_ml_kg_h) & (np.isnan(self.last_ml) | np.isnan(self.last_h))
        return np.asarray(np.where(np.isnan(self.day), of_day, of_last | ~self.fits))

    def fault(self, patient: int) -> str:
        """Say what is missing or wrong with the urine of one patient; empty where nothing is."""
        if np.isnan(self.day[patient]):
            if not np.isnan(self.day_ml[patient]) and np.isnan(self.day_h[patient]):
                return f"Urine of the day: {self.day_ml[patient]:g} mL in how many hours? Add the hours."
            return "" if np.isnan(self.weight_kg[patient]) else _missing(DAY)
        if np.isnan(self.last_ml_kg_h[patient]):
            if np.isnan(self.last_ml[patient]):
                return _missing(LAST)
            if np.isnan(self.last_h[patient]):
                return f"Urine, last amount: {self.last_ml[patient]:g} mL in how many hours? Add the hours."
        if not self.amounts_fit[patient]:
            return self._conflict(patient)
        if not self.fits[patient]:
            return conflict_of_rates(float(self.day[patient]), float(self.last[patient]))
        return ""

    def _conflict(self, patient: int) -> str:
        hours = DAY_H if np.isnan(self.day_h[patient]) else float(self.day_h[patient])
        last = f"{self.last_ml[patient]:g} mL in {self.last_h[patient]:g} h"
        day_ml = self.day_ml[patient]
        day = f"{day_ml:g} mL in {hours:g} h" if not np.isnan(day_ml) else f"{self.day[patient]:.2f} mL/kg/h"
        return f"Urine: the last amount ({last}) is no part of the day's ({day}): correct one of them."


def _missing(name: str) -> str:
    return f"{BY_NAME[name].label} is missing. Give the amount in mL and its hours, or the rate in mL/kg/h."
