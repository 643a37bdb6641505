"""Doses and concentrations in the units in which people write them: 100 mg rather than 100000 ug."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from qcore.io.nonmem.sentences import Option, Text, sentence, where
from qcore.io.unit_text import Kind, Unit, unit_of_text
from qcore.study import Array, Study, Subject, Units

_USUAL = {
    (Kind.AMOUNT, "g"): ("mg", "ug", "ng"),
    (Kind.CONCENTRATION, "g"): ("mg/L", "ng/mL", "pg/mL"),
    (Kind.CONCENTRATION, "mol"): ("mmol/L", "umol/L", "nmol/L", "pmol/L"),
}
"""The larger first."""
FEWEST, MOST = 0.01, 1000.0
"""A unit stays as it is in the file while the median of what is written in it lies between these."""


LARGE_MG = 20_000.0
"""Few drugs are given by more than 20 g at once."""


def as_people_write(study: Study, *, doses: bool, concentrations: bool) -> tuple[Study, list[str]]:
    """Return a study in usual units, and what was converted.

    Args:
        study: in the units of its file.
        doses: may be written in another unit: the file states theirs, and the user did not choose it.
        concentrations: may be written in another unit, on the same conditions.
    """
    amounts = np.concatenate([each.doses.amount for each in study.subjects])
    values = np.concatenate([each.observations.value[~each.observations.response] for each in study.subjects])
    dose, by_dose = _usual(study.units.dose, amounts, changes=doses)
    level, by_level = _usual(study.units.concentration, values, changes=concentrations)
    units = replace(study.units, dose=dose, concentration=level)
    notes = [
        f"Converted to {new}, as people write them: {what} (from {old})."
        for what, old, new, factor in (
            ("doses", study.units.dose, dose, by_dose),
            ("concentrations", study.units.concentration, level, by_level),
        )
        if factor != 1
    ]
    if not notes:
        return (study if units == study.units else replace(study, units=units)), []
    return replace(study, subjects=_scaled(study.subjects, by_dose, by_level), units=units), notes


def _usual(text: str, values: Array, *, changes: bool) -> tuple[str, float]:
    """Return in which unit values are written, and what each of them is multiplied by."""
    unit, positive = unit_of_text(text), values[values > 0]
    usual = [] if unit is None else [unit_of_text(each) for each in _USUAL.get((unit.kind, unit.base), ())]
    if unit is None or not changes or not usual or not len(positive):
        return text, 1.0
    median = float(np.median(positive))
    if FEWEST <= median < MOST and _is_written(unit):
        return unit.text, 1.0
    known = [each for each in usual if each is not None]
    chosen = next((each for each in known if median * unit.factor / each.factor >= 1), known[-1])
    return chosen.text, unit.factor / chosen.factor


def _is_written(unit: Unit) -> bool:
    """Tell whether people write doses or concentrations in a unit: not doses in kg or g, nor levels per dL."""
    return unit.text not in {"kg", "g", "lb", "kg/L"} and not unit.text.endswith(("/dL", "/m3", "/uL"))


def _scaled(subjects: Sequence[Subject], dose: float, level: float) -> tuple[Subject, ...]:
    return tuple(
        replace(
            each,
            doses=replace(each.doses, amount=each.doses.amount * dose),
            observations=replace(
                each.observations,
                value=each.observations.value * np.where(each.observations.response, 1.0, level),
            ),
        )
        for each in subjects
    )


def unstated(study: Study, *, stated: bool) -> list[Text]:
    """Point out doses so large in the unit that was taken that they are probably in another.

    Args:
        study: as it was read.
        stated: the file or the user says the unit of doses.
    """
    highest = max((float(each.doses.amount.max(initial=0.0)) for each in study.subjects), default=0.0)
    if stated or study.units.dose != "mg" or highest < LARGE_MG:
        return []
    return [
        sentence(
            f"Doses are as large as {highest:,.0f} mg ({highest / 1000:,.0f} g), and the file does not say their unit: "
            "if they are in ug, every dose here is a thousandfold too large. Say what they are in",
            where(Option.DOSE_UNIT),
            ".",
        )
    ]


def chosen_units(units: Units | None) -> tuple[bool, bool]:
    """Return whether the user says the unit of doses, and that of concentrations."""
    return (bool(units.dose), bool(units.concentration)) if units else (False, False)
