"""The dose groups of a study: who was given what, and what they showed."""

from dataclasses import dataclass

import numpy as np

from qcore.study import Array, Study, Subject
from qcore.tasks.dosing.drug.file import Studied
from qcore.tasks.dosing.whole_doses import intervals, whole

ENOUGH = 0.5
"""A mean is taken where at least this share of a group was measured."""


@dataclass(frozen=True)
class Group:
    """People who were given the same dose.

    Attributes:
        dose: each of them; 0 for placebo.
        interval: between doses; None where it was given once, or not at all.
        last: when the last dose was given.
        subjects: of the study who were given this dose.
    """

    dose: float
    interval: float | None
    last: float
    subjects: tuple[Subject, ...]

    def points(self, response: bool) -> tuple[Array, Array]:
        """Return times and values of what was measured while doses went on, of all of them."""
        seen = [each.observations for each in self.subjects]
        end = self.last + (self.interval or np.inf)
        times = np.concatenate([each.time for each in seen])
        values = np.concatenate([each.value for each in seen])
        wanted = (np.concatenate([each.response for each in seen]) == response) & (times <= end)
        return times[wanted], values[wanted]

    def means(self, response: bool) -> tuple[Array, Array]:
        """Return the times at which half of the group or more were measured, and their means."""
        times = np.concatenate([each.observations.time for each in self.subjects])
        values = np.concatenate([each.observations.value for each in self.subjects])
        wanted = np.concatenate([each.observations.response for each in self.subjects]) == response
        at, index, count = np.unique(times[wanted], return_inverse=True, return_counts=True)
        total = np.bincount(index, values[wanted], len(at))
        often = count >= ENOUGH * len(self.subjects)
        return at[often], total[often] / count[often]


def groups(study: Study) -> list[Group]:
    """Return the groups of a study in order of dose; a subject with different doses belongs to the first of them."""
    by_dose: dict[tuple[float, float], list[Subject]] = {}
    for each in study.subjects:
        by_dose.setdefault((_dose(each), _interval(each)), []).append(each)
    return [
        Group(dose, interval or None, max(float(each.doses.time.max(initial=0)) for each in some), tuple(some))
        for (dose, interval), some in sorted(by_dose.items(), key=lambda item: item[0])
    ]


def studied_in(study: Study) -> Studied | None:
    """Return the doses that were studied; None where nobody was given any."""
    doses = sorted({float(amount) for each in study.subjects for amount in whole(each.doses).amount if amount > 0})
    apart = [_interval(each) for each in study.subjects if len(each.doses.time)]
    if not doses:
        return None
    usual = float(np.median(apart))
    return Studied(doses=tuple(doses), interval_h=usual if usual > 0 else None)


def nearest(study: Study, dose: float, interval: float) -> Group | None:
    """Return the group whose dose, given at this interval, is nearest in proportion; None where no group had it."""
    same = [
        each
        for each in groups(study)
        if each.dose > 0 and each.interval and Studied(doses=(each.dose,), interval_h=each.interval).same(interval)
    ]
    return min(same, key=lambda each: abs(np.log(each.dose / dose)), default=None)


def _dose(subject: Subject) -> float:
    return float(whole(subject.doses).amount[0]) if len(subject.doses.amount) else 0.0


def _interval(subject: Subject) -> float:
    apart = intervals(whole(subject.doses))
    return round(float(np.median(apart)), 3) if len(apart) else 0.0
