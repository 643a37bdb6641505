"""What share of people reach a target, from their own values over an interval or from expected values."""

import math

import torch
from torch import Tensor

from qcore.study import Quantity
from qcore.tasks.dosing.networks.samples import QUANTITIES
from qcore.tasks.dosing.target import Measure, Target


def column(measure: Measure) -> int:
    """Return the place of a measure's quantity among those a learned model predicts."""
    return QUANTITIES.index(Quantity.RESPONSE if measure is Measure.RESPONSE else Quantity.CONCENTRATION)


def extremes(measure: Measure, log_values: Tensor, times: Tensor) -> Tensor:
    """Return the logarithms of the lowest and the highest value of the measure over the interval, ``(..., 2)``.

    Args:
        measure: what is looked at; of a trough, a peak or an average there is but one value.
        log_values: logarithms over the interval, ``(..., n_times)``.
        times: from a dose to the next, ``(n_times,)``.
    """
    if measure is Measure.RESPONSE:
        return torch.stack([log_values.amin(-1), log_values.amax(-1)], -1)
    if measure is Measure.TROUGH:
        value = log_values[..., -1]
    elif measure is Measure.PEAK:
        value = log_values.amax(-1)
    else:
        value = torch.log(torch.trapezoid(log_values.exp(), times) / (times[-1] - times[0]))
    return torch.stack([value, value], -1)


def share_of(target: Target, log_extremes: Tensor) -> Tensor:
    """Return the share of people who stay within the limits, ``(...)``.

    Args:
        target: with the limits, in the study's units.
        log_extremes: `extremes` of every person, ``(n_people, ..., 2)``.
    """
    inside = torch.ones(log_extremes.shape[:-1], dtype=torch.bool)
    if target.low is not None:
        inside &= log_extremes[..., 0] > math.log(target.low)
    if target.high is not None:
        inside &= log_extremes[..., 1] < math.log(target.high)
    return inside.double().mean(0)


def expected_share(target: Target, mean: Tensor, spread: Tensor) -> Tensor:
    """Return the share of people within the limits, if their logarithms are normal around expected ones, ``(...)``.

    A person's difference moves the whole interval: who stays below a limit at the highest moment stays below it
    throughout. For two limits the shares who break them add up, as nobody breaks both in one interval.

    Args:
        target: with the limits, in the study's units.
        mean: over people with the same covariates, of `extremes`, ``(n_people, ..., 2)``.
        spread: standard deviation over them, of the same shape.
    """
    lost = torch.zeros(mean.shape[1:-1], dtype=mean.dtype)
    for limit, sign, side in ((target.low, -1.0, 0), (target.high, 1.0, 1)):
        if limit is not None:
            kept = torch.special.ndtr(sign * (math.log(limit) - mean[..., side]) / spread[..., side])
            lost = lost + 1 - kept.mean(0)
    return (1 - lost).clamp(min=0)
