"""What reads a kernel: support vectors, ridge or a Gaussian process, each tuned and calibrated out of fold.

Whatever the head, what comes out is one coefficient for every column of its design (a training patient's kernel, or a
Nyström feature) and an intercept: log odds, or a value, are ``row @ coefficients + intercept``.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Kernel, WhiteKernel
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.svm import SVC, SVR, LinearSVC, LinearSVR

Array = NDArray[np.float64]

N_FOLDS = 5
ROUNDING = 1e-6
"""Eigenvalues this far below 0, as a share of the largest, are rounding in single precision."""


@dataclass(frozen=True)
class Fitted:
    """A head, fitted: ``(n_columns,)`` coefficients and an intercept."""

    coefficients: Array
    intercept: float


Solver = Callable[[Array, Array], Fitted]


@dataclass(frozen=True)
class Head:
    """The settings of a head that are tried, on a Gram matrix and on features; classes are 0 and 1."""

    gram_classes: tuple[Solver, ...]
    gram_values: tuple[Solver, ...]
    feature_classes: tuple[Solver, ...]
    feature_values: tuple[Solver, ...]


def nearest_positive(gram: Array) -> tuple[Array, Array | None]:
    """Return the nearest positive semi-definite matrix, and the projector that new patients' rows need.

    Shots leave negative eigenvalues, which no kernel has. They are set to 0 ("spectrum clip", Chen et al. 2009, JMLR
    10:747).

    Args:
        gram: ``(n, n)``, symmetric.

    Returns:
        Both ``(n, n)``; no projector where nothing but rounding was negative.
    """
    values, vectors = np.linalg.eigh(gram)
    kept = vectors[:, values > 0]
    positive = kept * values[values > 0] @ kept.T
    return positive, kept @ kept.T if values[0] < -ROUNDING * values[-1] else None


def fit_on_gram(name: str, gram: Array, y: Array, classes: bool) -> Fitted:
    """Fit a head to a Gram matrix.

    Args:
        name: one of `HEADS`.
        gram: ``(n, n)``, symmetric.
        y: ``(n,)``: 0 and 1, or values of about unit variance.
        classes: whether y are classes; the result then gives log odds.

    Returns:
        Coefficients for the kernels of a new patient with all n.

    Raises:
        ValueError: fewer than two patients of a class.
    """
    positive, projector = nearest_positive(gram)
    head = HEADS[name]
    fitted = _best(head.gram_classes if classes else head.gram_values, positive, y, classes, pairwise=True)
    return fitted if projector is None else Fitted(projector @ fitted.coefficients, fitted.intercept)


def fit_on_features(name: str, features: Array, y: Array, classes: bool) -> Fitted:
    """Fit the head of the kernel that is the product of these features, in time linear in patients.

    A Gaussian process on such a kernel is a Bayesian linear model of the features.

    Args:
        name: one of `HEADS`.
        features: ``(n, n_features)``.
        y: ``(n,)``: 0 and 1, or values of about unit variance.
        classes: whether y are classes; the result then gives log odds.

    Raises:
        ValueError: fewer than two patients of a class.
    """
    head = HEADS[name]
    return _best(head.feature_classes if classes else head.feature_values, features, y, classes, pairwise=False)


def calibrated(decisions: Array, y: Array) -> tuple[float, float]:
    """Return slope and intercept that turn decision values into log odds.

    Platt 1999: a logistic fit to smoothed targets, which stays finite where the classes are separated. Decisions that
    tell nothing, or the reverse, get slope 0 and the prevalence.

    Args:
        decisions: ``(n,)``, of patients the head was not fitted to.
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
            return slope, float(logistic.intercept_[0])
    return 0.0, float(np.log(share.sum() / (1 - share).sum()))


def _best(solvers: tuple[Solver, ...], design: Array, y: Array, classes: bool, pairwise: bool) -> Fitted:
    """Fit the setting that does best out of fold (AUROC or squared error), calibrated on those same decisions."""
    if len(solvers) == 1 and not classes:
        return solvers[0](design, y)
    decisions = [_out_of_fold(solver, design, y, classes, pairwise) for solver in solvers]
    scores = [roc_auc_score(y, d) if classes else -np.square(y - d).mean() for d in decisions]
    best = int(np.argmax(scores))
    fitted = solvers[best](design, y)
    if not classes:
        return fitted
    slope, intercept = calibrated(decisions[best], y)
    return Fitted(slope * fitted.coefficients, slope * fitted.intercept + intercept)


