"""What is known to be broken where a dose is asked for, and past which limits no dose is named.

A model is fitted to whatever is in a file. Where it does not describe its own study, where one of its numbers cannot
be, or where the dose it leads to can only come from a wrong unit, the dose is worth nothing however narrow its interval
is. Where a limit below has two numbers, a sentence stands above the dose past the first, and past the second there is
no dose. They are conventions, chosen so that sound studies (theophylline, indomethacin, phenobarbital in neonates,
nimotuzumab, the challenge's trial) keep their doses, and those that tripped the reader or the fit do not.

- ``INSIDE``: of 100 points of a predictive check about 90 lie in their band (Bergstrand et al. 2011,
  doi:10.1208/s12248-011-9255-z). Below .75 a model misses a quarter; below .5, and below what 99 of 100 studies of this
  size would reach if the model were true, it describes another study.
- ``ERROR``: assays err by 5 to 20 %, models of sparse data by 40. Above half of a measurement most of what happens is
  not in the model; from a whole one on, a measurement tells no more than that there is some.
- ``UNWATCHED``: the half-life over the longest time anybody was watched. Past one, half of what decides on a dose for
  long use lies beyond the data; past twenty the model says that the drug stays for ever.
- ``UNKNOWN``: standard error of the logarithm of clearance. At 1 a 90 % interval spans twenty-seven-fold.
- ``SUBJECTS``: of one or two people nobody knows how people differ; a dose for a share of people is one for them.
- ``SPREAD``: a spread of less than this between people is no spread. Where nothing that the dose hangs on has one, nor
  goes with a covariate, a share of people means nothing.
- ``VOLUME_L_PER_KG``: no drug is held in less than half of the plasma, and few spread over more than chloroquine's 200
  L/kg. Outside, an amount or a concentration is in another unit than was taken.
- ``RISE``: a response that can rise more than a hundredfold is one of which no limit was seen. It is no more than a
  straight line, which may be followed as far as responses were seen, and not beyond.
- ``BEYOND_DOSE`` and ``BEYOND_SEEN``: nobody goes from the highest dose of a study to more than 20 times as much, nor
  asks for 20 times the highest or a twentieth of the lowest of what was measured. Units differ by thousands.
- Saturated elimination: a model that does not know it holds for the doses studied, as often as they were given, if at
  all. Above, what is given may never be eliminated (Michaelis-Menten).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import torch

from qcore.io.study import Quantity
from qcore.io.unit_text import unit_of_text
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.answer import Question
from qcore.tasks.dosing.drug import Drug, Studied
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.wrong_unit import explained

INSIDE = (0.75, 0.5)
ERROR = (0.5, 1.0)
UNWATCHED = (1.0, 20.0)
UNKNOWN = (0.5, 1.0)
SUBJECTS = 3
SPREAD = 0.02
VOLUME_L_PER_KG = (0.02, 500.0)
RISE = 100.0
BEYOND_DOSE = 20.0
BEYOND_SEEN = 20.0
"""See above."""
ADULT_KG = 70.0
EXPECTED = 90.0
"""% of points in their band, where a model is true."""


class Ground(StrEnum):
    """What is broken."""

    CHECK = "predictive check"
    ERROR = "residual error"
    LONG = "half-life"
    UNKNOWN = "uncertainty"
    FEW = "subjects"
    SPREAD = "spread between people"
    NUMBER = "absurd number"
    SATURATION = "saturation"
    STEADY = "steady state with a delay"
    LIMIT = "limit"
    DOSE = "dose"


@dataclass(frozen=True)
class Finding:
    """Something that is broken.

    Attributes:
        ground: of what kind.
        said: what is wrong, as a clause that begins in lower case and ends without a stop.
        to_do: what to do about it, a sentence.
        refuses: no dose is named because of it.
    """

    ground: Ground
    said: str
    to_do: str
    refuses: bool


@dataclass(frozen=True)
class Trust:
    """What is to be said above a dose, or instead of it.

    Attributes:
        findings: those that refuse a dose first.
    """

    findings: tuple[Finding, ...] = ()

    @property
    def refuses(self) -> bool:
        """Whether no dose is named."""
        return any(each.refuses for each in self.findings)

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence; "" where nothing is."""
        said = "; ".join(each.said for each in self.findings)
        return f"{said[0].upper()}{said[1:]}." if said else ""

    @property
    def reasons(self) -> str:
        """What refuses a dose, in one sentence; "" where nothing does."""
        return Trust(tuple(each for each in self.findings if each.refuses)).sentence

    @property
    def to_do(self) -> tuple[str, ...]:
        """What to do about what refuses a dose, a sentence each."""
        return tuple(dict.fromkeys(each.to_do for each in self.findings if each.refuses))


