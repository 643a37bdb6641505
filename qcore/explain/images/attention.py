"""The one type in which every method says where a model looks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

Map = NDArray[np.float64]
Answer = Callable[[Tensor], tuple[Map, Map]]
"""Log odds ``(n,)`` of images ``(n, 1, h, w)``, and their standard errors."""


@dataclass(frozen=True, eq=False)
class AttentionMap:
    """How much each place of an image speaks for an answer.

    Attributes:
        method: name of the method and its reference.
        values: ``(h, w)`` over the whole image, or ``(d, h, w)`` over a block, in log odds where the method adds up;
            negative speaks against.
        standard_error: of the values, from shots and noise; 0 where exact.
        base_value: the answer, in log odds, to the image that stands for "nothing to be seen"; NaN where a method has
            none.
        residual: answer - base value - sum of the values; 0 where a method is exact, NaN where it does not add up.
    """

    method: str
    values: Map
    standard_error: Map
    base_value: float = float("nan")
    residual: float = float("nan")

    @property
    def is_evidence(self) -> bool:
        """Whether anything speaks for the answer: a map that only speaks against it must not be painted as if."""
        return bool(self.values.max() > 0)

    @property
    def highest(self) -> tuple[int, int]:
        """Row and column of the place that speaks most for the answer."""
        row, column = np.unravel_index(int(self.values.argmax()), self.values.shape)
        return int(row), int(column)

    @property
    def scatter(self) -> float:
        """Standard error of the highest value, as a share of it: 0 where exact or where nothing is evidence."""
        return float(self.standard_error[self.highest] / self.values[self.highest]) if self.is_evidence else 0.0


def without_error(values: Map) -> Map:
    """Return standard errors of 0."""
    return np.zeros_like(values)
