"""A map from hiding one window of an image after the other, which needs no slopes and so works under noise."""

from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.fft import dstn, idstn
from scipy.ndimage import gaussian_filter
from torch import Tensor

from qcore.explain.images.attention import Answer, AttentionMap

Array = NDArray[np.float64]
OCCLUSION = "Occlusion by what lies around the window (after Zeiler and Fergus 2014, arXiv:1311.2901)"
SCALES = ((1 / 8, 1 / 12), (1 / 4, 1 / 12), (3 / 8, 1 / 8))
"""Sides of the windows, and how far apart they are, as shares of the image's side: lesions are small and large, and
what is hidden in part is still seen."""
RIM = 0.3
"""Share of the weight that pixels in the middle of an image get from all windows, to which others are raised."""
SMOOTHED_PX = 2.0
"""Standard deviation of the blur of the border from which a window is filled: a single pixel must draw no streaks."""
LEAST_CHANGE = 0.02
"""Up to this change of any pixel a window has nothing to hide, and the model is not asked."""
Window = tuple[slice, slice]


def occlusion(image: Tensor, answer: Answer) -> AttentionMap:
    """Hide one window after the other, and see how far the answer falls.

    A window is filled with the smoothest surface that continues what lies around it, so that hiding adds no edge and
    no blob of its own.

    Args:
        image: ``(1, 1, h, w)`` in [0, 1].
        answer: of a model, on any backend.

    Returns:
        ``(h, w)`` the fall, in log odds: for each size of window the mean over those that hide a pixel, which count the
        more the nearer its middle lies, and of these the mean over the sizes. It does not add up.
    """
    grey = image[0, 0].double().numpy()
    asked: list[Array] = []
    shares: list[tuple[Window, Array]] = []
    for side, step in SCALES:
        windows = list(_windows(grey.shape, side, step))
        bump = np.outer(*(np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 2 for n in grey[windows[0]].shape))
        total = np.zeros(grey.shape)
        for window in windows:
            total[window] += bump
        # Near the image's rim, which few windows reach, one fall must not count as much as several elsewhere.
        total = len(SCALES) * np.maximum(total, RIM * total.max())
        for window, filled in zip(windows, _filled(grey, windows), strict=True):
            if np.abs(filled - grey[window]).max() > LEAST_CHANGE:
                covered = grey.copy()
                covered[window] = filled
                asked.append(covered)
                shares.append((window, bump / total[window]))
    logits, errors = answer(torch.from_numpy(np.stack([grey, *asked]))[:, None].to(image.dtype))
    values, of_windows, of_image = np.zeros((3, *grey.shape))
    for (window, share), logit, error in zip(shares, logits[1:], errors[1:], strict=True):
        values[window] += share * (logits[0] - logit)
        of_windows[window] += (share * error) ** 2
        of_image[window] += share
    return AttentionMap(OCCLUSION, values, np.sqrt(of_windows + (of_image * errors[0]) ** 2))


def _windows(shape: tuple[int, ...], side: float, step: float) -> Iterator[Window]:
    """Return windows of a size all over an image, so that the last of a row ends with it."""
    length, apart = (max(1, round(share * min(shape))) for share in (side, step))
    tops, lefts = (sorted({*range(0, full - length, apart), full - length}) for full in shape)
    for top in tops:
        for left in lefts:
            yield slice(top, top + length), slice(left, left + length)


def _filled(grey: Array, windows: list[Window]) -> Iterator[Array]:
    """Continue what lies around each window into it: the solution of Laplace's equation, by sine transforms."""
    around = np.pad(gaussian_filter(grey, SMOOTHED_PX), 1, mode="edge")
    for rows, columns in windows:
        # In the padded image, window and border are the window and one pixel on each side.
        bordered = around[rows.start : rows.stop + 2, columns.start : columns.stop + 2]
        source = np.zeros((rows.stop - rows.start, columns.stop - columns.start))
        source[0] += bordered[0, 1:-1]
        source[-1] += bordered[-1, 1:-1]
        source[:, 0] += bordered[1:-1, 0]
        source[:, -1] += bordered[1:-1, -1]
        across, along = (2 - 2 * np.cos(np.pi * np.arange(1, n + 1) / (n + 1)) for n in source.shape)
        yield np.asarray(idstn(dstn(source, type=1) / (across[:, None] + along), type=1))
