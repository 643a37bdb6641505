"""NIfTI volumes to series, slice by slice along the third axis as it is stored."""

import zlib
from typing import Any

import nibabel
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError
from nibabel.wrapstruct import WrapStructError
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.image.limits import MAX_BYTES, check_size
from qcore.io.image.raster import has_colours, shades
from qcore.io.image.series import Geometry, Series, compact

GZIP = b"\x1f\x8b"
RAS_TO_LPS = np.array([-1.0, -1.0, 1.0])
"""NIfTI counts to the right, anterior and superior; DICOM to the left, posterior and superior."""
SKEWED = 1e-3
DAMAGED = "The NIfTI file is damaged or cut off. Export or download it again."


def unpacked(data: bytes) -> bytes:
    """Return what a gzip file holds, as much as an upload may be.

    Raises:
        UnreadableInput: damaged, or too large.
    """
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise UnreadableInput(DAMAGED) from error
    if engine.unconsumed_tail:
        raise UnreadableInput(f"Unpacked, the file is larger than {MAX_BYTES // 1_000_000} MB.")
    if not engine.eof:
        raise UnreadableInput(DAMAGED)
    return content


def read_nifti(data: bytes) -> list[Series]:
    """Read a NIfTI file, compressed or not.

    Raises:
        UnreadableInput: damaged, too large, or without pixels.
    """
    content = unpacked(data) if data.startswith(GZIP) else data
    kind = nibabel.Nifti2Image if content[:4] in {b"\x1c\x02\0\0", b"\0\0\x02\x1c"} else nibabel.Nifti1Image
    try:
        image = kind.from_bytes(content)
        shape = [*(int(size) for size in image.shape), 1, 1]
        check_size(_product(shape[2:]), shape[0], shape[1])
        stored = np.asanyarray(image.dataobj)
        affine = np.asarray(image.affine, dtype=np.float64)
    except UnreadableInput:
        raise
    except (ImageFileError, HeaderDataError, WrapStructError, OSError, ValueError, TypeError, OverflowError) as error:
        raise UnreadableInput(DAMAGED) from error
    states_place = int(image.header["qform_code"]) > 0 or int(image.header["sform_code"]) > 0
    return [_series(stored, affine, states_place)]


def _product(sizes: list[int]) -> int:
    product = 1
    for size in sizes:
        product *= size
    return product


def _series(stored: NDArray[np.generic], affine: NDArray[np.float64], states_place: bool) -> Series:
    notes = []
    colour = False
    if stored.dtype.fields:
        structured: Any = stored
        rgb = np.stack([structured[name] for name in ("R", "G", "B")], -1)
        colour, stored = has_colours(rgb), np.rint(shades(rgb))
    stored = stored.reshape(stored.shape + (1,) * max(0, 3 - stored.ndim))
    if stored.ndim > 3:
        volumes = _product(list(stored.shape[3:]))
        if volumes > 1:
            notes.append(f"The file holds {volumes} volumes; the first is shown.")
        stored = stored.reshape(*stored.shape[:3], volumes)[..., 0]
    if stored.dtype.kind in "fc" and not np.isfinite(stored).all():
        notes.append("Some values are no numbers; they are shown as 0.")
    if stored.dtype.kind == "c":
        stored = np.abs(stored)
    geometry = _geometry(affine, stored.shape[2]) if states_place else None
    if states_place and geometry is None:
        notes.append("The file's axes are not at right angles, so its orientation is not shown.")
    # Columns of a slice run along the first axis: that is how viewers show what is stored.
    pixels = compact(np.ascontiguousarray(stored.transpose(2, 1, 0)))
    spacing = geometry.spacing_mm if geometry else None
    return Series(pixels, geometry=geometry, spacing_mm=spacing, colour=colour, notes=tuple(notes))


def _geometry(affine: NDArray[np.float64], n_slices: int) -> Geometry | None:
    """Return where a volume lies; None where its axes are not at right angles or the matrix is none."""
    steps = affine[:3, :3] * RAS_TO_LPS[:, None]
    lengths = np.linalg.norm(steps, axis=0)
    if not np.isfinite(affine).all() or (lengths < 1e-6).any():
        return None
    axes = steps / lengths
    if abs(axes[:, 0] @ axes[:, 1]) > SKEWED:
        return None
    origin = affine[:3, 3] * RAS_TO_LPS
    positions = origin + np.arange(n_slices)[:, None] * steps[:, 2]
    return Geometry((float(lengths[1]), float(lengths[0])), axes[:, 0], axes[:, 1], positions)
