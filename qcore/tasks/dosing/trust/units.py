"""Doses and limits that are thousands of times too large or too small, and the unit that would explain them."""

from collections.abc import Iterator

from qcore.io.unit_text import unit_of_text
from qcore.population.model import PopulationModel
from qcore.study import Quantity, Units
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Studied, UnitsOf
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.trust.findings import Finding, Ground
from qcore.tasks.dosing.trust.limits import BEYOND_DOSE, BEYOND_SEEN

OFTEN_H = 4.0
"""Hours between doses, where a study's interval is not known: few drugs are given more often."""
_OTHERS = {
    "amount": ("g", "mg", "ug", "ng"),
    "concentration": ("g/L", "mg/L", "ug/mL", "ng/mL", "pg/mL"),
}


def limits_of_other_units(model: PopulationModel, question: Question, units: Units | UnitsOf) -> Iterator[Finding]:
    """Yield limits that are in another unit than what was measured."""
    responds = question.target.measure is Measure.RESPONSE
    quantity = Quantity.RESPONSE if responds else Quantity.CONCENTRATION
    seen = model.checked.described.get(quantity) if model.checked else None
    if seen is None:
        return
    unit = units.response if responds else units.concentration
    for limit in (question.target.low, question.target.high):
        clause = limit_unseen(limit, (seen.lowest, seen.highest), unit)
        if clause:
            yield Finding(
                Ground.LIMIT, clause, f"Say the limit in {unit}." if unit else "Say another limit.", refuses=True
            )


def limit_unseen(limit: float | None, seen: tuple[float, float], unit: str) -> str:
    """Say what is wrong with a limit that is far from all that was measured; "" where nothing is.

    Args:
        limit: in the study's unit.
        seen: the lowest and the highest measured above 0.
        unit: of the limit and of what was measured.
    """
    low, high = seen
    if limit is None or low / BEYOND_SEEN <= limit <= high * BEYOND_SEEN:
        return ""
    far, edge, which = (limit / high, high, "highest") if limit > high else (low / limit, low, "lowest")
    other = explained(limit, seen, unit)
    by = f": it was probably meant in {other[0]}, which is {other[1]:.3g} {unit}" if other else ""
    side = "above" if limit > high else "below"
    tail = f" {unit}" if unit else ""
    return f"the limit of {limit:g}{tail} is {far:,.0f} times {side} the {which} measured, {edge:.3g}{tail}{by}"


def doses_of_other_units(
    model: PopulationModel, question: Question, units: Units | UnitsOf, studied: Studied | None, dose: float | None
) -> Iterator[Finding]:
    """Yield a dose that only a wrong unit can explain."""
    highest = highest_given(model, studied)
    if not highest:
        return
    unit, cap, often = units.dose, question.regimen.cap, more_often(question, studied)
    if dose is not None and often * dose > BEYOND_DOSE * highest >= dose:
        yield Finding(
            Ground.DOSE,
            f"given every {question.regimen.interval_h:g} h, doses of {dose:g} {unit} would add up to "
            f"{often * dose / highest:,.0f} times what was ever given, {highest:g} {unit}",
            "Ask for doses that are given less often.",
            refuses=True,
        )
    elif dose is not None and dose > BEYOND_DOSE * highest:
        other = explained(dose, (highest / BEYOND_DOSE, highest * BEYOND_DOSE), unit)
        by = (
            f"it would be right if the file's doses or the limit were in {other[0]}: one of these units is wrong"
            if other
            else "a unit of the file or of the limit must be wrong, or the interval is too long for this drug"
        )
        yield Finding(
            Ground.DOSE,
            f"the dose would be {dose / highest:,.0f} times the highest that was ever given, {highest:g} {unit}: {by}",
            "Say the units of doses and concentrations, and the limit in the unit of concentrations.",
            refuses=True,
        )
    elif highest > BEYOND_DOSE * cap:
        yield Finding(
            Ground.DOSE,
            f"the study gave up to {highest:g} {unit}, {highest / cap:,.0f} times the cap of {cap:g} {unit}: the "
            "unit of doses must be wrong in the study or in the drug's file",
            "Say the unit of doses of the study, or correct the drug's file.",
            refuses=True,
        )


def more_often(question: Question, studied: Studied | None) -> float:
    """Return how many doses are asked for in the time of one of the study's, at least 1.

    Where the study's interval is not known, or single doses were given, as if one had been given every few hours.
    """
    every = studied.interval_h if studied is not None and studied.interval_h else OFTEN_H
    return max(1.0, every / question.regimen.interval_h)


def highest_given(model: PopulationModel, studied: Studied | None) -> float:
    """Return the highest dose that anybody was given in the study; 0 where that is not known."""
    if model.checked is not None and model.checked.highest_dose:
        return model.checked.highest_dose
    return max(studied.doses) if studied else 0.0


def explained(value: float, seen: tuple[float, float], unit: str) -> tuple[str, float] | None:
    """Return the unit in which a number would lie among those seen, and what it is then; None where none explains it.

    Args:
        value: far from what was seen, if it is in the unit.
        seen: the lowest and the highest, in the unit.
        unit: that was assumed in reading the file.
    """
    taken = unit_of_text(unit)
    if taken is None or taken.base != "g":
        return None
    for text in _OTHERS.get(taken.kind, ()):
        other = unit_of_text(text)
        if other is not None and other.factor != taken.factor:
            converted = value * other.factor / taken.factor
            if seen[0] <= converted <= seen[1]:
                return text, converted
    return None
