"""The one type every explanation method returns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        """Return the method, and a line for every part of the input, the strongest first."""
        order = sorted(range(len(self.names)), key=lambda at: -abs(self.attributions[at]))
        lines = [f"  {self.names[at]} {self.attributions[at]:+.4f} ± {self.standard_error[at]:.4f}" for at in order]
        return "\n".join([f"Explanation ({self.method}), base value {self.base_value:.4f}", *lines])
