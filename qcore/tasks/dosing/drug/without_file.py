"""A drug without a file: interval, steps, cap and aim are derived from a study, and the drug's text says so."""

import math

import numpy as np

from qcore.population.model import PopulationModel
from qcore.population.predict import modes_of
from qcore.population.structure import Response, ResponseKind
from qcore.study import Study
from qcore.tasks.dosing.course import typical
from qcore.tasks.dosing.dose_finding import Question, best_curve, dose_asked, grid
from qcore.tasks.dosing.drug.file import Aim, Drug, Regimen, UnitsOf
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.whole_doses import intervals, whole

BEYOND = 10
"""The cap is this many times the highest dose of the study."""
STEPS = (1.0, 2.0, 5.0)
MOST_STEPS = 10_000
"""Up to the cap."""
USUAL_SHARE = 0.9
"""Share of people who are to reach the aim when steps are chosen."""
DAY_H = 24.0
WASHED_OUT = 0.01
"""A dose of which less than this share is left at the next one is washed out."""


def drug_of(name: str, study: Study, model: PopulationModel) -> Drug:
    """Return a drug derived from a study.

    The aim is the study's own: half of the largest effect found on the response, or an average concentration as high
    as the median of all measured. It is a start, not advice.

    Args:
        name: of the study, which the drug is called by.
        study: with doses and measurements.
        model: the population model fitted to it.
    """
    response = model.structure.response
    if response is not None:
        aim, origin = _half(response, model.reported), "half of the largest effect found"
    else:
        seen = np.concatenate([each.observations.value for each in study.subjects])
        aim = Aim(measure=Measure.AVERAGE, low=float(f"{np.median(seen[seen > 0]):.2g}"))
        origin = "the median concentration measured"
    usual, often = _often(study, model)
    return Drug(
        name=name,
        about=(
            f"No drug file was given: what is not asked for comes from the study. {often}, the aim {origin}, the "
            f"cap {BEYOND} times the highest dose, and steps are round numbers near a fiftieth of what is needed."
        ),
        route="oral" if model.structure.absorbed else "intravenous",
        units=UnitsOf(dose=study.units.dose, concentration=study.units.concentration, response=study.units.response),
        regimens=(_in_steps(usual, aim, model),),
        aim=aim,
    )


def _often(study: Study, model: PopulationModel) -> tuple[Regimen, str]:
    """Return the usual interval between doses, and a clause on where it comes from."""
    usual = regimen_of(study)
    if not any(len(intervals(whole(each.doses))) for each in study.subjects):
        return usual, "The interval is then a day, since nobody had a second dose"
    slowest = float(modes_of(typical(model, {}), infused=False).rates.min())
    # Doses on occasions of their own, of whose drug nothing is left at the next, are no regimen.
    if study.occasional and math.exp(-slowest * usual.interval_h) < WASHED_OUT:
        daily = usual.model_copy(update={"interval_h": DAY_H, "name": f"every {DAY_H:g} h"})
        return daily, "The interval is then a day, since the drug was gone before every other dose"
    return usual, "The interval is then its own"


def _in_steps(usual: Regimen, aim: Aim, model: PopulationModel) -> Regimen:
    """Return a regimen in steps that suit the dose the aim needs, which may be far from those of the study."""
    finest = usual.model_copy(update={"step": usual.cap / MOST_STEPS})
    question = Question(Population(), finest, aim.target.of(model.structure.response), USUAL_SHARE)
    needed = dose_asked(grid(finest), best_curve(model, question), question)
    if needed is None:
        return usual
    return usual.model_copy(update={"step": max(_step(needed), _step(50 * finest.step))})


def regimen_of(study: Study) -> Regimen:
    """Return how a study usually gave its doses, in round steps; once a day where nobody was given a second one.

    Args:
        study: with doses, its times in hours.
    """
    given = [whole(each.doses) for each in study.subjects]
    doses, apart = np.concatenate([each.amount for each in given]), np.concatenate([*map(intervals, given)])
    interval = float(np.median(apart)) if len(apart) else DAY_H
    step = _step(float(np.median(doses)))
    return Regimen(name=f"every {interval:g} h", interval_h=interval, step=step, cap=BEYOND * float(doses.max()))


def _half(response: Response, numbers: dict[str, float]) -> Aim:
    """Return as aim half of the largest effect of a drug; half as much again, where nothing bounds a rise."""
    baseline = numbers["R0"]
    extreme = baseline * _largest(response, numbers)
    halfway = (baseline + extreme) / 2 if math.isfinite(extreme) else 1.5 * baseline
    # Rounded by the size of the change, so that a small one is not rounded away.
    change = max(abs(halfway - baseline), 1e-6 * baseline)
    aim = round(halfway, 1 - math.floor(math.log10(change)))
    return Aim(measure=Measure.RESPONSE, high=aim) if response.lowers else Aim(measure=Measure.RESPONSE, low=aim)


def _largest(response: Response, numbers: dict[str, float]) -> float:
    """Return what becomes of a response of 1 under very much of a drug, at steady state."""
    change = -numbers.get("IMAX", 1.0) if response.inhibits else numbers["SMAX"]
    if response.kind is not ResponseKind.LOSS:
        return 1 + change
    return 1 / (1 + change) if change > -1 else math.inf


def _step(dose: float) -> float:
    """Return a round number near a fiftieth of a dose."""
    power = 10.0 ** np.floor(np.log10(dose / 50))
    return float(max(power * each for each in STEPS if power * each <= dose / 50 * 1.0001))
