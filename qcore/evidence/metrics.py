"""Metrics of a probabilistic yes/no prediction, each with a bootstrap interval."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import bootstrap
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

Array = NDArray[np.float64]
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
    """Mean distance of predicted and observed frequency over ten bins of equally many patients.

    Bins of equal width would put nine patients in ten into one bin at a base rate of 11 % and hide errors
    (Nixon et al. 2019, arXiv:1904.01685).

    Args:
        outcome: ``(n,)`` 0 or 1.
        probability: ``(n,)`` in [0, 1].
    """
    order = np.argsort(probability, kind="stable")
    bins = np.array_split(order, ECE_BINS)
    gaps = [len(b) * abs(outcome[b].mean() - probability[b].mean()) for b in bins if len(b)]
    return float(sum(gaps) / len(outcome))


def accuracy(outcome: Array, probability: Array) -> float:
    """Share of cases on the right side of even odds."""
    return float(np.mean((probability >= EVEN_ODDS) == (outcome > EVEN_ODDS)))


METRICS: Mapping[str, Score] = {
    "auroc": roc_auc_score,
    "accuracy": accuracy,
    "auprc": average_precision_score,
    "ece": expected_calibration_error,
    "brier": brier_score_loss,
}


def estimate(score: Score, outcome: Array, probability: Array, resamples: int = 1000) -> Estimate:
    """Return a metric with its 95 % percentile interval over resampled patients.

    The interval of a calibration error leans upwards: resampling adds noise, and noise adds error.
    """
    return _bootstrapped(score, (outcome, probability), resamples)


def paired_difference(score: Score, outcome: Array, first: Array, second: Array, resamples: int = 1000) -> Estimate:
    """Return metric(first) - metric(second) on the same patients with its 95 % interval."""

    def difference(y: Array, a: Array, b: Array) -> float:
        return score(y, a) - score(y, b)

    return _bootstrapped(difference, (outcome, first, second), resamples)


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


def _bootstrapped(statistic: Callable[..., float], samples: tuple[Array, ...], resamples: int) -> Estimate:
    interval = bootstrap(
        samples,
        statistic,
        n_resamples=resamples,
        paired=True,
        vectorized=False,
        method="percentile",
        rng=np.random.default_rng(SEED),
    ).confidence_interval
    value = float(statistic(*samples))
    return Estimate(*(round(number, DIGITS) for number in (value, float(interval.low), float(interval.high))))


def all_metrics(outcome: Array, probability: Array) -> dict[str, Estimate]:
    """Return every metric of `METRICS` with its interval."""
    return {name: estimate(score, outcome, probability) for name, score in METRICS.items()}
