"""What the viewer draws: voxels, where they lie, what is laid over them, and a number for every slice."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qcore.io.image.series import Geometry, Series

Voxels = NDArray[np.int16] | NDArray[np.float32] | NDArray[np.uint8]
UNEVEN = 0.1
"""Share of the usual step by which steps between slices may differ before planes across them would be wrong."""
SHEARED = 0.03
"""Share of a step by which slices may be shifted sideways, as those of a tilted gantry are: about 2 degrees."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """Something known of every voxel of a picture, or of those of some slices.

    Attributes:
        name: on the button that chooses it, such as ``noisy``.
        values: uint8 ``(n, height, width)``. Unsigned, 0 is nothing and 255 the most. Signed, 128 is nothing, 1 the
            most below it and 255 the most above it.
        caption: what the colours mean, and what they do not.
        ends: words at the low and the high end of the colour bar.
        signed: whether values lie on both sides of nothing: drawn in two colours.
        slices: which slices of the picture the values belong to, each once; None for all.
    """

    name: str
    values: NDArray[np.uint8]
    caption: str
    ends: tuple[str, str] = ("low", "high")
    signed: bool = False
    slices: tuple[int, ...] | None = None

    @classmethod
    def of_numbers(
        cls, name: str, values: NDArray[Any], caption: str, *, most: float | None = None, **others: Any
    ) -> Self:
        """Return an overlay of any real numbers.

        Args:
            name: as above.
            values: ``(n, height, width)``; what is no number counts as nothing.
            caption: as above.
            most: absolute value that is drawn strongest, so that overlays can be compared; None for the largest.
            others: as above.
        """
        numbers = np.nan_to_num(np.asarray(values, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        most = float(np.abs(numbers).max(initial=0.0)) if most is None else most
        shares = numbers / most if most > 0 else numbers * 0
        if others.get("signed"):
            drawn = 128 + np.rint(127 * np.clip(shares, -1, 1))
        else:
            drawn = np.rint(255 * np.clip(shares, 0, 1))
        return cls(name, drawn.astype(np.uint8), caption, **others)


@dataclass(frozen=True, eq=False)
class Marks:
    """A number for every slice, shown above the slider.

    Attributes:
        values: ``(n_slices,)`` in [0, 1], such as probabilities; NaN where there is none.
        caption: what they are, such as ``Tumour probability``.
    """

    values: NDArray[np.floating]
    caption: str


@dataclass(frozen=True, eq=False)
class Picture:
    """What is drawn.

    Attributes:
        pixels: ``(n_slices, height, width)`` int16 or float32; uint8 with a last axis of 3 for colours.
        spacing_mm: between slices, rows and columns; None where it is unknown, or where slices are not evenly spaced.
        axes: ``(3, 3)``, unit vectors along slices, rows (downwards) and columns (to the right), in DICOM's patient
            coordinates (left, posterior, superior); None where they are unknown.
        origin_mm: ``(3,)``, centre of the first voxel, in the same coordinates; None where it is unknown.
        planes: whether planes across the slices may be drawn. They need axes and every spacing.
        window: centre and width that the file asks for.
        start: slice that is shown first; the middle one if None.
        overlays: drawn one at a time; none at first.
        marks: of the slices.
        caption: below the images.
        explain: label of the button that asks for the slice; empty for none. Whoever has pressed it is shown the last
            of the overlays that come then.
    """

    pixels: Voxels
    spacing_mm: tuple[float | None, float | None, float | None] = (None, None, None)
    axes: NDArray[np.float64] | None = None
    origin_mm: NDArray[np.float64] | None = None
    planes: bool = False
    window: tuple[float, float] | None = None
    start: int | None = None
    overlays: tuple[Overlay, ...] = ()
    marks: Marks | None = None
    caption: str = ""
    explain: str = ""

    @classmethod
    def of(cls, series: Series, **others: Any) -> Self:
        """Return the picture of a series; `others` are overlays, marks, caption and label."""
        rows, columns = series.geometry.spacing_mm if series.geometry else series.spacing_mm or (None, None)
        plain = cls(pixels=series.pixels, spacing_mm=(None, rows, columns), window=series.window, **others)
        return plain if series.geometry is None else replace(plain, **_place(series.geometry))


def _place(geometry: Geometry) -> dict[str, Any]:
    """Return spacing, axes, origin and whether planes across the slices would be right."""
    normal, step, positions = geometry.normal, geometry.slice_spacing_mm, geometry.positions
    even = False
    if step:
        steps = np.diff(positions, axis=0)
        depths = steps @ normal
        # Slices are in the order of the file: some files go against the normal of their rows and columns.
        normal = normal if depths.sum() > 0 else -normal
        sideways = np.linalg.norm(steps - np.outer(depths, geometry.normal), axis=1)
        even = bool((np.abs(np.abs(depths) - step) < UNEVEN * step).all() and (sideways < SHEARED * step).all())
    rows, columns = geometry.spacing_mm
    return {
        "spacing_mm": (step if even else None, rows, columns),
        "axes": np.stack([normal, geometry.along_column, geometry.along_row]),
        "origin_mm": positions[0],
        "planes": even,
    }
