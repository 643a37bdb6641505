"""Times at which a model is asked, and what was measured then: a row for each subject and time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.study import Array, Observations, Quantity, Study

QUANTITIES = (Quantity.CONCENTRATION, Quantity.RESPONSE)
"""Quantities in the order of columns and of the cascade."""


@dataclass(frozen=True, eq=False)
class Moments:
    """Times at which subjects were measured, and what was measured then, a row each.

    Attributes:
        subject: place in the study, ``(n_rows,)``, ascending.
        time: in the study's unit, ``(n_rows,)``.
        measured: concentration and response then, ``(n_rows, 2)``; NaN where there is none.
    """

    subject: Tensor
    time: Tensor
    measured: Tensor

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.time)

    def take(self, chosen: Tensor) -> "Moments":
        """Return some rows, given by number or by a flag for each."""
        return Moments(self.subject[chosen], self.time[chosen], self.measured[chosen])

    def times_of(self, subject: int) -> Array:
        """Return the times of one subject, ``(n,)``."""
        times: Array = self.time[self.subject == subject].numpy()
        return times


def measured_moments(study: Study, after: float = -np.inf) -> Moments:
    """Return all times at which something was measured.

    Concentrations before or at the first dose are left out, as the mechanistic model leaves them out; a quantity that
    was measured twice at the same time makes two rows.

    Args:
        study: subjects with their measurements.
        after: only later times, in the study's unit.

    Raises:
        InvalidValue: a response is not above 0. The learned models predict its logarithm.
    """
    rows: list[tuple[int, float, float, float]] = []
    for index, subject in enumerate(study.subjects):
        observed, first = subject.observations, subject.doses.time.min(initial=np.inf)
        if bool((observed.value[observed.response] <= 0).any()):
            raise InvalidValue(f"A response of subject {subject.name} is not above 0: the learned models need one.")
        usable = (observed.response | (observed.time > first)) & (observed.time > after)
        seen: dict[tuple[float, int], list[float]] = {}
        repeats: dict[tuple[float, bool], int] = {}
        for time, value, response in zip(
            observed.time[usable], observed.value[usable], observed.response[usable], strict=True
        ):
            key = (float(time), bool(response))
            repeat = repeats[key] = repeats.get(key, -1) + 1
            seen.setdefault((float(time), repeat), [np.nan, np.nan])[int(response)] = float(value)
        rows += [(index, time, pair[0], pair[1]) for (time, _), pair in sorted(seen.items())]
    table = torch.tensor(rows, dtype=torch.float64).reshape(-1, 4)
    return Moments(table[:, 0].long(), table[:, 1], table[:, 2:])


def moments_at(times: Sequence[Array]) -> Moments:
    """Return times of subjects at which nothing was measured, such as those of a curve; one array a subject."""
    subject = torch.cat([torch.full((len(each),), index) for index, each in enumerate(times)]).long()
    time = torch.from_numpy(np.concatenate(times)).double()
    return Moments(subject, time, torch.full((len(time), 2), torch.nan, dtype=torch.float64))


def until(study: Study, end: float) -> Study:
    """Return the study as it was known at a time: with the measurements up to then."""
    subjects = []
    for subject in study.subjects:
        observed = subject.observations
        early = observed.time <= end
        known = Observations(observed.time[early], observed.value[early], observed.response[early])
        subjects.append(replace(subject, observations=known))
    return replace(study, subjects=tuple(subjects))
