"""A series of images: pixel values, where they lie in the patient, and nothing of whom they show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Geometry:
    """Where the pixels of a series lie, in millimetres, in DICOM's patient coordinates (left, posterior, superior).

    Attributes:
        spacing_mm: distance between the centres of neighbouring rows, and of neighbouring columns.
        along_row: unit vector ``(3,)`` from a pixel to the next in its row.
        along_column: unit vector ``(3,)`` from a pixel to the next in its column.
        positions: ``(n_slices, 3)``, centre of the first pixel of each slice.
    """

    spacing_mm: tuple[float, float]
    along_row: Vector
    along_column: Vector
    positions: Vector

    @property
    def normal(self) -> Vector:
        """Unit vector ``(3,)`` at right angles to the slices."""
        normal = np.cross(self.along_row, self.along_column)
        return np.asarray(normal / np.linalg.norm(normal))

    @property
    def slice_spacing_mm(self) -> float | None:
        """Distance between neighbouring slices: the median; None for a single slice."""
        if len(self.positions) < 2:
            return None
        return float(np.median(np.abs(np.diff(self.positions @ self.normal))))


@dataclass(frozen=True, eq=False)
class Series:
    """Slices of one size, in order along their normal where the file says where they lie.

    Attributes:
        pixels: ``(n_slices, height, width)``, int16 where the values are whole and small enough, else float32. Larger
            is brighter. Hounsfield units of a CT, arbitrary units of an MRI.
        modality: DICOM's code such as ``MR``; empty where the file does not say.
        body_part: DICOM's code such as ``BRAIN``; empty where the file does not say.
        geometry: where it lies in the patient; None where the file does not say.
        spacing_mm: between rows and between columns, which a file may state without saying where it lies.
        window: centre and width for display that the file asks for.
        colour: whether the picture has colours, not only shades of grey.
        notes: what a reader of the images should know: sentences.
    """

    pixels: NDArray[np.int16] | NDArray[np.float32]
    modality: str = ""
    body_part: str = ""
    geometry: Geometry | None = None
    spacing_mm: tuple[float, float] | None = None
    window: tuple[float, float] | None = None
    colour: bool = False
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Return the number of slices."""
        return len(self.pixels)


def compact(values: NDArray[np.generic]) -> NDArray[np.int16] | NDArray[np.float32]:
    """Return numbers as int16 where that loses nothing, else as float32; what is no number becomes 0."""
    if values.dtype.kind in "iub":
        low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
        small = np.iinfo(np.int16).min <= low and high <= np.iinfo(np.int16).max
        return values.astype(np.int16) if small else values.astype(np.float32)
    floats = np.nan_to_num(values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    whole = (
        floats.size > 0 and np.abs(floats).max() <= np.iinfo(np.int16).max and bool((floats == np.rint(floats)).all())
    )
    return floats.astype(np.int16) if whole else floats
