"""Doses, targets and people in plain words."""

import math

from dashboard.dosing.study.source import Source
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, percent
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug, Regimen
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

DAY_H, WEEK_H = 24.0, 168.0
SWITCH_NAMES = {"COMED": "comedication"}
EVEN = 0.02
"""A share this near to a half is called half."""


def covariate(name: str) -> str:
    """Return what a covariate is called in a sentence: by a word of ours, else by the study's file."""
    return SWITCH_NAMES.get(name) or literal(name)


def amount(dose: float, drug: Drug) -> str:
    """Write a dose with its unit: 6.5 mg."""
    return f"{_number(dose)}{NBSP}{drug.units.dose}"


def _number(value: float) -> str:
    return f"{round(value, 6):,g}" if abs(value) < 1e6 else f"{value:.3g}"


def dose_interval(low: float | None, high: float | None, regimen: Regimen, drug: Drug) -> str:
    """Write an interval of a dose: 5 to 6.5 mg; None is beyond the cap."""
    cap = amount(regimen.cap, drug)
    if low is None:
        return f"more than {cap}"
    if high is None:
        return f"{amount(low, drug)} to more than {cap}"
    return f"{amount(low, drug)} alone" if low == high else f"{_number(low)} to {amount(high, drug)}"


def throughout(regimen: Regimen) -> str:
    """Write how long an interval is: throughout the day."""
    known = {DAY_H: "throughout the day", WEEK_H: "throughout the week"}
    return known.get(regimen.interval_h, f"throughout the {_number(regimen.interval_h)}{NBSP}hours between doses")


def what(measure: Measure, drug: Drug) -> str:
    """Name what is looked at."""
    return {
        Measure.RESPONSE: f"the {drug.effect}",
        Measure.TROUGH: "the concentration before the next dose",
        Measure.PEAK: "the highest concentration between doses",
        Measure.AVERAGE: "the average concentration between doses",
    }[measure]


def unit_of(measure: Measure, drug: Drug) -> str:
    """Return the unit of what is looked at."""
    return drug.units.response if measure is Measure.RESPONSE else drug.units.concentration


def limits(target: Target, drug: Drug) -> str:
    """Write the window of a target: below 3.3 ng/mL."""
    unit = unit_of(target.measure, drug)
    tail = f"{NBSP}{unit}" if unit else ""
    if target.low is None:
        return f"below {_number(target.high or 0.0)}{tail}"
    if target.high is None:
        return f"above {_number(target.low)}{tail}"
    return f"between {_number(target.low)} and {_number(target.high)}{tail}"


def reached(question: Question, drug: Drug) -> str:
    """Write what a dose does: keeps the biomarker below 3.3 ng/mL throughout the day."""
    target = question.target
    lasting = f" {throughout(question.regimen)}" if target.measure is Measure.RESPONSE else ""
    return f"keeps {what(target.measure, drug)} {limits(target, drug)}{lasting}"


def which_dose(question: Question) -> str:
    """Say which of the doses that do it is asked for: the highest where more only leads away from the target."""
    return "highest" if question.target.highest else "lowest"


def people_like(source: Source, population: Population) -> str:
    """Write whom a dose is for: people like those studied (50–100 kg, half with comedication), or of another kind."""
    traits, same = [], True
    if population.weight_kg is not None:
        same = population.weight_kg == source.weight_kg
        traits.append(f"{_number(population.weight_kg[0])}–{_number(population.weight_kg[1])}{NBSP}kg")
    elif source.model.weight:
        seen = source.model.covariate(source.model.weight)
        traits.append(f"{_number(min(seen))}–{_number(max(seen))}{NBSP}kg")
    for name in source.switches:
        called = covariate(name)
        if name in population.fixed:
            same = False
            traits.append(f"all with {called}" if population.fixed[name] else f"none with {called}")
        else:
            traits.append(f"{_share(source.model.covariate(name))} with {called}")
    listed = f" ({', '.join(traits)})" if traits else ""
    return f"people like those studied{listed}" if same else f"people of this kind{listed}"


def _share(seen: tuple[float, ...]) -> str:
    share = math.fsum(seen) / len(seen)
    return "half" if abs(share - 0.5) <= EVEN else percent(share)
