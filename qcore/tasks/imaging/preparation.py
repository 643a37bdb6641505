"""From a file to the 28 pixels of MedMNIST, as its authors made them, and back from there to the file's own pixels.

MedMNIST v2 (doi:10.1038/s41597-022-01721-8) resizes "with cubic spline interpolation": breast ultrasound as a whole,
chest X-rays cut to the square of their short side in the middle, adrenal glands as a block of 64 mm. For blocks the
step from 64 to 28 voxels is found again exactly (a test compares it with both editions of the data). The original
images are not published with the set, so that for them the method is the cubic one of PIL: it averages over what a
pixel covers, which the smooth images of the set need.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import zoom
from torch import Tensor

from qcore.io.image.series import Series
from qcore.tasks.classification.medmnist import ADRENAL, PNEUMONIA
from qcore.tasks.imaging.subjects import Subject

SIDE = 28
BYTE = 255
EDGE_MM = 64.0
"""Of the block around a gland."""
BLOCK_SIDES = (28, 64)
CUBIC = 3
Map = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A case as the model sees it, and where it lies in its file.

    Attributes:
        x: ``(1, 1, 28, 28)`` or ``(1, 1, 28, 28, 28)`` in [0, 1].
        shape: of the file's pixels, slices first.
        box: first row and column, and height and width, of what the model sees of an image; None for a block.
    """

    x: Tensor
    shape: tuple[int, ...]
    box: tuple[int, int, int, int] | None

    def placed(self, values: NDArray[np.floating]) -> Map:
        """Return a map over what the model sees in the geometry of the file, 0 outside.

        Args:
            values: ``(28, 28)`` or ``(28, 28, 28)``.
        """
        values = values.astype(np.float32)
        if self.box is None:
            fine = values if self.shape[0] == SIDE else zoom(values, self.shape[0] / SIDE, order=1)
            return np.ascontiguousarray(as_stored(fine))
        top, left, height, width = self.box
        whole = np.zeros(self.shape, np.float32)
        fine = np.asarray(Image.fromarray(values).resize((width, height), Image.Resampling.BILINEAR))
        whole[0, top : top + height, left : left + width] = fine
        return whole


def prepared(series: Series, subject: Subject) -> Prepared:
    """Return a file's image as the model sees it; `qcore.tasks.imaging.known.refusal` has passed it."""
    shape = series.pixels.shape
    if subject.question is ADRENAL:
        return Prepared(torch.from_numpy(gland(series).astype(np.float32))[None, None], shape, None)
    height, width = shape[1:]
    box = (0, 0, height, width)
    if subject.question is PNEUMONIA:
        short = min(height, width)
        box = ((height - short) // 2, (width - short) // 2, short, short)
    top, left, height, width = box
    cut = Image.fromarray(grey(series)).crop((left, top, left + width, top + height))
    small = np.asarray(cut.resize((SIDE, SIDE), Image.Resampling.BICUBIC), np.float32) / BYTE
    return Prepared(torch.from_numpy(small)[None, None], shape, box)


def grey(series: Series) -> NDArray[np.uint8]:
    """Return the first image as a picture of a byte a pixel: as it is if it was one, else as a viewer opens it.

    Returns:
        ``(height, width)``; in the window that the file states, or else from its darkest to its brightest value.
    """
    values = series.pixels[0].astype(np.float32)
    low, high = float(values.min()), float(values.max())
    if series.pixels.dtype.kind == "i" and low >= 0 and high <= BYTE:
        return np.asarray(values, np.uint8)
    if series.window is not None and series.window[1] > 0:
        centre, width = series.window
        low, high = centre - width / 2, centre + width / 2
    shares = np.clip((values - low) / max(high - low, 1e-6), 0, 1)
    return np.asarray(np.rint(BYTE * shares), np.uint8)


def gland(series: Series) -> NDArray[np.bool_]:
    """Return the shape of a segmented gland, ``(28, 28, 28)``, axes as in the file."""
    block = as_stored(series.pixels).astype(np.float32)
    mask = block > (float(block.min()) + float(block.max())) / 2
    if len(mask) == SIDE:
        return np.asarray(mask)
    return np.asarray(zoom(mask.astype(np.float32), SIDE / len(mask), order=CUBIC) > 0.5)


def as_stored(block: NDArray[np.generic]) -> NDArray[np.generic]:
    """Return slices of a NIfTI file in the order of the file's axes, or the other way round."""
    return block.transpose(2, 1, 0)
