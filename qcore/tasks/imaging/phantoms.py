"""Made-up images for examples and tests: no more than roughly like an ultrasound image, an X-ray or a gland.

Drawn from ellipses, waves and noise, nobody's and from no data set. Whatever a model says of them says nothing about
how good the model is.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from qcore.io.image.series import Geometry, Series
from qcore.tasks.imaging.preparation import EDGE_MM, as_stored

Image = NDArray[np.float64]
ULTRASOUND_PX = (440, 540)
X_RAY_PX = (620, 760)
BLOCK = 64


def breast(irregular: bool, seed: int) -> Series:
    """Make up an ultrasound image: skin, fat, gland and muscle, and a dark lesion.

    Args:
        irregular: True for a lesion with a ragged rim and a shadow below it, False for a smooth oval one.
        seed: of texture and rim.
    """
    rng = np.random.default_rng(seed)
    height, width = ULTRASOUND_PX
    down, across = np.mgrid[:height, :width] / np.array([height, width])[:, None, None]
    waves = 0.02 * _texture(rng, ULTRASOUND_PX, (30, 90))
    depth = down + waves
    echo = np.full(ULTRASOUND_PX, 0.34) + 0.05 * _texture(rng, ULTRASOUND_PX, (8, 30))
    echo[depth < 0.28] -= 0.06
    echo += 0.26 * np.exp(-(((depth - 0.45) / 0.13) ** 2)) * (1 + 0.3 * _texture(rng, ULTRASOUND_PX, (5, 28)))
    echo[depth > 0.72] *= 0.75
    for line, bright, thick in ((0.03, 0.5, 0.014), (0.28, 0.22, 0.006), (0.72, 0.3, 0.007), (0.8, 0.14, 0.005)):
        echo += bright * np.exp(-(((depth - line) / thick) ** 2))
    angle = np.arctan2(down - 0.42, across - 0.52)
    rim = 0.14 * np.sin(5 * angle + 1) + 0.10 * np.sin(9 * angle) if irregular else 0.02 * np.sin(2 * angle)
    half = (0.17, 0.13) if irregular else (0.12, 0.17)
    inside = np.hypot((down - 0.42) / half[0], (across - 0.52) / half[1]) < 1 + rim
    below = ndimage.gaussian_filter(((down > 0.42) & (np.abs(across - 0.52) < 0.8 * half[1])).astype(float), (4, 12))
    echo *= 1 + (-0.6 if irregular else 0.35) * below
    echo = ndimage.gaussian_filter(np.where(inside, 0.1, echo), 1.5)
    speckle = ndimage.gaussian_filter(rng.rayleigh(1.0, ULTRASOUND_PX), (1.0, 2.2))
    grey = 255 * echo * (speckle / speckle.mean()) ** 1.5 * (1.05 - 0.45 * down)
    return _picture(grey)


def chest(opacity: bool, seed: int) -> Series:
    """Make up a frontal chest X-ray: two lungs between ribs, heart, spine and diaphragm.

    Args:
        opacity: whether the lower part of one lung is white.
        seed: of texture and of the vessels.
    """
    rng = np.random.default_rng(seed)
    height, width = X_RAY_PX
    down, across = np.mgrid[:height, :width] / np.array([height, width])[:, None, None]
    out = np.abs(across - 0.5)
    body = np.hypot((down - 0.85) / 1.0, out / 0.49) < 1
    # From the apex to the dome of the diaphragm, and from beside the spine to the ribs.
    share = ((down - 0.08) / 0.72).clip(0, 1)
    outer = 0.40 * np.sqrt(np.sin(np.pi * (0.12 + 0.5 * share)).clip(0)) * np.sqrt((share / 0.12).clip(0, 1))
    dome = np.where(across < 0.5, 0.72, 0.76) + 1.6 * (out - 0.24) ** 2
    lungs = (out < outer) & (out > 0.07) & (down > 0.08) & (down < dome)
    heart = np.hypot((down - 0.62) / 0.17, (across - 0.55) / 0.14) < 1
    soft = ndimage.gaussian_filter((lungs & ~heart).astype(float), 7)
    image = ndimage.gaussian_filter(np.where(body, 0.66 + 0.12 * (down > dome), 0.04), 5)
    image -= 0.40 * soft * (1 - 0.25 * share)
    near = np.exp(-(((out - 0.1) / 0.16) ** 2)) * _texture(rng, X_RAY_PX, (6, 6)).clip(0, 2.5)
    image += 0.05 * near * soft
    for number in range(9):
        behind = down - (0.10 + 0.078 * number) - 0.9 * (out - 0.16) ** 2
        before = down - (0.16 + 0.085 * number) - 0.7 * (out - 0.1)
        image += (0.07 * np.exp(-((behind / 0.013) ** 2)) + 0.03 * np.exp(-((before / 0.016) ** 2))) * soft
    image += 0.14 * np.exp(-((out / 0.05) ** 4)) * body
    image += 0.10 * np.exp(-(((down - 0.15 + 0.2 * out) / 0.014) ** 2)) * (out < 0.36) * (out > 0.03) * body
    if opacity:
        patch = np.exp(-(((down - 0.58) / 0.15) ** 2) - ((across - 0.28) / 0.13) ** 2)
        image += 0.34 * patch * soft * (1 + 0.25 * _texture(rng, X_RAY_PX, (14, 14)))
    image = ndimage.gaussian_filter(image, 2.0) + 0.008 * rng.standard_normal(X_RAY_PX)
    return _picture(255 * image * 1.15)


def adrenal(thickness_mm: float, seed: int) -> Series:
    """Make up the shape of a gland: a ridge with two limbs, like an upturned Y, in a block of 64 mm.

    Args:
        thickness_mm: of the limbs.
        seed: of its surface.
    """
    rng = np.random.default_rng(seed)
    side, front, up = (axis - (BLOCK - 1) / 2 for axis in np.mgrid[:BLOCK, :BLOCK, :BLOCK].astype(np.float64))
    # The ridge runs along the third axis, sloping; the limbs open towards the back.
    slope = front - 0.8 * up
    reach = np.hypot(slope / 15, up / 17) < 1
    ridge = np.abs(side + 0.1 * up) < thickness_mm / 2
    limbs = np.abs(np.abs(side + 0.1 * up) - 0.45 * (4 - slope).clip(0)) < thickness_mm / 2
    rough = 0.15 * _texture(rng, (BLOCK,) * 3, (3, 3, 3))
    shape = reach & np.where(slope > 4, ridge, limbs) & (slope > -11) & (slope < 11)
    mask = ndimage.gaussian_filter(shape.astype(float), 0.8) + 0.1 * rough > 0.45
    parts, _ = ndimage.label(mask)
    mask = parts == np.bincount(parts.ravel())[1:].argmax() + 1
    middle = np.rint((BLOCK - 1) / 2 - np.argwhere(mask).mean(axis=0)).astype(int)
    mask = np.roll(mask, tuple(middle), (0, 1, 2))
    step = EDGE_MM / BLOCK
    positions = np.stack([np.zeros(BLOCK), np.zeros(BLOCK), step * np.arange(BLOCK)], axis=1)
    place = Geometry((step, step), np.array([1.0, 0, 0]), np.array([0, -1.0, 0]), positions)
    return Series(np.ascontiguousarray(as_stored(mask.astype(np.int16))), geometry=place)


def _texture(rng: np.random.Generator, shape: tuple[int, ...], length_px: tuple[int, ...]) -> Image:
    """Return a smooth random field of unit spread with those lengths."""
    field = ndimage.gaussian_filter(rng.standard_normal(shape), length_px, mode="wrap")
    return np.asarray(field / field.std())


def _picture(grey: Image) -> Series:
    return Series(np.rint(np.clip(grey, 0, 255)).astype(np.int16)[None])
