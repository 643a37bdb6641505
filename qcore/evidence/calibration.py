"""Platt scaling: log odds of a model to probabilities that match observed frequencies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Platt:
    """``probability = sigmoid(slope * logit + intercept)`` (Platt 1999)."""

    slope: float
    intercept: float

    def probability(self, logit: Array) -> Array:
        """Map log odds ``(n,)`` to calibrated probabilities ``(n,)``."""
        return np.asarray(expit(self.slope * logit + self.intercept))

    def standard_error(self, logit: Array, standard_error: Array) -> Array:
        """Carry the standard error of log odds ``(n,)`` over to the probability, to first order."""
        probability = self.probability(logit)
        return np.asarray(probability * (1 - probability) * abs(self.slope) * standard_error)


def fit_platt(decisions: Array, y: Array) -> Platt:
    """Return slope and intercept that turn decision values into log odds.

    Platt 1999: a logistic fit to smoothed targets, which stays finite where the classes are separated. Decisions that
    tell nothing, or the reverse, get slope 0 and the prevalence.

    Args:
        decisions: ``(n,)``, of cases the model was not fitted to.
        y: ``(n,)`` of 0 and 1.
    """
    positive = float(y.sum())
    share = np.where(y == 1, (positive + 1) / (positive + 2), 1 / (len(y) - positive + 2))
    spread = float(decisions.std())
    if spread > 0:
        twice = np.concatenate([decisions, decisions])[:, None] / spread
        labels, weights = np.repeat([1, 0], len(y)), np.concatenate([share, 1 - share])
        logistic = LogisticRegression(C=np.inf).fit(twice, labels, sample_weight=weights)
        slope = float(logistic.coef_[0, 0]) / spread
        if slope > 0:
            return Platt(slope, float(logistic.intercept_[0]))
    return Platt(0.0, float(np.log(share.sum() / (1 - share).sum())))


def reliability(outcome: Array, probability: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean predicted, observed share, patients) of bins of equally many patients: the reliability curve."""
    cut = np.array_split(np.argsort(probability, kind="stable"), bins)
    return [(float(probability[b].mean()), float(outcome[b].mean()), len(b)) for b in cut]
