"""A drug without a file of its own: what a study shows stands in for what the file would say, and is told."""

import numpy as np

from qcore.io.study import Study
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.drug import Aim, Drug, Regimen, UnitsOf
from qcore.tasks.dosing.target import Measure

BEYOND = 10
"""The cap is this many times the highest dose of the study."""
STEPS = (1.0, 2.0, 5.0)


def drug_of(name: str, study: Study, model: PopulationModel) -> Drug:
    """Return a drug's file as far as a study gives it away.

    The aim is the study's own: half of the response without the drug (one and a half times, where the drug raises it),
    or an average concentration as high as the median of all measured. It is a start, not advice.

    Args:
        name: of the study.
        study: with doses.
        model: fitted to it.
    """
    doses = np.concatenate([each.doses.amount for each in study.subjects])
    interval = _interval(study)
    highest = float(doses.max())
    response = model.structure.response
    if response is not None:
        baseline = model.reported["R0"]
        aim = (
            Aim(measure=Measure.RESPONSE, high=_round(baseline / 2))
            if response.lowers
            else Aim(measure=Measure.RESPONSE, low=_round(baseline * 1.5))
        )
    else:
        seen = np.concatenate([each.observations.value for each in study.subjects])
        aim = Aim(measure=Measure.AVERAGE, low=_round(float(np.median(seen[seen > 0]))))
    every = f"every {interval:g} {study.units.time}"
    step = _step(float(np.median(doses)))
    return Drug(
        name=name,
        about=(
            f"No drug file was given: the interval, the step and the aim come from the study, and the cap is {BEYOND} "
            "times its highest dose."
        ),
        route="oral" if model.structure.absorbed else "intravenous",
        units=UnitsOf(dose=study.units.dose, concentration=study.units.concentration, response=study.units.response),
        regimens=(Regimen(name=every, interval_h=interval, step=step, cap=BEYOND * highest),),
        aim=aim,
    )


def _interval(study: Study) -> float:
    """Return the usual time between doses: of what is repeated, else a day."""
    apart = np.concatenate(
        [np.diff(each.doses.time) for each in study.subjects] + [each.doses.steady_interval for each in study.subjects]
    )
    apart = apart[apart > 0]
    return float(np.median(apart)) if len(apart) else 24.0


def _step(dose: float) -> float:
    """Return a round number near a fiftieth of a dose."""
    power = 10.0 ** np.floor(np.log10(dose / 50))
    return float(max(power * each for each in STEPS if power * each <= dose / 50 * 1.0001))


def _round(value: float) -> float:
    return float(f"{value:.2g}")
