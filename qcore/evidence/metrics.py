"""Metrics of a probabilistic yes/no prediction, each with a bootstrap interval."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

Array = NDArray[np.float64]
People = NDArray[np.generic]
Score = Callable[[Array, Array], float]

ECE_BINS = 10
EVEN_ODDS = 0.5
SEED = 0
DIGITS = 4


@dataclass(frozen=True)
class Estimate:
    """A metric with its 95 % interval."""

    value: float
    low: float
    high: float


def expected_calibration_error(outcome: Array, probability: Array) -> float:
    """Root mean square distance of predicted and observed frequency over ten bins, without the noise of the sample.

    Ten outcomes of a perfect model do not fall as predicted either: that scatter is estimated and taken away (Kumar et
    al. 2019, arXiv:1909.10155; for weather forecasts Ferro & Fricker 2012, doi:10.1002/qj.1924). What is left is not
    smaller than the mean distance would be. Bins hold equally many patients; of equal width, nine patients in ten
    would be in one of them at a base rate of 11 % and hide errors (Nixon et al. 2019, arXiv:1904.01685).

    Args:
        outcome: ``(n,)`` 0 or 1.
        probability: ``(n,)`` in [0, 1].
    """
    return _root(squared_calibration_error(outcome, probability))


def squared_calibration_error(outcome: Array, probability: Array, n_draws: int = 1) -> float:
    """Mean square distance of predicted and observed frequency over ten bins, less what chance alone would make of it.

    Args:
        outcome: ``(n,)`` 0 or 1.
        probability: ``(n,)`` in [0, 1].
        n_draws: how often chance was at work: once in a sample of patients, twice in a resample of one. Taken away
            as often, the mean over resamples is what the sample itself says.

    Returns:
        May be negative where predictions fit better than chance lets them.
    """
    residual = (outcome - probability)[np.argsort(probability, kind="stable")]
    total = 0.0
    for part in np.array_split(residual, max(1, min(ECE_BINS, len(residual) // 2))):
        chance = part.var(ddof=1) / len(part) if len(part) > 1 else 0.0
        total += len(part) * (part.mean() ** 2 - n_draws * chance)
    return float(total / len(residual))


def _root(square: float) -> float:
    return math.sqrt(max(square, 0.0))


def _resampled_calibration_error(outcome: Array, probability: Array) -> float:
    return _root(squared_calibration_error(outcome, probability, n_draws=2))


def accuracy(outcome: Array, probability: Array) -> float:
    """Share of cases whose probability lies on the side of 0.5 that the outcome is on."""
    return float(np.mean((probability >= EVEN_ODDS) == (outcome > EVEN_ODDS)))


def mean_auroc(outcome: Array, scores: Array) -> float:
    """Return the AUROC, mean of the labels, of outcomes and scores ``(n, n_labels)``."""
    return float(np.mean([roc_auc_score(*label) for label in zip(outcome.T, scores.T, strict=True)]))


METRICS: Mapping[str, Score] = {
    "auroc": roc_auc_score,
    "accuracy": accuracy,
    "auprc": average_precision_score,
    "ece": expected_calibration_error,
    "brier": brier_score_loss,
}


RESAMPLED: Mapping[Score, Score] = {expected_calibration_error: _resampled_calibration_error}
"""What stands for a metric on resampled patients where it would be off itself: noise adds to a calibration error."""


def estimate(
    score: Score, outcome: Array, probability: Array, resamples: int = 1000, *, people: People | None = None
) -> Estimate:
    """Return a metric with its 95 % percentile interval over resampled patients.

    Args:
        score: the metric.
        outcome: ``(n, ...)`` 0 or 1.
        probability: ``(n, ...)`` in [0, 1].
        resamples: how often patients are drawn.
        people: ``(n,)`` whose each case is: all cases of a person are drawn together; None where each is another's.
    """
    interval = _bootstrapped(RESAMPLED.get(score, score), (outcome, probability), resamples, people)
    return replace(interval, value=round(float(score(outcome, probability)), DIGITS))


def paired_difference(
    score: Score,
    outcome: Array,
    first: Array,
    second: Array,
    resamples: int = 1000,
    *,
    people: People | None = None,
) -> Estimate:
    """Return metric(first) - metric(second) on the same patients, ``(n, ...)``, with its 95 % interval.

    People are as in `estimate`.
    """

    def difference(y: Array, a: Array, b: Array) -> float:
        return score(y, a) - score(y, b)

    return _bootstrapped(difference, (outcome, first, second), resamples, people)


def paired_mean_difference(
    score: Score, outcome: Array, first: Sequence[Array], second: Sequence[Array], resamples: int = 1000
) -> Estimate:
    """Return the mean of metric(first) - metric(second) over pairs of models on the same patients, with its interval.

    The interval is over patients alone; the spread over the pairs is not in it.
    """

    def difference(y: Array, *probabilities: Array) -> float:
        half = len(probabilities) // 2
        pairs = zip(probabilities[:half], probabilities[half:], strict=True)
        return float(np.mean([score(y, a) - score(y, b) for a, b in pairs]))

    return _bootstrapped(difference, (outcome, *first, *second), resamples)


def _bootstrapped(
    statistic: Callable[..., float], samples: tuple[Array, ...], resamples: int, people: People | None = None
) -> Estimate:
    persons = _cases_of_each(people)
    interval = bootstrap(
        (np.arange(len(samples[0]) if persons is None else len(persons)),),
        lambda drawn: statistic(*(sample[_cases(persons, drawn)] for sample in samples)),
        n_resamples=resamples,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    value = float(statistic(*samples))
    return Estimate(*(round(number, DIGITS) for number in (value, float(interval.low), float(interval.high))))


def _cases_of_each(people: People | None) -> list[NDArray[np.int64]] | None:
    """Return the numbers of each person's cases; None where everybody has one."""
    if people is None:
        return None
    person = np.unique(people, return_inverse=True)[1]
    n_cases = np.bincount(person)
    if n_cases.max() == 1:
        return None
    return np.split(np.argsort(person, kind="stable"), np.cumsum(n_cases)[:-1])


def _cases(persons: list[NDArray[np.int64]] | None, drawn: NDArray[np.int64]) -> NDArray[np.int64]:
    return drawn if persons is None else np.concatenate([persons[number] for number in drawn])


def all_metrics(outcome: Array, probability: Array, people: People | None = None) -> dict[str, Estimate]:
    """Return every metric of `METRICS` with its interval; people are as in `estimate`."""
    return {name: estimate(score, outcome, probability, people=people) for name, score in METRICS.items()}
