"""What training leaves beside the weights of the haemoglobin model: intervals, calibration, the reference person."""

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.special import expit, logit

from qcore.evidence.calibration import Platt
from qcore.evidence.decision import OperatingPoint
from qcore.tasks.hemoglobin.anemia import FEMALE, MALE

Array = NDArray[np.float64]

NOMINAL_COVERAGE = 0.9
NORMAL_QUANTILE = 1.6448536269514722
"""Of a standard normal value, so that 90 % lie within both ends."""


class Calibration(BaseModel):
    """From the distance to the limit of anaemia, g/dL, to its probability.

    Attributes:
        platt: slope and intercept.
        covariance: of slope and intercept over resampled patients: slope², slope times intercept, intercept².
    """

    model_config = ConfigDict(frozen=True)

    platt: Platt
    covariance: tuple[float, float, float]

    def probability(self, margin_g_dl: Array) -> Array:
        """Return the probability of anaemia, ``(n,)``.

        Args:
            margin_g_dl: ``(n,)`` limit less estimated haemoglobin.
        """
        return self.platt.probability(margin_g_dl)

    def band(self, margin_g_dl: Array) -> tuple[Array, Array]:
        """Return the ends of the 90 % interval of that probability over resampled patients, ``(n,)`` each."""
        slope, both, intercept = self.covariance
        spread = np.sqrt(np.maximum(slope * margin_g_dl**2 + 2 * both * margin_g_dl + intercept, 0))
        middle = logit(np.clip(self.probability(margin_g_dl), 1e-9, 1 - 1e-9))
        low, high = (expit(middle + sign * NORMAL_QUANTILE * spread) for sign in (-1, 1))
        return np.asarray(low), np.asarray(high)


class Judging(BaseModel):
    """What turns an estimated haemoglobin into an answer.

    Attributes:
        population: whom the models were trained on, one sentence.
        calibration: fitted on patients held out.
        threshold: probability from which anaemia is said to be likely.
        operating_point: what that does on patients held out.
        half_width_g_dl: of the interval of the haemoglobin, by sex, from the errors on patients held out.
    """

    model_config = ConfigDict(frozen=True)

    population: str
    calibration: Calibration
    threshold: float
    operating_point: OperatingPoint
    half_width_g_dl: dict[str, float]

    def half_widths_g_dl(self, is_female: Array) -> Array:
        """Return how far the interval of each person reaches to both sides, ``(n,)`` g/dL."""
        return np.where(is_female == 1, self.half_width_g_dl[FEMALE], self.half_width_g_dl[MALE])


class Facts(Judging):
    """What training leaves beside the weights (model.json).

    Attributes:
        n_patients: who trained the models.
        base_rate: share of these with anaemia.
        n_layers: of the circuit of each network.
        feature_l1: penalty on what reads the features, of each network.
        seeds: of each network's members.
        reference: what every feature is in the reference person, whom explanations start from.
        linear: of the linear models, by name: intercept in g/dL, then g/dL per unit of each feature.
        n_parameters: of one member of each model.
        training_seconds: of each model.
        versions: of the libraries that trained it.
    """

    n_patients: int
    base_rate: float
    n_layers: dict[str, int]
    feature_l1: dict[str, float]
    seeds: tuple[int, ...]
    reference: dict[str, float]
    linear: dict[str, tuple[float, ...]]
    n_parameters: dict[str, int]
    training_seconds: dict[str, float]
    versions: dict[str, str]
