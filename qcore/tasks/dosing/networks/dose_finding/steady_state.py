"""People at steady state as rows of a network's table.

A learned model knows no steady state: it was shown three weeks of doses, or whatever its study gave. People are looked
at over the last interval after as many doses as a typical person of the mechanistic model needs (2 % of the start are
left then), but not after the time over which the study watched anybody: what lies beyond, a network never saw, and the
average course under it drifts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import Tensor

from qcore.population.model import PopulationModel
from qcore.study import Array, Observations, Study, Subject
from qcore.tasks.dosing.course import doses_until_steady, regular
from qcore.tasks.dosing.networks.features import Features
from qcore.tasks.dosing.networks.samples import Moments, moments_at

JUST_AFTER = 1e-6
"""Time after a dose from which it counts, in units of the interval."""


@dataclass(frozen=True, eq=False)
class Rows:
    """People by doses by times over the last interval.

    Attributes:
        study: a subject for every person and dose, people first.
        moments: a row for every subject and time.
        shape: numbers of people, doses and times.
    """

    study: Study
    moments: Moments
    shape: tuple[int, int, int]


def doses_taken(known: PopulationModel, features: Features, interval: float) -> int:
    """Return the number of doses after which people count as being at steady state.

    Args:
        known: the mechanistic model, which says when a steady state is reached.
        features: of the learned model; the longest half-life is the time over which its study watched people.
        interval: between two doses, in the study's unit of time.
    """
    watched = float(features.half_lives[-1])
    return max(1, min(doses_until_steady(known, interval), int(watched / interval + 1e-9)))


def rows(
    known: PopulationModel, covariates: Mapping[str, Tensor], doses: Array, interval: float, count: int, times: Tensor
) -> Rows:
    """Return people who all take each of some doses, over the last interval.

    Args:
        known: says which covariates there are and how doses enter.
        covariates: of the people, each ``(n_people,)``.
        doses: ``(n_doses,)``; 0 is none at all.
        interval: between two doses, in the study's unit of time.
        count: how many are taken.
        times: after the last one, ``(n_times,)``.
    """
    names = tuple(each.name for each in known.covariates)
    nothing = Observations(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    given = [regular(known.structure, dose, interval, count if dose else 0) for dose in doses]
    n_people = len(covariates[names[0]]) if names else 1
    people = [{name: float(covariates[name][person]) for name in names} for person in range(n_people)]
    subjects = tuple(Subject("", person, taken, nothing) for person in people for taken in given)
    at = (count - 1) * interval + np.maximum(times.numpy(), JUST_AFTER * interval)
    study = Study(subjects, names, known.units, known.weight)
    return Rows(study, moments_at([at] * len(subjects)), (n_people, len(doses), len(times)))