def trust(model: PopulationModel, question: Question, drug: Drug, studied: Studied | None, dose: float | None) -> Trust:
    """Return what is broken where a question is asked.

    Args:
        model: that is asked.
        question: its target, regimen and people.
        drug: whose units they are in.
        studied: doses that were given, where they are known.
        dose: that would be named; None where none does it, or where it is not known yet.
    """
    found = [
        *_described(model, question),
        *_few(model),
        *_long(model),
        *_unknown(model),
        *_spread(model, question),
        *_numbers(model, question),
        *_delayed(model, question),
        *_saturated(model, question, studied, dose),
        *_limits(model, question, drug),
        *_dose(model, question, drug, studied, dose),
    ]
    return Trust(tuple(sorted(found, key=lambda each: not each.refuses)))


def _described(model: PopulationModel, question: Question) -> Iterator[Finding]:
    if model.checked is None:
        return
    responds = question.target.measure is Measure.RESPONSE
    for quantity, each in model.checked.described.items():
        if quantity is Quantity.RESPONSE and not responds:
            continue
        name = "concentrations" if quantity is Quantity.CONCENTRATION else "responses"
        if each.inside < INSIDE[0]:
            yield Finding(
                Ground.CHECK,
                f"{100 * each.inside:.0f} % of the points of the {name} lie in their band, about {EXPECTED:.0f} % are "
                "expected",
                "Look at the charts of the check, and for doses, times or subjects that were mistaken; else this study "
                "needs another model than those tried here.",
                each.inside < min(INSIDE[1], each.by_chance),
            )
        if each.error > ERROR[0]:
            yield Finding(
                Ground.ERROR,
                f"the residual error of the {name} is {100 * each.error:.0f} % of a measurement",
                "Look for values of another unit or quantity, and for zeros or other marks where nothing could be "
                "measured.",
                each.error >= ERROR[1],
            )


def _few(model: PopulationModel) -> Iterator[Finding]:
    if model.n_subjects < SUBJECTS:
        who = "one subject" if model.n_subjects == 1 else f"{model.n_subjects} subjects"
        yield Finding(
            Ground.FEW,
            f"the data are of {who}, and say nothing of how people differ",
            "Bring the data of at least six subjects.",
            refuses=True,
        )


def _long(model: PopulationModel) -> Iterator[Finding]:
    if model.checked is not None and model.checked.unwatched > UNWATCHED[0]:
        times = model.checked.unwatched
        yield Finding(
            Ground.LONG,
            f"half of the drug is gone only after {times:.2g} times as long as anybody was watched after a dose",
            "Measure for longer after a dose, or check the unit of times.",
            times > UNWATCHED[1],
        )


def _unknown(model: PopulationModel) -> Iterator[Finding]:
    if "CL" not in model.structure.names or not model.covariance:
        return
    place = model.structure.names.index("CL")
    error = max(model.covariance[place][place], 0.0) ** 0.5
    if error > UNKNOWN[0]:
        yield Finding(
            Ground.UNKNOWN,
            f"clearance, on which every dose for long use rests, has a standard error of {100 * error:.0f} %",
            "Measure for longer after a dose, or look for a covariate that changes while people are watched.",
            error > UNKNOWN[1],
        )


def _spread(model: PopulationModel, question: Question) -> Iterator[Finding]:
    structure, random = model.structure, model.structure.random
    differing = {name for name in random if model.reported[f"omega {name}"] >= SPREAD}
    kinetic = {"CL", "F"} if question.target.measure is Measure.AVERAGE else set(structure.kinetic)
    matter = kinetic | (set(structure.dynamic) if question.target.measure is Measure.RESPONSE else set())
    explained_by = {effect.parameter for effect in structure.effects}
    if not (differing | explained_by) & matter:
        yield Finding(
            Ground.SPREAD,
            "the model finds no difference between people in anything that the dose hangs on, so that a share of "
            "people means nothing",
            "Look for zeros or other marks where nothing could be measured; else bring data of more subjects.",
            refuses=True,
        )
    elif "CL" in structure.parameters and "CL" not in differing | explained_by:
        yield Finding(
            Ground.SPREAD,
            "the model finds no difference between people in clearance, which is hard to believe",
            "Look for zeros or other marks where nothing could be measured.",
            refuses=False,
        )


def _numbers(model: PopulationModel, question: Question) -> Iterator[Finding]:
    numbers = model.reported
    volume, whom = _volume_l(model)
    if volume is not None and not VOLUME_L_PER_KG[0] <= volume / whom <= VOLUME_L_PER_KG[1]:
        yield Finding(
            Ground.NUMBER,
            f"the drug would be held in {volume:,.3g} L in a body of {whom:.3g} kg, which cannot be: doses or "
            "concentrations are in another unit, or doses are per kg",
            "Say the units of doses and concentrations.",
            refuses=False,
        )
    if question.target.measure is not Measure.RESPONSE:
        return
    rise = numbers.get("SMAX", 0.0)
    if rise > RISE:
        yield Finding(
            Ground.NUMBER,
            f"the largest rise of the response, {rise:.2g}-fold, is beyond all that can be seen",
            "Ask for a response that was seen in the study.",
            _is_unseen(model, question),
        )


