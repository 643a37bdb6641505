"""Linear recurrences, all steps at once."""

import torch
from torch import Tensor


def scan(kept: Tensor, gained: Tensor, dim: int = -1) -> Tensor:
    """Solve ``d[p] = kept[p] d[p - 1] + gained[p]`` from 0, for all p at once, by doubling.

    Source: Blelloch 1990, Prefix sums and their applications, CMU-CS-90-190.

    Args:
        kept: share of the value before that is left; its first entry does not matter.
        gained: of the same shape.
        dim: along which steps follow each other.
    """
    length, step = kept.shape[dim], 1
    while step < length:
        first, rest = gained.narrow(dim, 0, step), kept.narrow(dim, step, length - step)
        before = gained.narrow(dim, 0, length - step)
        gained = torch.cat([first, gained.narrow(dim, step, length - step) + rest * before], dim)
        kept = torch.cat([kept.narrow(dim, 0, step), rest * kept.narrow(dim, 0, length - step)], dim)
        step *= 2
    return gained
