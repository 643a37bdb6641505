"""DICOM objects to frames: each with its pixels and what says where and how it is shown.

De-identified by an allow-list: of a file's elements no other is parsed, of the nested ones no other is taken.
"""

import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels.utils import iter_pixels
from pydicom.uid import UID

from qcore.errors import UnreadableInput
from qcore.io.image.limits import check_size
from qcore.io.image.raster import has_colours, shades
from qcore.io.image.series import compact

Vector = NDArray[np.float64]
ALLOWED = (
    "SpecificCharacterSet", "SOPInstanceUID", "SeriesInstanceUID", "Modality", "BodyPartExamined", "InstanceNumber",
    "Rows", "Columns", "NumberOfFrames", "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient",
    "RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth",
    "SharedFunctionalGroupsSequence", "PerFrameFunctionalGroupsSequence",
    "RedPaletteColorLookupTableDescriptor", "GreenPaletteColorLookupTableDescriptor",
    "BluePaletteColorLookupTableDescriptor", "RedPaletteColorLookupTableData", "GreenPaletteColorLookupTableData",
    "BluePaletteColorLookupTableData", "PixelData", "FloatPixelData", "DoubleFloatPixelData", "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
)  # fmt: skip
"""What is read. The two identifiers only tell series and copies apart, and are kept nowhere."""
DAMAGED = "The DICOM file is damaged or cut off. Export or send it again."


@dataclass(frozen=True, eq=False)
class Frame:
    """One slice of a DICOM object, with its place in space.

    Attributes:
        pixels: ``(height, width)`` in the file's units, larger is brighter.
        series: what tells its series from others; compared, never shown.
        copy: identifier of the object and the frame in it, to find doubles.
        order: instance and frame number.
        modality: DICOM's code.
        body_part: DICOM's code; may be empty.
        position: ``(3,)`` mm, centre of its first pixel; None where not stated.
        orientation: ``(2, 3)``, unit vectors along a row and along a column; None where not stated.
        spacing_mm: between rows and between columns; None where not stated.
        window: centre and width; None where not stated.
        colour: whether it has colours.
    """

    pixels: NDArray[np.generic]
    series: str
    copy: str
    order: tuple[int, int]
    modality: str
    body_part: str
    position: Vector | None
    orientation: Vector | None
    spacing_mm: tuple[float, float] | None
    window: tuple[float, float] | None
    colour: bool


