"""A conformal interval that can be checked: how many of fifty patients like this one will have the event.

The risk of one person cannot be observed, so an interval for it cannot be right or wrong. The share of events among
patients with like predictions can. Calibration patients are dealt into groups of fifty with like predicted risk;
the conformity score of a group is the distance of its observed from its predicted share in binomial standard
deviations, and split-conformal prediction (MAPIE; Vovk et al. 2005, doi:10.1007/b106715) gives the band that holds
the share of a new group with the nominal coverage. ``coverage`` measures it on patients the model never saw.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

GROUP_SIZE = 50
NOMINAL_COVERAGE = 0.90
GROUPS_PER_WINDOW = 5
PARTITIONS = 40
FEWEST_PATIENTS = GROUPS_PER_WINDOW * GROUP_SIZE


def groups(probability: Array, outcome: Array, seed: int = 0) -> tuple[Array, Array]:
    """Return mean prediction and observed share, ``(n_groups,)`` each, of groups of patients with like predictions.

    Patients sorted by prediction are cut into windows of five groups, and each window is dealt out at random into
    its groups, forty times over: one partition alone would leave the band to the luck of seventy groups.
    """
    rng = np.random.default_rng(seed)
    window = FEWEST_PATIENTS
    if len(probability) < window:
        raise ValueError(f"a conformal band needs at least {window} patients, got {len(probability)}")
    order = np.argsort(probability, kind="stable")
    # Windows of nearly equal size; the patients left over are not used, and differ in each partition.
    windows = np.array_split(order, len(order) // window)
    dealt = [rng.permutation(part)[:window].reshape(-1, GROUP_SIZE) for _ in range(PARTITIONS) for part in windows]
    members = np.concatenate(dealt)
    return probability[members].mean(axis=1), outcome[members].mean(axis=1)


def _binomial_sd(share: ArrayLike) -> Array:
    p = np.clip(np.asarray(share, dtype=np.float64), 1e-3, 1 - 1e-3)
    return np.sqrt(p * (1 - p) / GROUP_SIZE)


def fit_half_width(probability: Array, outcome: Array) -> float:
    """Learn the half-width of the band, in binomial standard deviations of a group's share.

    Args:
        probability: ``(n,)`` calibrated predictions for patients the model was not fitted on.
        outcome: ``(n,)`` 0 or 1.
    """
    from mapie.conformity_scores import BaseRegressionScore
    from mapie.regression import SplitConformalRegressor
    from sklearn.base import BaseEstimator, RegressorMixin

    class Identity(RegressorMixin, BaseEstimator):  # type: ignore[misc]
        n_features_in_ = 1

        def fit(self, *_: object) -> "Identity":
            return self

        def predict(self, share: Array) -> Array:
            return share[:, 0]

    class BinomialScore(BaseRegressionScore):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__(sym=True, consistency_check=False)

        def get_signed_conformity_scores(self, y: Array, y_pred: Array, **_: object) -> Array:
            return np.abs(y - y_pred) / _binomial_sd(y_pred)

        def get_estimation_distribution(self, y_pred: Array, scores: Array, **_: object) -> Array:
            return y_pred + scores * _binomial_sd(y_pred)

    predicted, observed = groups(probability, outcome)
    conformal = SplitConformalRegressor(
        Identity(), confidence_level=NOMINAL_COVERAGE, conformity_score=BinomialScore(), prefit=True
    ).conformalize(predicted[:, None], observed)
    half = np.array([[0.5]])
    _, interval = conformal.predict_interval(half)
    return float((interval[0, 1, 0] - 0.5) / _binomial_sd(0.5))


def interval(probability: Array, half_width: float) -> tuple[Array, Array]:
    """Return the lowest and highest share, ``(n,)`` each in [0, 1], to expect among fifty patients like each."""
    reach = half_width * _binomial_sd(probability)
    return np.clip(probability - reach, 0, 1), np.clip(probability + reach, 0, 1)


def coverage(probability: Array, outcome: Array, half_width: float) -> float:
    """Return the fraction of new groups whose observed share lies within the band."""
    predicted, observed = groups(probability, outcome)
    low, high = interval(predicted, half_width)
    return float(np.mean((observed >= low) & (observed <= high)))