def _is_unseen(model: PopulationModel, question: Question) -> bool:
    seen = model.checked.described.get(Quantity.RESPONSE) if model.checked else None
    limits = [each for each in (question.target.low, question.target.high) if each is not None]
    return seen is None or not all(seen.lowest <= limit <= seen.highest for limit in limits)


def _volume_l(model: PopulationModel) -> tuple[float | None, float]:
    """Return the volume of distribution in L and the weight it is for; None where units do not tell."""
    dose, level = (unit_of_text(each) for each in (model.units.dose, model.units.concentration))
    volume = model.reported.get("V")
    if volume is None or dose is None or level is None or dose.base != level.base:
        return None, ADULT_KG
    effect = next(
        (each for each in model.structure.effects if (each.parameter, each.covariate) == ("V", model.weight)), None
    )
    if effect is not None and effect.reference:
        return volume * dose.factor / level.factor, effect.reference
    seen = torch.tensor(model.covariate(model.weight)) if model.weight else torch.tensor([ADULT_KG])
    return volume * dose.factor / level.factor, float(seen.median())


def _delayed(model: PopulationModel, question: Question) -> Iterator[Finding]:
    if model.checked is not None and model.checked.steady_lag:
        yield Finding(
            Ground.STEADY,
            "at steady state the model does not know what is left of earlier doses before a new one is absorbed, so "
            "that absorption, peaks and troughs are wrong",
            "Ask for an average concentration, or write the doses before the steady state out (ADDL).",
            question.target.measure in {Measure.PEAK, Measure.TROUGH},
        )


def _saturated(
    model: PopulationModel, question: Question, studied: Studied | None, dose: float | None
) -> Iterator[Finding]:
    less = model.checked.saturation if model.checked else 0.0
    if not less:
        return
    same = studied is not None and studied.same(question.regimen.interval_h)
    inside = same and studied is not None and dose is not None and dose <= max(studied.doses)
    yield Finding(
        Ground.SATURATION,
        f"elimination seems to be saturated (twice the dose, {100 * less:.0f} % less clearance), which no model here "
        "knows",
        "Ask for doses that were studied, as often as they were given, or fit a model with saturable elimination "
        "(Michaelis-Menten) elsewhere.",
        not inside,
    )


def _limits(model: PopulationModel, question: Question, drug: Drug) -> Iterator[Finding]:
    responds = question.target.measure is Measure.RESPONSE
    quantity = Quantity.RESPONSE if responds else Quantity.CONCENTRATION
    seen = model.checked.described.get(quantity) if model.checked else None
    if seen is None:
        return
    unit = drug.units.response if responds else drug.units.concentration
    for limit in (question.target.low, question.target.high):
        said = limit_unseen(limit, (seen.lowest, seen.highest), unit)
        if said:
            yield Finding(
                Ground.LIMIT, said, f"Say the limit in {unit}." if unit else "Say another limit.", refuses=True
            )


def limit_unseen(limit: float | None, seen: tuple[float, float], unit: str) -> str:
    """Say what is wrong with a limit that is far from all that was measured; "" where nothing is.

    Args:
        limit: in the study's unit.
        seen: the lowest and the highest measured above 0.
        unit: of all these.
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


def _dose(
    model: PopulationModel, question: Question, drug: Drug, studied: Studied | None, dose: float | None
) -> Iterator[Finding]:
    highest = highest_given(model, studied)
    if not highest:
        return
    unit, cap = drug.units.dose, question.regimen.cap
    if dose is not None and dose > BEYOND_DOSE * highest:
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


def highest_given(model: PopulationModel, studied: Studied | None) -> float:
    """Return the highest dose that anybody was given in the study; 0 where that is not known."""
    if model.checked is not None and model.checked.highest_dose:
        return model.checked.highest_dose
    return max(studied.doses) if studied else 0.0


_SAID_ABOVE = {
    Ground.FEW: ("The data are of ",),
    Ground.LONG: ("By this model half of the drug is gone after",),
    Ground.UNKNOWN: ("The clearance (CL) is hardly known",),
    Ground.SATURATION: ("People who were given more clear the drug more slowly",),
}


def doubts_left(every: Sequence[str], found: Trust) -> tuple[str, ...]:
    """Return the sentences that speak against a model (`doubts`) and are not said above its dose already."""
    above = tuple(start for each in found.findings for start in _SAID_ABOVE.get(each.ground, ()))
    return tuple(each for each in every if not (above and each.startswith(above)))


def worst(found: Sequence[Trust]) -> Trust:
    """Return what is said of several answers of one model, each thing once."""
    every = dict.fromkeys(each for one in found for each in one.findings)
    return Trust(tuple(sorted(every, key=lambda each: not each.refuses)))
