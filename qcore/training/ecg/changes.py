"""Changes of a recording that leave what it shows: another heart rate, gain, place of the electrodes, and disturbances.

What trains on one maker's devices meets others: gains, filters, electrodes that lie elsewhere or fell off. Changes are
stacked: what generalises is not a change but their combination (Zhang et al. 2020, doi:10.1109/TMI.2020.2973595).
"""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

from qcore.io.ecg.band import RATE_HZ

TIME_SD, FURTHEST_TIME = 0.12, 0.25
"""Spread of the logarithm of the rate of time, and its furthest relative change."""
GAIN_SD, LEAD_GAIN_SD = 0.15, 0.1
"""Spread of the logarithm of the gain of a recording, and of each lead beside it."""
MIXED_SD = 0.05
"""How much of each lead is seen by each other one: electrodes never lie where they should."""
NOISE_MV, WANDER_MV = 0.05, 0.1
WANDER_HZ = (0.1, 0.8)
SMOOTH = (0.25, 0.5, 0.25)
SHARE_NOISY, SHARE_WANDERING, SHARE_SMOOTH, SHARE_LOOSE, SHARE_MASKED = 0.5, 0.5, 0.3, 0.5, 0.5
LOOSE = 0.2
"""Share of the leads that are lost where an electrode is loose."""
LONGEST_MASKED = 0.3


def changed(x: Tensor, generator: Generator) -> Tensor:
    """Return recordings ``(n, n_leads, n_samples)`` in mV, each changed by chance in every way."""
    n, n_leads, n_samples = x.shape

    def evenly(*shape: int) -> Tensor:
        return torch.rand(n, *shape, generator=generator)

    def normal(*shape: int) -> Tensor:
        return torch.randn(n, *shape, generator=generator)

    def some(share: float) -> Tensor:
        return (evenly(1, 1) < share).float()

    x = _stretched(x, torch.exp(TIME_SD * normal(1)), evenly(1))
    x = x * torch.exp(GAIN_SD * normal(1, 1) + LEAD_GAIN_SD * normal(n_leads, 1))
    x = (torch.eye(n_leads) + MIXED_SD * normal(n_leads, n_leads)) @ x
    x = x + some(SHARE_NOISY) * NOISE_MV * evenly(1, 1) * normal(n_leads, n_samples)
    seconds = torch.arange(n_samples) / RATE_HZ
    hertz = WANDER_HZ[0] + (WANDER_HZ[1] - WANDER_HZ[0]) * evenly(1, 1)
    waves = torch.sin(2 * math.pi * (hertz * seconds + evenly(n_leads, 1)))
    x = x + some(SHARE_WANDERING) * WANDER_MV * normal(n_leads, 1) * waves
    kernel = torch.tensor(SMOOTH)[None, None]
    smooth = functional.conv1d(x.reshape(-1, 1, n_samples), kernel, padding=1).view_as(x)
    x = torch.lerp(x, smooth, some(SHARE_SMOOTH))
    x = x * (1 - some(SHARE_LOOSE) * (evenly(n_leads, 1) < LOOSE).float())
    begin, length = n_samples * evenly(1, 1), some(SHARE_MASKED) * LONGEST_MASKED * n_samples * evenly(1, 1)
    sample = torch.arange(n_samples)
    return x * (1 - ((sample >= begin) & (sample < begin + length)).float())


def _stretched(x: Tensor, rate: Tensor, offset: Tensor) -> Tensor:
    """Let time run faster or slower; what was not recorded is 0, and of a slower recording a stretch is seen.

    Args:
        x: ``(n, n_leads, n_samples)``.
        rate: ``(n, 1)`` at which time runs.
        offset: ``(n, 1)`` from 0 to 1, which stretch is seen.
    """
    rate = rate.clamp(1 - FURTHEST_TIME, 1 + FURTHEST_TIME)
    position = torch.linspace(-1, 1, x.shape[-1]) * rate + (2 * offset - 1) * (1 - rate).clamp_min(0)
    grid = torch.stack([position, torch.zeros_like(position)], dim=-1)[:, None]
    return functional.grid_sample(x[:, :, None], grid, align_corners=True, padding_mode="zeros")[:, :, 0]
