"""Remarks on a fit that need its data; they are kept with the model."""

import math

import torch
from torch import Tensor

from qcore.decimals import alike
from qcore.population.design import Design
from qcore.population.fitting.fit import Fit
from qcore.population.fitting.flipflop import is_flipped
from qcore.population.predict import modes_of
from qcore.study import Array, Quantity, Study

MIN_SUBJECTS = 6
STEEP = -0.2
"""Clearance that goes as the dose to this power falls by an eighth where the dose is doubled."""
CERTAIN = 3.0
"""Standard errors by which the power is below 0; by chance one sound study in 700 looks so."""
ALL_BUT_A_TENTH = 3.3
"""Number of half-lives after which a tenth is left."""
SLOWEST = 1e-300
"""Smallest rate of elimination, so that it can be divided by."""


def remarks(fitted: Fit, study: Study) -> tuple[str, ...]:
    """Return what is doubtful in a fit, a sentence each.

    Args:
        fitted: a model of concentrations, with its empirical Bayes estimates.
        study: it was fitted to.
    """
    sentences = (_saturated(fitted), _longer_than_watched(fitted, study), _too_quick(fitted, study), _flipped(fitted))
    return tuple(each for each in sentences if each)


def given(design: Design) -> Tensor:
    """Return the average dose of every patient, ``(n_patients,)``; 0 where nothing was given."""
    doses = design.doses
    # An infusion is a rate that begins and the same rate, negative, where it ends.
    total = doses.absorbed.amounts.sum(-1) + doses.bolus.amounts.sum(-1)
    total = total - (doses.infused.amounts * doses.infused.times).sum(-1)
    routes = (doses.absorbed, doses.bolus, doses.infused)
    count = sum(((series.amounts > 0).sum(-1) for series in routes), start=torch.zeros(len(total)))
    return total / count.clamp(min=1)


def saturation(fitted: Fit) -> float:
    """Return by which share clearance is less at twice the dose (Michaelis-Menten); 0 where that is not certain."""
    design, iiv = fitted.problem.design, fitted.structure.iiv
    dose, measured = given(design), design.kind(Quantity.CONCENTRATION).any(-1)
    seen = (dose > 0) & measured
    if "CL" not in iiv or int(seen.sum()) < MIN_SUBJECTS or len(dose[seen].unique()) < 2:
        return 0.0
    effect = fitted.empirical_bayes.eta[seen, iiv.index("CL")]
    logarithm = dose[seen].log() - dose[seen].log().mean()
    squares = (logarithm**2).sum()
    slope = (logarithm * effect).sum() / squares
    left = effect - effect.mean() - slope * logarithm
    error = ((left**2).sum() / (len(left) - 2) / squares).sqrt()
    if slope > STEEP or slope > -CERTAIN * error:
        return 0.0
    return 1 - 2 ** float(slope)


def _saturated(fitted: Fit) -> str:
    less = saturation(fitted)
    if not less:
        return ""
    return (
        f"People who were given more clear the drug more slowly (twice the dose, {less:.0%} less "
        "clearance): elimination seems to be saturated, which this model does not know; more of a higher dose stays "
        "in the blood than it says."
    )


def unwatched(fitted: Fit, study: Study) -> float:
    """Return half-life over the longest time anybody was watched after a dose; 0 if doses were at steady state."""
    # At a steady state what was given for ever before tells clearance at a glance.
    if any(each.doses.steady_interval.any() for each in study.subjects):
        return 0.0
    return _half_life(fitted) / _watched(study)


def _half_life(fitted: Fit) -> float:
    return math.log(2) / max(float(_rates(fitted).min()), SLOWEST)


def _watched(study: Study) -> float:
    return max((float(since.max()) for since in _since_doses(study)), default=math.inf)


def _longer_than_watched(fitted: Fit, study: Study) -> str:
    if unwatched(fitted, study) <= 1:
        return ""
    (half_life, watched), unit = alike(_half_life(fitted), _watched(study)), study.units.time
    return (
        f"By this model half of the drug is gone after {half_life} {unit}, but nobody was watched for longer than "
        f"{watched} {unit} after a first dose: clearance, and doses for long use, are a guess."
    )


def _too_quick(fitted: Fit, study: Study) -> str:
    if not fitted.structure.absorbed or is_flipped(fitted):
        return ""
    typical, unit = fitted.reported, study.units.time
    absorbed = typical.get("TLAG", 0.0) + ALL_BUT_A_TENTH * math.log(2) / typical["KA"]
    earliest = min((float(since.min()) for since in _since_doses(study)), default=0.0)
    if absorbed >= earliest:
        return ""
    within, first = alike(absorbed, earliest, digits=2)
    return (
        f"By this model a dose is absorbed within {within} {unit}, before anybody was first measured "
        f"({first} {unit}): how quickly it is absorbed, and how high peaks are, is a guess."
    )


def _flipped(fitted: Fit) -> str:
    if not is_flipped(fitted):
        return ""
    return (
        "By this model the drug is absorbed more slowly than it is eliminated (flip-flop): unless it is made to be "
        "released slowly, check times and the route."
    )


def _since_doses(study: Study) -> list[Array]:
    """Return the times after doses at which concentrations were measured, an array for each subject with any."""
    intervals = list[Array]()
    for each in study.subjects:
        times = each.observations.time[~each.observations.response]
        since = times[:, None] - each.doses.time[None]
        intervals += [since[since > 0]] if (since > 0).any() else []
    return intervals


def _rates(fitted: Fit) -> Tensor:
    """Return the rates of a typical patient, ``(n_modes,)``."""
    typical = {name: torch.tensor(value, dtype=torch.float64) for name, value in fitted.reported.items()}
    return modes_of(typical, infused=False).rates
