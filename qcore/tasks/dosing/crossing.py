"""Find the dose at which each patient's measure crosses a limit, for all patients at once and in few evaluations."""

from collections.abc import Callable

import torch
from torch import Tensor

TOLERANCE = 1e-9
"""Relative distance from the limit at which a crossing counts as found."""
N_SECANTS = 12
N_HALVINGS = 22
"""Bisections after secants have failed: they leave a four-millionth of the range."""


def crossing(measured: Callable[[Tensor], Tensor], limit: float, cap: float, half: Tensor) -> Tensor:
    """Return the dose at which each patient shows the limit, ``(n_patients,)``.

    In ``dose / (dose + half)`` most effects are nearly straight lines, along which secants find the crossing at once
    (the Illinois method: Dowell and Jarratt 1971, doi:10.1007/BF01934364).

    Args:
        measured: what patients show with a dose each, ``(n_patients,)``; rises or falls steadily.
        limit: between the measure with no dose and with the cap; results of other patients mean nothing.
        cap: the highest dose that is considered.
        half: of each patient, the dose of about half the effect; above 0, ``(n_patients,)``.
    """
    low, high = torch.zeros_like(half), cap / (cap + half)
    at_low, at_high = (measured(_dose(saturation, half)) - limit for saturation in (low, high))
    rises, absent = at_high > at_low, at_low.sign() == at_high.sign()
    side = torch.zeros_like(half)
    for _ in range(N_SECANTS):
        saturation = low - at_low * (high - low) / torch.where(absent, torch.ones_like(half), at_high - at_low)
        saturation = torch.where((saturation > low) & (saturation < high), saturation, (low + high) / 2)
        value = measured(_dose(saturation, half)) - limit
        if bool((absent | (value.abs() <= TOLERANCE * abs(limit))).all()):
            return _dose(saturation, half)
        up = (value > 0) != rises
        # Where one end is moved twice, the other end counts half, so that it is moved soon.
        at_low, at_high = (
            torch.where(up, value, torch.where(side < 0, at_low / 2, at_low)),
            torch.where(up, torch.where(side > 0, at_high / 2, at_high), value),
        )
        low, high = torch.where(up, saturation, low), torch.where(up, high, saturation)
        side = torch.where(up, 1.0, -1.0).to(half.dtype)
    for _ in range(N_HALVINGS):
        saturation = (low + high) / 2
        up = ((measured(_dose(saturation, half)) - limit) > 0) != rises
        low, high = torch.where(up, saturation, low), torch.where(up, high, saturation)
    return _dose((low + high) / 2, half)


def _dose(saturation: Tensor, half: Tensor) -> Tensor:
    return half * saturation / (1 - saturation)
