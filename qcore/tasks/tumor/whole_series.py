"""From what is said of each slice to what is said of the whole series.

A tumour lies in a few neighbouring slices, and noise in single ones: the highest of a hundred and fifty answers is high
by chance alone. So answers are averaged over as many slices as a small tumour is thick; slices with little of the head
in them, where there is no brain to judge, do not count. And a slice is as likely as any other to hold the tumour: if
one is in the series, each of n slices has an n-th of its prior odds, so that the odds of the series are the mean of the
odds of its slices. A tumour in a tenth of them must be that much clearer, and a large one is not held back.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

Array = NDArray[np.float64]
THICKNESS_MM = 10.0
"""Over which answers are averaged."""
SLICES_WITHOUT_SPACING = 3
"""Averaged where the file does not say how far apart they lie."""
LEAST_HEAD = 0.6
"""Share of the largest head's side in the series that a slice needs to count."""
ENDS = 0.06
"""Share of the slices at either end that do not count: scalp, neck, and what the coil no longer receives."""


def n_averaged(slice_spacing_mm: float | None) -> int:
    """Return over how many neighbouring slices answers are averaged, an odd number."""
    if slice_spacing_mm is None:
        return SLICES_WITHOUT_SPACING
    half = round((THICKNESS_MM / max(slice_spacing_mm, 0.1) - 1) / 2)
    return 2 * max(half, 0) + 1


def counted(head_side: Array) -> NDArray[np.int64]:
    """Return the numbers of the slices that count: not at the ends, and with enough of the head in them.

    Args:
        head_side: ``(n,)`` side of the framed head of each slice, pixels.
    """
    ends = int(ENDS * len(head_side))
    counts = ends + np.flatnonzero(head_side[ends : len(head_side) - ends] >= LEAST_HEAD * head_side.max())
    return counts if len(counts) else np.array([int(head_side.argmax())])


def of_series(logits: Array, head_side: Array, n_averaged_slices: int) -> tuple[Array, int]:
    """Return the log odds of a series and the slice that they come from.

    Args:
        logits: ``(n, 1 + n_kinds)`` of each slice; their softmax is the answer, the first stands for "nothing there".
        head_side: ``(n,)`` side of the framed head of each slice, pixels.
        n_averaged_slices: see `n_averaged`.

    Returns:
        ``(1 + n_kinds,)`` and the number of the slice.
    """
    counts = counted(head_side)
    evidence = np.logaddexp.reduce(logits[:, 1:], axis=1) - logits[:, 0]
    kinds = logits[:, 1:] - np.logaddexp.reduce(logits[:, 1:], axis=1, keepdims=True)
    # Averaged among those that count alone; at the ends, over fewer.
    size = min(n_averaged_slices, len(counts))
    smooth = uniform_filter1d(evidence[counts], size, mode="nearest")
    best = int(smooth.argmax())
    near = counts[max(0, best - size // 2) : best + size // 2 + 1]
    # The kind is judged where the evidence is.
    weight = np.exp(evidence[near] - evidence[near].max())
    kind = (weight[:, None] * kinds[near]).sum(axis=0) / weight.sum()
    kind -= np.logaddexp.reduce(kind)
    highest = near[int(evidence[near].argmax())]
    of_all = np.logaddexp.reduce(smooth) - np.log(len(smooth))
    return np.concatenate([[0.0], of_all + kind]), int(highest)
