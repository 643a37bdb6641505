"""Random changes of images and volumes that do not change what they show: turned, moved, scaled, mirrored, brighter."""

import math
from dataclasses import dataclass

import torch
from torch import Generator, Tensor
from torch.nn import functional

from qcore.arguments import check_number


@dataclass(frozen=True)
class Augmentation:
    """How far an image may be changed; every change is drawn evenly up to these.

    Attributes:
        rotation_deg: either way; of a volume about any axis, as the standard deviation of small rotations.
        shift: share of half a side.
        scale: largest relative change of size.
        mirrored: True where left and right (of volumes: any side) may be exchanged.
        brightness: share of the whole range, added and multiplied.
        noise_sd: highest standard deviation of Gaussian noise.
    """

    rotation_deg: float = 20.0
    shift: float = 0.15
    scale: float = 0.15
    mirrored: bool = False
    brightness: float = 0.0
    noise_sd: float = 0.0

    def __post_init__(self) -> None:
        """Refuse changes that cannot be.

        Raises:
            InvalidArgument: one is negative or no number.
        """
        for name in ("rotation_deg", "shift", "scale", "brightness", "noise_sd"):
            check_number(name, getattr(self, name), 0)


def augment(x: Tensor, change: Augmentation, generator: Generator) -> Tensor:
    """Return copies of images or volumes, each turned, moved, scaled and brightened by chance.

    Args:
        x: ``(batch, channels, *space)`` in [0, 1], two- or three-dimensional.
        change: largest shift, turn and change of size.
        generator: of the random numbers.
    """
    n, n_dims = len(x), x.ndim - 2

    def evenly(*shape: int) -> Tensor:
        return torch.rand(n, *shape, generator=generator) * 2 - 1

    turned = _rotations(n, n_dims, math.radians(change.rotation_deg), generator)
    mirror = torch.ones(n, 1, n_dims)
    if change.mirrored:
        # An image may be mirrored along its last axis alone; a volume along each.
        drawn = torch.sign(evenly(1, n_dims) + 1e-9)
        mirror = drawn if n_dims == 3 else torch.cat([drawn[..., :1], mirror[..., 1:]], dim=-1)
    matrix = turned * (1 + change.scale * evenly(1, 1)) * mirror
    placed = torch.cat([matrix, change.shift * evenly(n_dims, 1)], dim=-1)
    grid = functional.affine_grid(placed, list(x.shape), align_corners=False)
    edge = "border" if n_dims == 2 else "zeros"
    moved = functional.grid_sample(x, grid, padding_mode=edge, align_corners=False)
    flat = (n, *[1] * (n_dims + 1))
    bright = moved * (1 + change.brightness * evenly(1).view(flat)) + change.brightness / 2 * evenly(1).view(flat)
    level = change.noise_sd * torch.rand(flat, generator=generator)
    return bright + level * torch.randn(x.shape, generator=generator)


def _rotations(n: int, n_dims: int, spread_rad: float, generator: Generator) -> Tensor:
    """Return ``(n, n_dims, n_dims)`` rotation matrices."""
    if n_dims == 2:
        angle = (torch.rand(n, generator=generator) * 2 - 1) * spread_rad
        cosine, sine = torch.cos(angle), torch.sin(angle)
        return torch.stack([torch.stack([cosine, -sine], -1), torch.stack([sine, cosine], -1)], dim=1)
    spin = torch.randn(n, 3, 3, generator=generator) * spread_rad
    return torch.linalg.matrix_exp((spin - spin.transpose(1, 2)) / math.sqrt(2))  # type: ignore[no-any-return]
