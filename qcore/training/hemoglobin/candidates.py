"""The models that are compared, each with the settings among which the inner cross-validation chooses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression, Ridge
from torch.nn.functional import mse_loss

from qcore.backends.registry import backend
from qcore.tasks.hemoglobin.features import AGE, FEMALE
from qcore.tasks.hemoglobin.model import AGE_AND_SEX, GRADIENT_BOOSTING, MEAN, RIDGE
from qcore.tasks.hemoglobin.network import HYBRID, LINEAR, TWIN, Regressor
from qcore.training.loop.network import fit_network
from qcore.training.loop.recipe import Recipe

Array = NDArray[np.float64]
Predict = Callable[[Array], Array]

EPOCHS, LEARNING_RATE, WEIGHT_DECAY = 60, 0.05, 0.1
N_MEMBERS, N_COMPARED = 3, 2
"""Networks of different seeds whose mean is taken; while settings are compared, so many stand for them."""


class NetworkSetting(NamedTuple):
    """A setting of a network.

    Attributes:
        n_layers: of the circuit.
        feature_l1: penalty on the absolute weights that read the features, but for age and sex: that these matter is
            known, and what shrinks them takes men for women.
    """

    n_layers: int
    feature_l1: float

    def __str__(self) -> str:
        """Return it for people."""
        return f"{self.n_layers} layer{'s' if self.n_layers > 1 else ''}, L1 {self.feature_l1:g}"


NETWORK_SETTINGS = tuple(NetworkSetting(n_layers, l1) for n_layers in (1, 2) for l1 in (0.05, 0.3))
RIDGE_PENALTIES = (3.0, 10.0, 30.0, 100.0, 300.0)
TREES = (10, 25, 50, 100)


@dataclass(frozen=True)
class Candidate:
    """A kind of model.

    Attributes:
        name: as in `qcore.tasks.hemoglobin.model.TITLES`.
        settings: among which the inner cross-validation chooses.
        fit: trains on inputs ``(n, 11)`` and haemoglobin ``(n,)`` g/dL with a setting, a number of members and a
            seed, and returns what predicts.
    """

    name: str
    settings: tuple[object, ...]
    fit: Callable[[Array, Array, object, int, int], Predict]


def fit_member(kind: str, x: Array, y: Array, setting: NetworkSetting, seed: int) -> Regressor:
    """Train one network, noiselessly, in double precision, all patients in every step.

    Args:
        kind: ``hybrid``, ``control`` or ``linear``, see `Regressor`.
        x: ``(n, 11)`` inputs with their units.
        y: ``(n,)`` g/dL.
        setting: layers and penalty.
        seed: of the initial weights.
    """
    torch.manual_seed(seed)
    inputs, outcome = torch.from_numpy(np.array(x)), torch.from_numpy(np.array(y))
    member = Regressor(kind, setting.n_layers).scaled_to(inputs, outcome)
    penalised = [column for column in range(x.shape[1]) if column not in (AGE, FEMALE)]
    reading = member.head.angles.linear.weight
    target = ((outcome - member.typical_g_dl) / member.scale_g_dl)[:, None]
    recipe = Recipe(EPOCHS, batch=len(x), learning_rate=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    fit_network(
        member.head,
        member.standardized(inputs),
        target,
        mse_loss,
        recipe,
        backend("ideal"),
        seed,
        penalty=lambda: setting.feature_l1 * reading[:, penalised].abs().sum(),
    )
    return member.eval()


def _network(kind: str) -> Candidate:
    def fit(x: Array, y: Array, setting: object, n_members: int, seed: int) -> Predict:
        if not isinstance(setting, NetworkSetting):
            raise TypeError("a network needs the setting of a network")
        members = [fit_member(kind, x, y, setting, seed + number) for number in range(n_members)]

        def predict(rows: Array) -> Array:
            inputs, ideal = torch.from_numpy(np.array(rows)), backend("ideal")
            with torch.no_grad():
                return np.asarray(np.mean([member(inputs, ideal).numpy() for member in members], axis=0))

        return predict

    return Candidate(kind, NETWORK_SETTINGS, fit)


def ridge(x: Array, y: Array, penalty: float) -> tuple[float, ...]:
    """Return intercept and slopes, by unit of each feature, of a ridge regression on standardised features."""
    mean, spread = x.mean(0), np.where(x.std(0) > 0, x.std(0), 1.0)
    slopes = Ridge(alpha=penalty).fit((x - mean) / spread, y).coef_ / spread
    return (float(y.mean() - mean @ slopes), *map(float, slopes))


def age_and_sex(x: Array, y: Array) -> tuple[float, ...]:
    """Return intercept and slopes of least squares on age and sex; the slopes of all other features are 0."""
    fitted = LinearRegression().fit(x[:, [AGE, FEMALE]], y)
    slopes = np.zeros(x.shape[1])
    slopes[[AGE, FEMALE]] = fitted.coef_
    return (float(fitted.intercept_), *map(float, slopes))


def boosted(x: Array, y: Array, n_trees: int) -> HistGradientBoostingRegressor:
    """Fit small regression trees, one on the errors of those before."""
    return HistGradientBoostingRegressor(
        max_iter=n_trees, max_depth=2, learning_rate=0.1, min_samples_leaf=20, early_stopping=False, random_state=0
    ).fit(x, y)


def _linear_predictor(numbers: tuple[float, ...]) -> Predict:
    return lambda rows: numbers[0] + rows @ np.array(numbers[1:])


CANDIDATES: tuple[Candidate, ...] = (
    _network(HYBRID),
    _network(TWIN),
    _network(LINEAR),
    Candidate(RIDGE, RIDGE_PENALTIES, lambda x, y, at, _n, _s: _linear_predictor(ridge(x, y, float(str(at))))),
    Candidate(GRADIENT_BOOSTING, TREES, lambda x, y, at, _n, _s: boosted(x, y, int(str(at))).predict),
    Candidate(AGE_AND_SEX, (None,), lambda x, y, _at, _n, _s: _linear_predictor(age_and_sex(x, y))),
    Candidate(MEAN, (None,), lambda _x, y, _at, _n, _s: lambda rows: np.full(len(rows), y.mean())),
)
"""The hybrid and what it is measured against."""
