"""What reads a kernel: support vectors on its features, tuned and calibrated out of fold.

What comes out is one coefficient for every feature and an intercept: log odds are ``row @ coefficients + intercept``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from qcore.evidence.calibration import fit_platt

Array = NDArray[np.float64]

N_FOLDS = 5
COSTS = (0.1, 1.0, 10.0, 100.0)
"""Of a case on the wrong side; the one with the highest AUROC out of fold is taken."""


@dataclass(frozen=True)
class Fitted:
    """A head, fitted: ``(n_features,)`` coefficients and an intercept."""

    coefficients: Array
    intercept: float


def fit_support_vectors(features: Array, y: Array) -> Fitted:
    """Fit the head of the kernel that is the product of these features, in time linear in cases.

    Args:
        features: ``(n, n_features)`` features whose products are the kernel.
        y: ``(n,)`` of 0 and 1.

    Raises:
        ValueError: fewer than two cases of a class.
    """
    decisions = [_out_of_fold(cost, features, y) for cost in COSTS]
    best = int(np.argmax([roc_auc_score(y, decision) for decision in decisions]))
    fitted, platt = _machine(COSTS[best], features, y), fit_platt(decisions[best], y)
    return Fitted(platt.slope * fitted.coefficients, platt.slope * fitted.intercept + platt.intercept)


def _out_of_fold(cost: float, features: Array, y: Array) -> Array:
    folds = StratifiedKFold(min(N_FOLDS, int(min(y.sum(), (1 - y).sum()))), shuffle=True, random_state=0)
    decisions = np.empty(len(y))
    for others, left_out in folds.split(features, y):
        fitted = _machine(cost, features[others], y[others])
        decisions[left_out] = features[left_out] @ fitted.coefficients + fitted.intercept
    return decisions


def _machine(cost: float, features: Array, y: Array) -> Fitted:
    machine = LinearSVC(C=cost, dual=False).fit(features, y)
    return Fitted(np.ravel(machine.coef_), float(np.ravel(machine.intercept_)[0]))
