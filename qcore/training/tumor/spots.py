"""Small spots that are no tumour: the white matter of the old and of multiple sclerosis is full of them.

Heads and tumours alike are given some, so that a spot speaks neither for a tumour nor against one.
"""

import math

import torch
from numpy.random import Generator
from torch import Tensor

from qcore.training.tumor.changes import blurred

FEWEST, MOST = 3, 14
RADIUS_PX = (1.0, 5.0)
"""Half widths of a spot, in pixels of a framed slice: about 1 to 5 mm."""
CONTRAST = (0.15, 0.55)
"""How much brighter than its surroundings, or darker."""
INSIDE_FROM, MIDDLE = 0.12, 0.7


def with_spots(head: Tensor, rng: Generator) -> Tensor:
    """Return a slice with a few small, smooth spots of one contrast somewhere in its middle.

    Args:
        head: ``(side, side)`` in [0, 1.2].
        rng: of their number, places, sizes and contrast.
    """
    inside = (blurred(head[None, None], 4.0)[0, 0] > INSIDE_FROM).nonzero().float()
    if not len(inside):
        return head
    middle = inside.mean(0)
    rows, columns = torch.meshgrid(*(torch.arange(side).float() for side in head.shape), indexing="ij")
    spots = torch.zeros_like(head)
    for _ in range(int(rng.integers(FEWEST, MOST + 1))):
        row, column = middle + MIDDLE * (inside[rng.integers(len(inside))] - middle)
        turn, length, width = rng.uniform(0, math.pi), *rng.uniform(*RADIUS_PX, size=2)
        along = (rows - row) * math.cos(turn) + (columns - column) * math.sin(turn)
        across = (columns - column) * math.cos(turn) - (rows - row) * math.sin(turn)
        spots = torch.maximum(spots, torch.exp(-0.5 * ((along / length) ** 2 + (across / width) ** 2)))
    contrast = rng.uniform(*CONTRAST) * (1 if rng.random() < 0.75 else -1)
    return (head + contrast * spots * (head > INSIDE_FROM)).clamp(0, 1.2)
