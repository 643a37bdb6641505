"""Made-up heads for examples and tests: ellipsoids of tissue with folds and noise, with or without a lesion.

Nobody's head, and no more than roughly like one: skin, fat, skull, fluid, a folded cortex, white matter and ventricles,
with the contrast of a T1-weighted image after contrast agent. Whatever a model says of it says nothing about how good
the model is.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from qcore.io.image.series import Geometry, Series

Volume = NDArray[np.float32]
SHAPE = (44, 224, 192)
"""Slices, rows and columns."""
SPACING_MM = (4.0, 1.0, 1.0)
HALF_AXES_MM = (82.0, 98.0, 76.0)
"""Of the head: upwards, forwards and sideways."""
INTENSITY = {"skin": 420.0, "fat": 760.0, "skull": 60.0, "fluid": 130.0, "grey": 330.0, "white": 440.0}
DEPTH = {"skin": 1.0, "fat": 0.97, "skull": 0.93, "fluid": 0.86, "grey": 0.83}
"""Share of the head's half-axes where each layer begins, from outside."""
CORTEX = 0.075
NOISE = 12.0


@dataclass(frozen=True)
class Lesion:
    """A lesion to be made up.

    Attributes:
        centre: upwards, forwards and to the left of the head's middle, as shares of its half-axes.
        radius_mm: of its enhancing part.
        rim: True for a bright rim around a dark core with swelling around, False for an evenly bright one.
    """

    centre: tuple[float, float, float]
    radius_mm: float
    rim: bool


def head(lesion: Lesion | None, seed: int, tissue: Mapping[str, float] = INTENSITY) -> Series:
    """Make up a head, in slices from the feet upwards.

    Args:
        lesion: what is to be found in it; None for a head without.
        seed: of folds, texture and noise.
        tissue: how bright each tissue is.
    """
    rng = np.random.default_rng(seed)
    up, front, left = _axes()
    radius = np.sqrt((up / HALF_AXES_MM[0]) ** 2 + (front / HALF_AXES_MM[1]) ** 2 + (left / HALF_AXES_MM[2]) ** 2)
    folds = _texture(rng, 7.0) * 0.030 + _texture(rng, 3.0) * 0.012
    image: Volume = np.zeros(SHAPE, np.float32)
    for name, begins in DEPTH.items():
        image[radius + (folds if name == "grey" else 0) < begins] = tissue[name]
    # The two halves meet in a cleft; the cortex follows the folds and the cleft.
    depth = np.minimum(DEPTH["grey"] - radius - folds, np.abs(left + 3 * _texture(rng, 12.0)) / 90)
    image[depth > CORTEX + 0.02 * _texture(rng, 5.0)] = tissue["white"]
    image[(radius < DEPTH["grey"]) & (np.abs(left) < 1.0) & (radius > 0.45)] = tissue["fluid"]
    for side in (-1, 1):
        image[_ellipsoid((12, -4, side * (11 + 0.1 * np.abs(front))), (13, 34, 7))] = tissue["fluid"]
    image[_ellipsoid((6, -6, side * 24.0), (12, 14, 8))] = tissue["grey"]
    if lesion is not None:
        _add(image, lesion, radius < DEPTH["fluid"], rng, tissue)
    image = ndimage.gaussian_filter(image, (0.3, 0.7, 0.7)) * (
        1 + 0.05 * _texture(rng, 20.0) + 0.02 * _texture(rng, 2.0)
    )
    noisy = np.hypot(image + NOISE * rng.standard_normal(SHAPE), NOISE * rng.standard_normal(SHAPE))
    return Series(np.rint(noisy).astype(np.int16), modality="MR", body_part="HEAD", geometry=_geometry())


def _axes() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return millimetres upwards, forwards and to the left of the middle, which broadcast to the volume's shape."""
    counted = (np.arange(n, dtype=np.float64) - (n - 1) / 2 for n in SHAPE)
    up, down, across = (count * mm for count, mm in zip(counted, SPACING_MM, strict=True))
    return up[:, None, None], -down[None, :, None], across[None, None, :]


def _geometry() -> Geometry:
    n, rows, columns = SHAPE
    heights = (np.arange(n) - (n - 1) / 2) * SPACING_MM[0]
    corner = (-(columns - 1) / 2 * SPACING_MM[2], -(rows - 1) / 2 * SPACING_MM[1])
    positions = np.stack([np.full(n, corner[0]), np.full(n, corner[1]), heights], axis=1)
    return Geometry(SPACING_MM[1:], np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), positions)


def _texture(rng: np.random.Generator, length_mm: float) -> NDArray[np.float64]:
    """Return a smooth random field of unit spread with that length."""
    sds = [length_mm / mm for mm in SPACING_MM]
    field = ndimage.gaussian_filter(rng.standard_normal(SHAPE), sds, mode="wrap")
    return np.asarray(field / field.std())


def _ellipsoid(
    centre_mm: tuple[float, float, "float | NDArray[np.float64]"], half_axes_mm: tuple[float, ...]
) -> NDArray[np.bool_]:
    offsets = (axis - middle for axis, middle in zip(_axes(), centre_mm, strict=True))
    return np.asarray(sum((offset / half) ** 2 for offset, half in zip(offsets, half_axes_mm, strict=True)) < 1)


def _add(
    image: Volume,
    lesion: Lesion,
    inside_skull: NDArray[np.bool_],
    rng: np.random.Generator,
    tissue: Mapping[str, float],
) -> None:
    up, front, left = _axes()
    middle = [share * half for share, half in zip(lesion.centre, HALF_AXES_MM, strict=True)]
    distance = np.sqrt((up - middle[0]) ** 2 + (front - middle[1]) ** 2 + (left - middle[2]) ** 2)
    distance = distance / (1 + 0.18 * _texture(rng, 9.0))
    if lesion.rim:
        image[inside_skull & (distance < 1.8 * lesion.radius_mm) & (image >= tissue["grey"])] *= 0.72
        image[inside_skull & (distance < lesion.radius_mm)] = 900.0
        image[inside_skull & (distance < 0.68 * lesion.radius_mm)] = 170.0
    else:
        image[inside_skull & (distance < lesion.radius_mm)] = 820.0
