"""Tumours pasted into healthy heads, so that the same source stands for both answers.

Some heads are pasted a piece of another healthy head instead: the border of a paste must not give a tumour away.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.random import Generator
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from qcore.training.cohorts.brain_mri import TUMOUR, Slices
from qcore.training.tumor.changes import blurred

LEAST_DONOR_PX, LEAST_PASTED_PX, LEAST_HEAD_PX = 60, 40, 500
HEAD_FROM = 0.12
RING_REACH_PX = 5.0


@dataclass(frozen=True, eq=False)
class Paster:
    """What pastes.

    Attributes:
        slices: the training slices.
        donors: numbers of those whose tumour's pixels are known.
        healthy: numbers of those without one.
    """

    slices: Slices
    donors: NDArray[np.int64]
    healthy: NDArray[np.int64]

    @classmethod
    def of(cls, slices: Slices) -> "Paster":
        """Return what pastes the tumours of these slices."""
        area = (slices.where == TUMOUR).reshape(len(slices), -1).sum(axis=1)
        return cls(slices, np.flatnonzero(area > LEAST_DONOR_PX), np.flatnonzero(slices.kind == 0))

    def pasted(self, head: Tensor, tumour: bool, rng: Generator) -> tuple[Tensor, Tensor] | None:
        """Paste into a head, somewhere inside it, turned and scaled, its brightness matched to what is around.

        Args:
            head: ``(side, side)`` in [0, 1].
            tumour: True for a tumour, False for a piece of a healthy head of that shape.
            rng: of place, size and direction.

        Returns:
            The head and where something was pasted, ``(side, side)`` 0 or 1; None where the head has no room.
        """
        donor = int(rng.choice(self.donors))
        shape = torch.from_numpy(self.slices.where[donor] == TUMOUR).float()
        source = self.slices.images[donor if tumour else int(rng.choice(self.healthy)), 0]
        inside = (blurred(head[None, None], 4.0)[0, 0] > HEAD_FROM).nonzero().float()
        if len(inside) < LEAST_HEAD_PX:
            return None
        # Drawn towards the middle: skin and skull hold no tumours.
        middle = inside.mean(0)
        place = middle + 0.8 * (inside[rng.integers(len(inside))] - middle)
        both = torch.stack([torch.from_numpy(source).float() / 255, shape])
        grid = _grid(shape.nonzero().float().mean(0), place, rng, len(head))
        piece, covered = functional.grid_sample(both[None], grid, align_corners=False)[0]
        where = (covered > 0.5).float()
        if where.sum() < LEAST_PASTED_PX:
            return None
        soft = blurred(where[None, None], float(rng.uniform(1, 3)))[0, 0]
        around = (blurred(where[None, None], RING_REACH_PX)[0, 0] > 0.03) & (where == 0)
        contrast = math.exp(rng.uniform(-0.3, 0.3))
        matched = (piece - piece[around].mean()) * contrast + head[around].mean()
        return (head * (1 - soft) + soft * matched).clamp(0, 1.2), where


def _grid(of: Tensor, to: Tensor, rng: Generator, side: int) -> Tensor:
    """Return the grid ``(1, side, side, 2)`` that brings one place, in pixels, to another, turned and scaled."""
    scale, turn = math.exp(rng.uniform(-0.5, 0.35)), rng.uniform(-math.pi, math.pi)
    cosine, sine = math.cos(turn) / scale, math.sin(turn) / scale
    matrix = torch.tensor([[cosine, -sine], [sine, cosine]], dtype=torch.float32)
    # grid_sample counts from -1 to 1 and names the column first.
    start, end = ((2 * place.flip(0) + 1) / side - 1 for place in (of, to))
    shift = start - matrix @ end
    return functional.affine_grid(torch.cat([matrix, shift[:, None]], 1)[None], [1, 1, side, side], align_corners=False)
