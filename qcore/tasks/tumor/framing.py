"""The head in the middle of a square of one size and one brightness: what every image becomes before a network sees it.

Scanners, hospitals and file formats differ in field of view, size and grey values, and each class of the public data
comes from other ones. Framing takes away what can be taken away without knowing what the image shows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

Pixels = NDArray[np.float32]
SIDE = 256
"""Of the framed image, pixels."""
LOOKED_AT = 128
"""Longest side at which the head is looked for: its outline needs no more."""
MARGIN = 0.03
"""Of the head's longer side, left free around it."""
BRIGHTEST, HEAD_FROM = 99.5, 0.12
"""Percentile that stands for bright, and the share of it from which a pixel, smoothed, is no background."""
SMOOTHED_PX = 0.75
LEAST_PART = 0.1
"""Share of the largest part from which another one belongs to the head: a slice may cut it in two."""
TISSUE_FROM = 0.05


@dataclass(frozen=True)
class Box:
    """The square of the image that is framed; it may reach beyond the image.

    Attributes:
        top, left: first row and column, pixels; negative where it begins outside.
        side: length, pixels.
    """

    top: int
    left: int
    side: int


@dataclass(frozen=True, eq=False)
class Framed:
    """A framed image.

    Attributes:
        pixels: ``(SIDE, SIDE)`` in [0, 1].
        box: where it lies in the image.
    """

    pixels: Pixels
    box: Box


def square_pixels(image: Pixels, spacing_mm: tuple[float, float] | None) -> Pixels:
    """Return an image ``(height, width)`` with pixels as high as wide, resampled along one side where they are not."""
    if spacing_mm is None or np.isclose(*spacing_mm, rtol=0.02):
        return image
    height, width = image.shape
    down, across = spacing_mm
    size = (width, round(height * down / across)) if down > across else (round(width * across / down), height)
    return np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))


def framed(image: NDArray[np.generic]) -> Framed:
    """Find the head, cut it out and scale its grey values.

    Args:
        image: ``(height, width)`` any values, larger is brighter, pixels as high as wide. An empty one stays empty.
    """
    values = image.astype(np.float32)
    values = values - min(float(values.min()), 0.0)
    box = head_box(values)
    cut = cut_out(values, box)
    inside = cut[cut > TISSUE_FROM * cut.max()]
    bright = float(np.percentile(inside, BRIGHTEST)) if inside.size else 1.0
    return Framed(np.clip(cut / max(bright, 1e-6), 0, 1), box)


def head_box(image: Pixels) -> Box:
    """Return the square around all that is no background, or the whole image where nothing stands out."""
    height, width = image.shape
    step = max(1, -(-max(height, width) // LOOKED_AT))
    small = np.asarray(Image.fromarray(image).reduce(step)) if step > 1 else image
    parts = _head_parts(small)
    if not parts.any():
        return _around((0, height), (0, width))
    rows, columns = np.nonzero(parts)
    return _around(
        (step * int(rows.min()), min(height, step * int(rows.max() + 1))),
        (step * int(columns.min()), min(width, step * int(columns.max() + 1))),
    )


def head_mask(framed_pixels: Pixels) -> NDArray[np.bool_]:
    """Return which pixels of a framed image ``(SIDE, SIDE)`` lie in the head: all that is no background, and holes."""
    step = SIDE // LOOKED_AT
    parts = ndimage.binary_fill_holes(_head_parts(np.asarray(Image.fromarray(framed_pixels).reduce(step))))
    return np.asarray(np.kron(parts, np.ones((step, step), dtype=bool)))


def _head_parts(small: Pixels) -> NDArray[np.bool_]:
    """Return which pixels stand out from the background, without what is small beside the largest part."""
    smooth = ndimage.gaussian_filter(small, SMOOTHED_PX)
    bright = ndimage.binary_opening(smooth > HEAD_FROM * np.percentile(small, BRIGHTEST))
    parts, n_parts = ndimage.label(bright)
    if n_parts == 0:
        return np.zeros(small.shape, dtype=bool)
    sizes = np.bincount(parts.ravel())[1:]
    return np.asarray(np.isin(parts, 1 + np.flatnonzero(sizes > LEAST_PART * sizes.max())))


def _around(rows: tuple[int, int], columns: tuple[int, int]) -> Box:
    side = max(1, round(max(rows[1] - rows[0], columns[1] - columns[0]) * (1 + 2 * MARGIN)))
    return Box(round((sum(rows) - side) / 2), round((sum(columns) - side) / 2), side)


def cut_out(image: NDArray[np.generic], box: Box, nearest: bool = False) -> Pixels:
    """Return the box of an image at the size of every framed one, 0 outside the image.

    Args:
        image: ``(height, width)``.
        box: what is cut out.
        nearest: True for labels, which must not be mixed.
    """
    # PIL cuts a box that reaches beyond the image only by whole pixels and fills with 0.
    whole = Image.fromarray(np.ascontiguousarray(image, np.float32))
    square = whole.crop((box.left, box.top, box.left + box.side, box.top + box.side))
    method = Image.Resampling.NEAREST if nearest else Image.Resampling.BILINEAR
    return np.asarray(square.resize((SIDE, SIDE), method))


def put_back(values: Pixels, box: Box, shape: tuple[int, int]) -> Pixels:
    """Return a map of a framed image in the geometry of its image, 0 outside the box.

    Args:
        values: ``(h, w)`` of any size over the framed square.
        box: where that square lies.
        shape: height and width of the image.
    """
    square = Image.fromarray(values.astype(np.float32)).resize((box.side, box.side), Image.Resampling.BICUBIC)
    whole = Image.new("F", (shape[1], shape[0]))
    whole.paste(square, (box.left, box.top))
    return np.asarray(whole)
