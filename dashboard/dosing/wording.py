"""Doses, targets and people in plain words."""

import math

from dashboard.dosing.study.source import Source
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, percent
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug, Regimen
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.wording import Wording

DAY_H, WEEK_H = 24.0, 168.0
SWITCH_NAMES = {"COMED": "comedication"}
EVEN = 0.02
"""A share that differs from a half by no more than this is called half."""


def covariate(name: str) -> str:
    """Return what a covariate is called in a sentence: by a word of ours, else by the study's file."""
    return SWITCH_NAMES.get(name) or literal(name)


def _number(value: float) -> str:
    return f"{round(value, 6):,g}" if abs(value) < 1e6 else f"{value:.3g}"


WORDS = Wording(
    number=_number,
    covariate=covariate,
    space=NBSP,
    above_cap="more than {cap}",
    to_above_cap=f"{{low}}{NBSP}{{unit}} to more than {{cap}}",
    window="between {low} and {high}",
    over_interval=" between doses",
)


def amount(dose: float, drug: Drug) -> str:
    """Write a dose with its unit: 6.5 mg."""
    return WORDS.amount(dose, drug)


def dose_interval(low: float | None, high: float | None, regimen: Regimen, drug: Drug) -> str:
    """Write an interval of doses: 5 to 6.5 mg; an end that is None lies above the cap."""
    return WORDS.dose_interval(low, high, regimen, drug)


def measured(measure: Measure, drug: Drug) -> str:
    """Name what a target is about: the concentration before the next dose."""
    return WORDS.measured(measure, drug)


def limits(target: Target, drug: Drug) -> str:
    """Write the window of a target: below 3.3 ng/mL."""
    return WORDS.limits(target, drug)


def throughout(regimen: Regimen) -> str:
    """Write how long an interval is: throughout the day."""
    known = {DAY_H: "throughout the day", WEEK_H: "throughout the week"}
    return known.get(regimen.interval_h, f"throughout the {_number(regimen.interval_h)}{NBSP}hours between doses")


def reached(question: Question, drug: Drug) -> str:
    """Write what a dose does: keeps the biomarker below 3.3 ng/mL throughout the day."""
    target = question.target
    lasting = f" {throughout(question.regimen)}" if target.measure is Measure.RESPONSE else ""
    return f"keeps {measured(target.measure, drug)} {limits(target, drug)}{lasting}"


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
