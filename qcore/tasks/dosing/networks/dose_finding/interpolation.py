"""Interpolation over doses and times, each as one matrix product."""

import numpy as np
import torch
from scipy.interpolate import CubicSpline
from torch import Tensor

from qcore.study import Array


def over_doses(values: Tensor, at: Array, wanted: Array) -> Tensor:
    """Return values at other doses, by a cubic spline in the logarithm of the dose.

    Args:
        values: at the doses they are known at, ``(..., n_doses, n)``.
        at: their doses, above 0 and rising, two or more.
        wanted: doses at which values are wanted, ``(n_wanted,)``.

    Returns:
        ``(..., n_wanted, n)``.
    """
    weights = CubicSpline(np.log(at), np.eye(len(at)))(np.log(wanted))
    return torch.from_numpy(weights) @ values


def over_doses_and_none(values: Tensor, at: Array, wanted: Array) -> Tensor:
    """Interpolate where the first value is that of no dose, which is kept: ``(..., 1 + n_doses, n)``."""
    return torch.cat([values[..., :1, :], over_doses(values[..., 1:, :], at, wanted)], -2)


def over_times(values: Tensor, at: Tensor, wanted: Tensor) -> Tensor:
    """Return values ``(..., n_times)`` at other times, along straight lines, ``(..., n_wanted)``."""
    weights = np.stack([np.interp(wanted.numpy(), at.numpy(), each) for each in np.eye(len(at))])
    return values @ torch.from_numpy(weights)