def _out_of_fold(solver: Solver, design: Array, y: Array, classes: bool, pairwise: bool) -> Array:
    kind, most = (StratifiedKFold, min(y.sum(), (1 - y).sum())) if classes else (KFold, len(y))
    folds = kind(min(N_FOLDS, int(most)), shuffle=True, random_state=0)
    decisions = np.empty(len(y))
    for others, left_out in folds.split(design, y):
        columns = others if pairwise else np.arange(design.shape[1])
        fitted = solver(design[np.ix_(others, columns)], y[others])
        decisions[left_out] = design[np.ix_(left_out, columns)] @ fitted.coefficients + fitted.intercept
    return decisions


def _support_vectors(make: Callable[..., Any], c: float) -> Solver:
    def solve(gram: Array, y: Array) -> Fitted:
        machine = make(C=c, kernel="precomputed").fit(gram, y)
        coefficients = np.zeros(len(y))
        coefficients[machine.support_] = machine.dual_coef_[0]
        return Fitted(coefficients, float(machine.intercept_[0]))

    return solve


def _kernel_ridge(alpha: float) -> Solver:
    def solve(gram: Array, y: Array) -> Fitted:
        mean = float(y.mean())
        return Fitted(KernelRidge(alpha=alpha, kernel="precomputed").fit(gram, y - mean).dual_coef_, mean)

    return solve


class LookedUp(Kernel):  # type: ignore[misc]
    """A Gram matrix as a scikit-learn kernel of row numbers: Gaussian processes take no precomputed matrix.

    Args:
        gram: ``(n, n)``.
    """

    def __init__(self, gram: Array) -> None:
        self.gram = gram

    def __call__(self, x: Array, y: Array | None = None, eval_gradient: bool = False) -> Any:
        """Return the entries of rows x and columns y, and the gradient by no parameter at all."""
        rows = x[:, 0].astype(int)
        entries = self.gram[np.ix_(rows, rows if y is None else y[:, 0].astype(int))]
        return (entries, np.empty((*entries.shape, 0))) if eval_gradient else entries

    def diag(self, x: Array) -> Array:
        """Return the diagonal entries of rows x."""
        return np.asarray(np.diagonal(self.gram)[x[:, 0].astype(int)])

    def is_stationary(self) -> bool:
        """Say that the matrix is no function of a difference."""
        return False


def _process_classes(gram: Array, y: Array) -> Fitted:
    """Laplace approximation; the mode of the latent function is ``k (y - p)``, log odds by itself."""
    with warnings.catch_warnings():
        # A variance at the end of its range is an answer.
        warnings.simplefilter("ignore", ConvergenceWarning)
        process = GaussianProcessClassifier(ConstantKernel() * LookedUp(gram)).fit(np.arange(len(y))[:, None], y)
    base = process.base_estimator_
    return Fitted(base.kernel_.k1.constant_value * (base.y_train_ - base.pi_), 0.0)


def _process_values(gram: Array, y: Array) -> Fitted:
    mean = float(y.mean())
    kernel = ConstantKernel() * LookedUp(gram) + WhiteKernel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        process = GaussianProcessRegressor(kernel).fit(np.arange(len(y))[:, None], y - mean)
    return Fitted(process.kernel_.k1.k1.constant_value * process.alpha_, mean)


def _linear(make: Callable[..., Any], **settings: Any) -> Solver:
    def solve(features: Array, y: Array) -> Fitted:
        model = make(**settings).fit(features, y)
        return Fitted(np.ravel(model.coef_), float(np.ravel(model.intercept_)[0]))

    return solve


COSTS = (0.1, 1.0, 10.0, 100.0)
PENALTIES = (10.0, 1.0, 0.1, 0.01)
HEADS = {
    "svm": Head(
        gram_classes=tuple(_support_vectors(SVC, c) for c in COSTS),
        gram_values=tuple(_support_vectors(SVR, c) for c in COSTS),
        feature_classes=tuple(_linear(LinearSVC, C=c, dual=False) for c in COSTS),
        feature_values=tuple(
            _linear(LinearSVR, C=c, dual=False, loss="squared_epsilon_insensitive", epsilon=0.1) for c in COSTS
        ),
    ),
    "ridge": Head(
        gram_classes=tuple(_kernel_ridge(alpha) for alpha in PENALTIES),
        gram_values=tuple(_kernel_ridge(alpha) for alpha in PENALTIES),
        feature_classes=tuple(_linear(Ridge, alpha=alpha) for alpha in PENALTIES),
        feature_values=tuple(_linear(Ridge, alpha=alpha) for alpha in PENALTIES),
    ),
    "gp": Head(
        gram_classes=(_process_classes,),
        gram_values=(_process_values,),
        feature_classes=tuple(_linear(LogisticRegression, C=c) for c in COSTS),
        feature_values=(_linear(BayesianRidge),),
    ),
}
