"""Stacked random changes of MR slices, so that scanner, sequence and file format tell a network nothing.

Heavy changes, one upon the other, cost little where a network was trained and save most of what it loses elsewhere
(Zhang et al. 2020, doi:10.1109/TMI.2020.2973595: 11 % lost on unseen domains against 39 %).
"""

import math

import torch
from torch import Generator, Tensor
from torch.nn import functional

N_KNOTS = 6
"""Of a random curve of grey values."""


def evenly(n: int, low: float, high: float, generator: Generator) -> Tensor:
    """Return ``(n,)`` numbers drawn evenly."""
    return torch.rand(n, generator=generator) * (high - low) + low


def chance(n: int, share: float, generator: Generator) -> Tensor:
    """Return ``(n,)`` True for about that share."""
    return torch.rand(n, generator=generator) < share


def blurred(x: Tensor, sd_px: float) -> Tensor:
    """Return ``(batch, channels, h, w)`` smoothed by a Gaussian of that standard deviation."""
    reach = max(1, int(3 * sd_px))
    places = torch.arange(-reach, reach + 1.0)
    weights = torch.exp(-0.5 * (places / sd_px) ** 2)
    weights, n = weights / weights.sum(), x.shape[1]
    x = functional.conv2d(x, weights.view(1, 1, 1, -1).expand(n, 1, 1, -1), padding=(0, reach), groups=n)
    return functional.conv2d(x, weights.view(1, 1, -1, 1).expand(n, 1, -1, 1), padding=(reach, 0), groups=n)


def placements(n: int, side: int, generator: Generator) -> Tensor:
    """Return grids ``(n, side, side, 2)`` that turn, mirror, move, scale and stretch: for images and what is known."""
    turn = torch.randn(n, generator=generator) * math.radians(12)
    quarters = torch.randint(1, 4, (n,), generator=generator) * math.pi / 2
    turn = turn + chance(n, 0.08, generator) * quarters
    scale, stretch = evenly(n, -0.25, 0.22, generator).exp(), evenly(n, -0.1, 0.1, generator).exp()
    mirrored = torch.where(chance(n, 0.5, generator), -1.0, 1.0)
    upside_down = torch.where(chance(n, 0.05, generator), -1.0, 1.0)
    across, down = scale * stretch, scale / stretch
    matrix = torch.zeros(n, 2, 3)
    matrix[:, 0, 0], matrix[:, 0, 1] = turn.cos() * across * mirrored, -turn.sin() * down * upside_down
    matrix[:, 1, 0], matrix[:, 1, 1] = turn.sin() * across * mirrored, turn.cos() * down * upside_down
    matrix[:, :, 2] = evenly(2 * n, -0.12, 0.12, generator).view(n, 2)
    return functional.affine_grid(matrix, [n, 1, side, side], align_corners=False)


def otherwise_recorded(x: Tensor, generator: Generator) -> Tensor:
    """Return images as another scanner, sequence or file might show them.

    Args:
        x: ``(batch, 1, side, side)`` in [0, 1].
        generator: of the random numbers.

    Returns:
        The same shape, in [0, 1.2].
    """
    n, side = len(x), x.shape[-1]

    def each(values: Tensor) -> Tensor:
        return values.view(-1, 1, 1, 1)

    head = (blurred(x, 2.0) > 0.04).float()
    x = torch.where(each(chance(n, 0.4, generator)), _by_random_curve(x, generator), x)
    x = torch.where(each(chance(n, 0.12, generator)), head * (1 - x), x)
    x = x.clamp(0, 1.3) ** each(evenly(n, -0.5, 0.5, generator).exp())
    x = x * torch.exp(_bias_field(n, side, generator) * each(evenly(n, 0, 0.22, generator) * chance(n, 0.6, generator)))
    for sd_px, share in ((0.7, 0.2), (1.3, 0.15)):
        x = torch.where(each(chance(n, share, generator)), blurred(x, sd_px), x)
    coarse = functional.interpolate(
        x,
        scale_factor=float(evenly(1, 0.35, 0.8, generator)),
        mode="bilinear",
        antialias=True,
        align_corners=False,
    )
    coarse = functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=False)
    x = torch.where(each(chance(n, 0.25, generator)), coarse, x)
    x = torch.where(each(chance(n, 0.15, generator)), 2 * x - blurred(x, 1.0), x)
    noise = each(evenly(n, 0, 0.06, generator) * chance(n, 0.5, generator))
    x = x + noise * torch.randn(x.shape, generator=generator)
    x = x * each(evenly(n, -0.25, 0.25, generator).exp())
    x = x + each(evenly(n, -0.05, 0.05, generator) * chance(n, 0.3, generator))
    return x.clamp(0, 1.2)


def _by_random_curve(x: Tensor, generator: Generator) -> Tensor:
    """Return images whose grey values went through a piecewise linear curve: the contrast of another sequence."""
    n = len(x)
    knots = torch.linspace(0, 1, N_KNOTS).repeat(n, 1) + 0.12 * torch.randn(n, N_KNOTS, generator=generator)
    knots[:, 0] = 0
    place = x.flatten(1).clamp(0, 1) * (N_KNOTS - 1)
    before = place.floor().clamp(max=N_KNOTS - 2).long()
    share = place - before
    return (knots.gather(1, before) * (1 - share) + knots.gather(1, before + 1) * share).view_as(x)


def _bias_field(n: int, side: int, generator: Generator) -> Tensor:
    """Return smooth fields ``(n, 1, side, side)`` of about unit spread, as receiving coils leave them."""
    coarse = torch.randn(n, 1, 4, 4, generator=generator)
    return functional.interpolate(coarse, size=(side, side), mode="bicubic", align_corners=False)
