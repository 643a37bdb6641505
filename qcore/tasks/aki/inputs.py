"""The twelve inputs of the AKI model: names, units, accepted and reference ranges, and the check of a value."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from qcore import units
from qcore.errors import InvalidValue
from qcore.tasks.aki.urine import DAY, LAST
from qcore.units import Unit


@dataclass(frozen=True)
class Input:
    """One input of the model. All ranges are in the canonical unit, ``units[0]``.

    Attributes:
        name: column name, unit included.
        label: what a clinician calls it.
        units: units a user may choose; the first is the one the model uses.
        accepted: lowest and highest value that is taken as real.
        reference: range seen in healthy adults, None where there is none.
        common: what most patients of an ICU lie within; the reach of a slider.
        decimals: digits shown in the canonical unit.
        definition: how the value is taken from the first 24 hours.
        choices: code to name, for a category.
        limit_reason: why the accepted range ends where physiology does not.
    """

    name: str
    label: str
    units: tuple[Unit, ...]
    accepted: tuple[float, float]
    reference: tuple[float, float] | None
    common: tuple[float, float]
    decimals: int
    definition: str
    choices: Mapping[int, str] | None = None
    limit_reason: str = ""

    @property
    def unit(self) -> Unit:
        """The canonical unit, in which the model takes the input."""
        return self.units[0]


MOST_SLIDER_STEPS = 1000
"""Beyond this a slider moves in steps finer than a hand."""

ICU_TYPES = {
    1: "Coronary care",
    2: "Cardiac surgery recovery",
    3: "Medical ICU",
    4: "Surgical ICU",
}

# Reference ranges: adult ranges of the MSD Manual (laboratory values) and, for what has no laboratory
# range, the treatment targets of KDIGO 2012 (urine >= 0.5 mL/kg/h) and Surviving Sepsis 2021 (MAP >= 65). Above
# 2 mL/kg/h, about 3 L a day, is polyuria.
INPUTS: tuple[Input, ...] = (
    Input(
        "creatinine_first_mg_dl",
        "Creatinine, first",
        units.CREATININE,
        (0.1, 3.49),
        (0.6, 1.2),
        (0.3, 3.4),
        2,
        "first value of the first 24 h",
        limit_reason="The model was not trained on patients who arrive with 3.5 mg/dL (310 µmol/L) or more.",
    ),
    Input(
        "creatinine_last_mg_dl",
        "Creatinine, last",
        units.CREATININE,
        (0.1, 20.0),
        (0.6, 1.2),
        (0.3, 6.0),
        2,
        "last value of the first 24 h",
    ),
    Input(
        "bun_max_mg_dl",
        "Urea nitrogen (BUN), highest",
        units.UREA_NITROGEN,
        (1.0, 250.0),
        (7.0, 20.0),
        (5.0, 100.0),
        0,
        "highest value of the first 24 h; in mmol/L it is called urea",
    ),
    Input(
        DAY,
        "Urine, 24 h",
        units.URINE_FLOW,
        (0.0, 20.0),
        (0.5, 2.0),
        (0.0, 4.0),
        2,
        "all urine of the first 24 h, by hours charted and body weight",
    ),
    Input(
        LAST,
        "Urine, last 6 h",
        units.URINE_FLOW,
        (0.0, 20.0),
        (0.5, 2.0),
        (0.0, 4.0),
        2,
        "urine of the last six charted hours of the first 24 h, by body weight",
    ),
    Input("age_years", "Age", units.AGE, (16.0, 110.0), None, (18.0, 95.0), 0, "at admission"),
    Input("weight_kg", "Weight", units.MASS, (25.0, 300.0), None, (40.0, 150.0), 0, "first charted weight"),
    Input(
        "map_min_mmhg",
        "Mean arterial pressure, lowest",
        units.PRESSURE,
        (20.0, 180.0),
        (65.0, 105.0),
        (30.0, 110.0),
        0,
        "lowest value of the first 24 h, invasive or cuff",
    ),
    Input(
        "bicarbonate_last_mmol_l",
        "Bicarbonate, last",
        units.BICARBONATE,
        (3.0, 60.0),
        (22.0, 28.0),
        (10.0, 40.0),
        0,
        "last value of the first 24 h (serum HCO3)",
    ),
    Input(
        "gcs_max",
        "Glasgow Coma Scale, best",
        units.SCORE,
        (3.0, 15.0),
        (15.0, 15.0),
        (3.0, 15.0),
        0,
        "highest score of the first 24 h",
    ),
    Input(
        "temperature_min_c",
        "Temperature, lowest",
        units.TEMPERATURE,
        (25.0, 43.0),
        (36.0, 37.5),
        (32.0, 39.0),
        1,
        "lowest value of the first 24 h",
    ),
    Input(
        "icu_type",
        "Intensive care unit",
        units.CATEGORY,
        (1.0, 4.0),
        None,
        (1.0, 4.0),
        0,
        "where the patient is treated",
        choices=ICU_TYPES,
    ),
)
INPUT_NAMES: tuple[str, ...] = tuple(item.name for item in INPUTS)
BY_NAME: Mapping[str, Input] = {item.name: item for item in INPUTS}


def format_value(item: Input, value: float, unit: Unit | None = None) -> str:
    """Write a canonical value with sensible digits in the chosen unit, e.g. ``1.24 mg/dL``."""
    if item.choices:
        return item.choices.get(round(value), f"unknown code {value:g}")
    unit = unit or item.unit
    shown = unit.from_canonical(value)
    return f"{shown:,.{_decimals(item, unit)}f} {unit.symbol}".rstrip()


def _decimals(item: Input, unit: Unit) -> int:
    # One more digit for a unit twice to twenty times coarser (urea in mmol/L, pressure in kPa), one
    # fewer for one that much finer.
    return max(0, item.decimals + round(math.log10(unit.factor) + 0.2))


def accepted_range(item: Input, unit: Unit | None = None) -> str:
    """Write the accepted range of an input in the chosen unit."""
    if item.choices:
        return ", ".join(f"{code} {name}" for code, name in item.choices.items())
    unit = unit or item.unit
    low, high = (format_value(item, bound, unit) for bound in item.accepted)
    return f"{low.removesuffix(unit.symbol).rstrip()} to {high}"


def reference_range(item: Input, unit: Unit | None = None) -> str:
    """Write the reference range in the chosen unit; a dash where there is none."""
    if item.reference is None:
        return "–"
    unit = unit or item.unit
    low, high = (format_value(item, bound, unit).removesuffix(unit.symbol).rstrip() for bound in item.reference)
    return low if low == high else f"{low} to {high}"


def slider_range(item: Input, value: float, unit: Unit) -> tuple[float, float, float]:
    """Return lowest, highest and step of a slider in a unit, wide enough for the patient's own value.

    Args:
        item: which input it is.
        value: the patient's value, canonical unit.
        unit: unit that the slider shows.
    """
    low = unit.from_canonical(min(item.common[0], value))
    high = unit.from_canonical(max(item.common[1], value))
    decimals = _decimals(item, unit)
    if (high - low) * 10.0**decimals > MOST_SLIDER_STEPS:
        decimals -= 1
    step = 10.0**-decimals
    return round(math.floor(low / step) * step, decimals), round(math.ceil(high / step) * step, decimals), step


def slider_value(item: Input, value: float, unit: Unit) -> float:
    """Return a canonical value in a unit, rounded to the step of its slider."""
    low, high, step = slider_range(item, value, unit)
    shown = round(round(unit.from_canonical(value) / step) * step, _decimals(item, unit))
    return min(max(shown, low), high)


def canonical_value(item: Input, value: float | None, unit: Unit | None = None) -> float:
    """Check one value and return it in the canonical unit.

    Args:
        item: which input it is.
        value: the number as the user gave it; None or NaN when missing.
        unit: the unit it was given in; the canonical one if None.

    Raises:
        InvalidValue: missing, impossible, or plausible only in another unit.
    """
    unit = unit or item.unit
    accepted = accepted_range(item, unit)
    if value is None or math.isnan(value):
        raise InvalidValue(f"{item.label} is missing. Enter a value, accepted: {accepted}.")
    canonical = unit.to_canonical(value)
    low, high = item.accepted
    # Half a shown digit of slack: a bound typed in another unit is not refused for its rounding.
    slack = 0.5 * 10.0 ** -_decimals(item, unit) * unit.factor
    in_range = low - slack <= canonical <= high + slack if unit != item.unit else low <= canonical <= high
    if item.choices and value not in item.choices:
        in_range = False
    if in_range:
        return min(max(canonical, low), high)
    shown = f"{value:g} {unit.symbol}".rstrip()
    message = f"{item.label}: {shown} is not accepted (range: {accepted})."
    other = _unit_that_fits(item, value, unit)
    if other:
        converted = format_value(item, other.to_canonical(value))
        message += f" {value:g} looks like {other.symbol}, which would be {converted}: is the unit {other.symbol}?"
    if item.limit_reason and canonical > high:
        message += f" {item.limit_reason}"
    raise InvalidValue(message)


def _unit_that_fits(item: Input, value: float, given: Unit) -> Unit | None:
    # Where the range ends before physiology does, a first creatinine of 15 mg/dL is likelier than one of 15 µmol/L.
    low, high = item.common if item.limit_reason else item.accepted
    fits = (u for u in item.units if u != given and low <= u.to_canonical(value) <= high)
    return next(fits, None)
