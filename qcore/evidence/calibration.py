"""Platt scaling: log odds of a model to probabilities that match observed frequencies."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

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


def reliability(outcome: Array, probability: Array, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean predicted, observed share, patients) of bins of equally many patients: the reliability curve."""
    cut = np.array_split(np.argsort(probability, kind="stable"), bins)
    return [(float(probability[b].mean()), float(outcome[b].mean()), len(b)) for b in cut]
