"""Pictures made up for the viewer: a head of ellipsoids with a bright spot, stored in all ways that matter."""

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.viewer.picture import Marks, Overlay, Picture
from qcore.io.image.series import Geometry, Series

MEANING = "Model attention, not a lesion outline"
SPOT = (0.15, -0.2, 0.3)
"""Centre of the spot along slices, rows and columns, of half the volume."""


def head(n: int, height: int, width: int) -> NDArray[np.int16]:
    """Return a head ``(n, height, width)``: air 0, scalp, skull, brain, ventricles, and a spot."""
    z, y, x = np.meshgrid(*(np.linspace(-1, 1, size, dtype=np.float32) for size in (n, height, width)), indexing="ij")
    values = np.zeros((n, height, width), np.float32)
    parts = ((0.95, 420), (0.88, 90), (0.82, 520))
    for size, value in parts:
        values[(z / size) ** 2 + (y / size) ** 2 + (x / (0.84 * size)) ** 2 < 1] = value
    folds = 70 * np.sin(17 * x + 3 * np.sin(5 * y)) * np.sin(15 * y + 2 * np.sin(7 * z))
    brain = values == parts[-1][1]
    values[brain] += folds[brain]
    for side in (-1, 1):
        values[(z / 0.22) ** 2 + ((y + 0.05) / 0.36) ** 2 + ((x - 0.13 * side) / 0.08) ** 2 < 1] = 180
    values[spot(n, height, width) > 0.5] = 900
    noise = np.random.default_rng(3).normal(0, 12, values.shape).astype(np.float32)
    return np.where(values > 0, values + noise, np.abs(noise) * 0.3).astype(np.int16)


def spot(n: int, height: int, width: int) -> NDArray[np.float32]:
    """Return how near every voxel is to the spot, from 0 to 1."""
    axes = np.meshgrid(*(np.linspace(-1, 1, size, dtype=np.float32) for size in (n, height, width)), indexing="ij")
    away = sum((axis - centre) ** 2 for axis, centre in zip(axes, SPOT, strict=True))
    return np.exp(-np.asarray(away) / 0.045).astype(np.float32)


def series(pixels: NDArray[np.int16], spacing_mm: tuple[float, float, float], turn_deg: float = 0.0) -> Series:
    """Return a series of axial slices from the feet upwards, turned about the axis from right to left."""
    turn = np.deg2rad(turn_deg)
    along_row = np.array([1.0, 0.0, 0.0])
    along_column = np.array([0.0, np.cos(turn), np.sin(turn)])
    normal = np.cross(along_row, along_column)
    positions = np.array([-70.0, -90.0, -40.0]) + spacing_mm[0] * np.arange(len(pixels))[:, None] * normal
    return Series(pixels, "MR", "BRAIN", Geometry(spacing_mm[1:], along_row, along_column, positions))


def anisotropic(n: int = 24, height: int = 96, width: int = 64, spacing: tuple[float, ...] = (6, 1.5, 2)) -> Picture:
    """Return a volume whose voxels are longer than wide, with three overlays, marks and a button."""
    near = spot(n, height, width)
    noise = np.random.default_rng(5).normal(0, 0.12, near.shape).astype(np.float32)
    overlays = (
        Overlay.of_numbers("Noiseless", near, MEANING, ends=("weak", "strong")),
        Overlay.of_numbers("Noisy", near + noise, MEANING, most=1.0, ends=("weak", "strong")),
        Overlay.of_numbers("Difference", noise * near, "Noisy minus noiseless", signed=True, ends=("less", "more")),
    )
    marks = Marks(np.where(np.arange(n) == 0, np.nan, np.round(near.max((1, 2)), 2)), "Tumour probability")
    steps = (float(spacing[0]), float(spacing[1]), float(spacing[2]))
    return Picture.of(
        series(head(n, height, width), steps), overlays=overlays, marks=marks,
        caption="Made-up head <b>&amp;</b> *nothing else*", explain="Explain this slice",
    )  # fmt: skip


def oblique() -> Picture:
    """Return a volume turned by 20 degrees, with a window of the file's own."""
    turned = series(head(20, 64, 64), (5.0, 3.0, 3.0), turn_deg=20)
    return Picture.of(Series(turned.pixels, geometry=turned.geometry, window=(450.0, 300.0)))


def nowhere() -> Picture:
    """Return slices of which the file does not say where they lie, of numbers with fractions."""
    return Picture.of(Series(head(12, 64, 64).astype(np.float32) / 7), explain="Explain this slice")


def colours() -> Picture:
    """Return a picture of one slice in colours: red, green, blue and grey quarters, and an overlay."""
    pixels = np.full((1, 40, 60, 3), 120, np.uint8)
    pixels[0, :20, :30], pixels[0, :20, 30:], pixels[0, 20:, :30] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    return Picture(pixels, overlays=(Overlay("Noiseless", np.full((1, 40, 60), 255, np.uint8), MEANING),))


def one_slice() -> Picture:
    """Return one slice with spacing, but without a place in the patient, and with a line of text for a window."""
    pixels = head(9, 256, 200)[4:5]
    return Picture.of(Series(pixels, spacing_mm=(0.7, 0.7)), caption="One slice")


def large() -> Picture:
    """Return a volume as large as a scanner makes them."""
    return anisotropic(180, 256, 256, (1.0, 0.9, 0.9))


PICTURES = {
    "anisotropic": anisotropic,
    "oblique": oblique,
    "nowhere": nowhere,
    "colours": colours,
    "one slice": one_slice,
    "large": large,
}
