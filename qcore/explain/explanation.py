"""The one type every explanation method returns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Explanation:
    """How much each part of an input moved a prediction.

    Attributes:
        method: name of the method and its reference.
        names: ``(n,)`` features, samples or pixels.
        attributions: ``(n,)`` in the unit of the prediction.
        base_value: the prediction for the reference input.
        efficiency_residual: prediction - base value - sum of attributions; 0 for an exact method.
        standard_error: ``(n,)`` from shots and noise; 0 where exact.
    """

    method: str
    names: tuple[str, ...]
    attributions: NDArray[np.float64]
    base_value: float
    efficiency_residual: float
    standard_error: NDArray[np.float64]
