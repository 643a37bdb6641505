"""A map from taking parts of a shape away: what occlusion is where voxels are a mask, and nothing is left to blur."""

import numpy as np
import torch
from torch import Tensor

from qcore.explain.images.attention import Answer, AttentionMap

EMPTYING = "Parts of the shape taken away (after Zeiler and Fergus 2014, arXiv:1311.2901)"
SIDE, STEP = 4, 2
"""Of the cube that is taken away, and how far apart such cubes lie, voxels."""


def emptying(block: Tensor, answer: Answer) -> AttentionMap:
    """Take away what lies in one cube after the other, and see how far the answer falls.

    Args:
        block: ``(1, 1, d, h, w)`` 1 inside a shape and 0 outside.
        answer: log odds ``(n,)`` of such blocks and their standard errors, on any backend.

    Returns:
        ``(d, h, w)`` the mean fall, in log odds, over the cubes that take each voxel away; 0 outside the shape. It does
        not add up.
    """
    shape = block.shape[2:]
    starts = [(z, y, x) for z in _starts(shape[0]) for y in _starts(shape[1]) for x in _starts(shape[2])]
    cubes = [tuple(slice(start, start + SIDE) for start in corner) for corner in starts]
    cubes = [cube for cube in cubes if bool(block[0, 0][cube].any())]
    emptied = block.repeat(len(cubes), 1, 1, 1, 1)
    for number, cube in enumerate(cubes):
        emptied[number, 0][cube] = 0
    logits, errors = answer(torch.cat([block, emptied]))
    total, variance, count = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for cube, fallen, error in zip(cubes, logits[0] - logits[1:], errors[1:], strict=True):
        total[cube] += fallen
        variance[cube] += error**2
        count[cube] += 1
    count = np.maximum(count, 1)
    inside = block[0, 0].numpy() > 0
    standard_error = np.sqrt(variance / count**2 + errors[0] ** 2)
    return AttentionMap(EMPTYING, inside * total / count, inside * standard_error)


def _starts(length: int) -> range:
    return range(0, max(1, length - SIDE + 1), STEP)
