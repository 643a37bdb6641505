"""How far predictions lie from measurements: root mean squared errors, resampled by subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from qcore.evidence.metrics import DIGITS, SEED, Array, Estimate
from qcore.study import Quantity, Study

N_RESAMPLES = 2000
LEVELS = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Squares:
    """Squared errors of one model, summed by subject.

    Attributes:
        total: mean over repeats of the sum of squared errors of every subject, in squared units, ``(n_subjects,)``.
        count: measurements of every subject, ``(n_subjects,)``.
    """

    total: Array
    count: Array

    def root_mean(self, weight: Array) -> Array:
        """Return root mean squared errors ``(...,)`` of samples in which subjects count ``(..., n_subjects)`` times."""
        roots: Array = np.sqrt((weight @ self.total) / np.maximum(weight @ self.count, 1))
        return roots


def squares(subject: NDArray[np.int64], errors: Sequence[Array], n_subjects: int) -> Squares:
    """Add squared errors up by subject.

    Args:
        subject: of each row, ``(n_rows,)``.
        errors: of each repeat, ``(n_rows,)``; NaN where there is no measurement.
        n_subjects: number of subjects, measured or not.
    """
    known = ~np.isnan(errors[0])
    mean = np.mean([np.square(each[known]) for each in errors], axis=0)
    total = np.bincount(subject[known], mean, n_subjects).astype(np.float64)
    return Squares(total, np.bincount(subject[known], minlength=n_subjects).astype(np.float64))


def rmse(errors: Squares, unit: float = 1.0) -> Estimate:
    """Return the root mean squared error with its 95 % interval over resampled subjects.

    Args:
        errors: squared errors by subject.
        unit: errors are given in multiples of this: 1 for raw ones, a standard deviation for normalised ones.
    """
    drawn = errors.root_mean(_draws(len(errors.total))) / unit
    return _estimate(float(errors.root_mean(np.ones(len(errors.total)))) / unit, drawn)


def difference(first: Squares, second: Squares, unit: float = 1.0) -> Estimate:
    """Return RMSE(first) - RMSE(second) with its 95 % interval over the same resampled subjects."""
    weight = _draws(len(first.total))
    ones = np.ones(len(first.total))
    value = float(first.root_mean(ones) - second.root_mean(ones)) / unit
    return _estimate(value, (first.root_mean(weight) - second.root_mean(weight)) / unit)


def spreads(study: Study) -> dict[Quantity, float]:
    """Return the standard deviation of all measurements of each quantity, by which errors are normalised."""
    observed = [subject.observations for subject in study.subjects]
    values = np.concatenate([each.value for each in observed])
    response = np.concatenate([each.response for each in observed])
    kinds = ((Quantity.CONCENTRATION, ~response), (Quantity.RESPONSE, response))
    return {quantity: float(values[chosen].std(ddof=1)) for quantity, chosen in kinds if chosen.sum() > 1}


@cache
def _draws(n_subjects: int) -> Array:
    """Return how often each subject is in each resample, ``(N_RESAMPLES, n_subjects)``."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(n_subjects, np.full(n_subjects, 1 / n_subjects), N_RESAMPLES).astype(float)


def _estimate(value: float, drawn: Array) -> Estimate:
    low, high = np.quantile(drawn, LEVELS)
    return Estimate(*(round(float(number), DIGITS) for number in (value, low, high)))