def parsed(data: bytes) -> Dataset:
    """Return the allowed elements of a DICOM object, with or without the preamble.

    Raises:
        UnreadableInput: it is none, or damaged.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            return pydicom.dcmread(io.BytesIO(data), force=True, specific_tags=list(ALLOWED))
    except (InvalidDicomError, OSError, ValueError, TypeError, AttributeError, KeyError, NotImplementedError) as error:
        raise UnreadableInput(DAMAGED) from error
    except RecursionError as error:
        raise UnreadableInput("The DICOM file nests its elements too deeply to be read.") from error


def frames_of(data: bytes) -> list[Frame]:
    """Return the frames of one DICOM object, in the order of the file.

    Raises:
        UnreadableInput: damaged, too large, without pixels or compressed in a way that is not read.
    """
    dataset = parsed(data)
    try:
        with warnings.catch_warnings(action="ignore"):
            return list(_frames(dataset))
    except UnreadableInput:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError, NotImplementedError) as error:
        raise UnreadableInput(DAMAGED) from error


def _frames(dataset: Dataset) -> Iterator[Frame]:
    if not any(name in dataset for name in ("PixelData", "FloatPixelData", "DoubleFloatPixelData")):
        raise UnreadableInput("The DICOM file holds no image: it has no pixel data.")
    n_frames = int(dataset.get("NumberOfFrames") or 1)
    check_size(n_frames, int(dataset.get("Rows") or 0), int(dataset.get("Columns") or 0))
    shared = _groups(dataset.get("SharedFunctionalGroupsSequence"), 0)
    for number, pixels in enumerate(_pixels(dataset)):
        own = _groups(dataset.get("PerFrameFunctionalGroupsSequence"), number)
        yield _frame(dataset, own | shared | own, number, pixels)


def _pixels(dataset: Dataset) -> Iterator[NDArray[np.generic]]:
    syntax = dataset.file_meta.get("TransferSyntaxUID") if hasattr(dataset, "file_meta") else None
    if syntax is None:
        # Without a header of its own a file is in DICOM's default syntax.
        dataset.file_meta.TransferSyntaxUID = syntax = UID("1.2.840.10008.1.2")
    try:
        yield from iter_pixels(dataset, raw=False)
    except (RuntimeError, NotImplementedError) as error:
        raise UnreadableInput(
            f"The image is compressed in a way that is not read here, or is damaged ({UID(syntax).name}). "
            "Export it uncompressed."
        ) from error


def _groups(sequence: Any, number: int) -> dict[str, Any]:
    """Return the elements of the functional groups of a frame by name."""
    if not sequence or number >= len(sequence):
        return {}
    return {
        inner.keyword: inner.value
        for group in sequence[number]
        if group.VR == "SQ" and len(group.value) == 1
        for inner in group.value[0]
        if inner.keyword in ALLOWED
    }


def _frame(dataset: Dataset, groups: dict[str, Any], number: int, pixels: NDArray[np.generic]) -> Frame:
    def stated(name: str) -> Any:
        return groups.get(name, dataset.get(name))

    colour, window = False, _window(stated("WindowCenter"), stated("WindowWidth"))
    if pixels.ndim == 3:
        colour, pixels = has_colours(pixels), np.rint(shades(pixels))
    else:
        slope, intercept = _rescaling(stated("RescaleSlope"), stated("RescaleIntercept"))
        if (slope, intercept) != (1, 0):
            pixels = pixels.astype(np.float64) * slope + intercept
        if dataset.get("PhotometricInterpretation") == "MONOCHROME1":
            whole = slope * _stored_range_sum(dataset) + 2 * intercept
            pixels = whole - pixels.astype(np.float64)
            window = window and (whole - window[0], window[1])
    spacing = _numbers(stated("PixelSpacing"), 2)
    position = _numbers(stated("ImagePositionPatient"), 3)
    orientation = _orientation(stated("ImageOrientationPatient"))
    return Frame(
        pixels=compact(pixels),
        series=str(dataset.get("SeriesInstanceUID", "")),
        copy=f"{dataset.get('SOPInstanceUID', id(dataset))}/{number}",
        order=(int(dataset.get("InstanceNumber") or 0), number),
        modality=str(dataset.get("Modality") or "")[:16],
        body_part=str(dataset.get("BodyPartExamined") or "")[:16],
        position=position if orientation is not None else None,
        orientation=orientation if position is not None else None,
        spacing_mm=None if spacing is None or (spacing <= 0).any() else (float(spacing[0]), float(spacing[1])),
        window=window,
        colour=colour,
    )


def _rescaling(slope: Any, intercept: Any) -> tuple[float, float]:
    """Return slope and intercept from stored values to the file's units; 1 and 0 where none or nonsense is stated."""
    found = _numbers(slope, 1), _numbers(intercept, 1)
    if found[0] is None or found[0][0] == 0:
        return 1.0, 0.0
    return float(found[0][0]), 0.0 if found[1] is None else float(found[1][0])


def _stored_range_sum(dataset: Dataset) -> float:
    """Return the sum of the lowest and the highest value that can be stored: inverting is subtracting from it."""
    if dataset.get("PixelRepresentation"):
        return -1.0
    return float(2 ** int(dataset.get("BitsStored") or dataset.get("BitsAllocated") or 16) - 1)


def _numbers(value: Any, count: int) -> Vector | None:
    """Return the first numbers of an element; None where they are missing or no numbers."""
    if value is None or value == "":
        return None
    values = list(value) if isinstance(value, (list, tuple, pydicom.multival.MultiValue)) else [value]
    try:
        numbers = np.array([float(number) for number in values[:count]])
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count and np.isfinite(numbers).all() else None


def _orientation(value: Any) -> Vector | None:
    """Return the unit vectors along a row and a column; None where they are not at right angles."""
    numbers = _numbers(value, 6)
    if numbers is None:
        return None
    axes = numbers.reshape(2, 3)
    lengths = np.linalg.norm(axes, axis=1, keepdims=True)
    if (lengths < 0.5).any() or abs(np.prod(axes / lengths, axis=0).sum()) > 0.01:
        return None
    return np.asarray(axes / lengths)


def _window(centre: Any, width: Any) -> tuple[float, float] | None:
    found = _numbers(centre, 1), _numbers(width, 1)
    if found[0] is None or found[1] is None or found[1][0] < 1:
        return None
    return float(found[0][0]), float(found[1][0])
