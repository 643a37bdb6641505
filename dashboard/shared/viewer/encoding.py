r"""A picture as bytes for the browser.

======================  ==============================================================================================
bytes                   what
======================  ==============================================================================================
4                       length of the header, uint32; all numbers are little endian
length                  header: JSON, UTF-8, as `_header` makes it
to a multiple of 4      zeros
pixels                  int16 or float32 ``(n, height, width)``, or uint8 ``(n, height, width, 3)``, last axis fastest
to a multiple of 4      zeros
overlays                one after the other: uint8 ``(slices of the overlay, height, width)``
======================  ==============================================================================================

In the header, ``pixels`` is a digest of the voxels and of where they lie: while it is the same, the browser keeps
slice, window and zoom. ``digest`` is one of everything.
"""

import json
from typing import Any

import numpy as np

from dashboard.shared.browser.packing import MAX_BYTES, digest, head, header_of, little_endian, padded
from dashboard.shared.foreign import plain
from dashboard.shared.viewer.picture import Overlay, Picture

TYPES = {np.dtype(np.int16): "int16", np.dtype(np.float32): "float32", np.dtype(np.uint8): "rgb8"}


def encode(picture: Picture) -> bytes:
    """Return a picture as bytes.

    Raises:
        ValueError: shapes that do not agree, or more bytes than can be sent.
    """
    _check(picture)
    arrays = [picture.pixels, *(overlay.values for overlay in picture.overlays)]
    size = sum(array.nbytes for array in arrays)
    if size > MAX_BYTES:
        raise ValueError(f"a picture and its overlays have at most {MAX_BYTES} bytes, these {size}")
    parts = [little_endian(array) for array in arrays]
    header = _header(picture)
    place = [header[name] for name in ("shape", "type", "spacing_mm", "axes", "origin_mm", "window", "planes")]
    header["pixels"] = digest(json.dumps(place).encode(), parts[0])
    header["digest"] = digest(json.dumps(header).encode(), *parts[1:])
    return b"".join([head(header), padded(parts[0]), *parts[1:]])


def same(one: Picture, other: Picture) -> bool:
    """Tell whether two pictures hold the same arrays, not merely equal ones, and agree in all else."""
    arrays, others = ([picture.pixels, *(overlay.values for overlay in picture.overlays)] for picture in (one, other))
    same_arrays = len(arrays) == len(others) and all(a is b for a, b in zip(arrays, others, strict=True))
    return same_arrays and _header(one) == _header(other)


def digest_of(data: bytes) -> str:
    """Return the digest that the browser sends back with a slice."""
    return str(header_of(data)["digest"])


def _header(picture: Picture) -> dict[str, Any]:
    marks = picture.marks
    return {
        "shape": picture.pixels.shape[:3],
        "type": TYPES[picture.pixels.dtype],
        "spacing_mm": picture.spacing_mm,
        "axes": None if picture.axes is None else picture.axes.tolist(),
        "origin_mm": None if picture.origin_mm is None else picture.origin_mm.tolist(),
        "planes": picture.planes,
        "window": picture.window and _ends(*picture.window),
        "start": picture.start,
        "overlays": [_overlay(overlay) for overlay in picture.overlays],
        "marks": marks
        and {
            "caption": plain(marks.caption),
            "values": [None if np.isnan(value) else round(float(value), 4) for value in marks.values],
        },
        "caption": plain(picture.caption),
        "explain": plain(picture.explain),
    }


def _overlay(overlay: Overlay) -> dict[str, Any]:
    return {
        "name": plain(overlay.name),
        "caption": plain(overlay.caption),
        "ends": [plain(end) for end in overlay.ends],
        "signed": overlay.signed,
        "slices": overlay.slices,
    }


def _ends(centre: float, width: float) -> tuple[float, float] | None:
    """Return the least and the most of a window; None for one without width, which files do state."""
    return (centre - width / 2, centre + width / 2) if width > 0 else None


def _check(picture: Picture) -> None:
    pixels, shape = picture.pixels, picture.pixels.shape
    colours = pixels.dtype == np.uint8
    if pixels.dtype not in TYPES or len(shape) != 3 + colours or (colours and shape[3] != 3) or not pixels.size:
        raise ValueError(
            f"pixels are int16 or float32 of three axes, or uint8 (n, h, w, 3), not {pixels.dtype} {shape}"
        )
    if any(step is not None and not step > 0 for step in picture.spacing_mm) or len(picture.spacing_mm) != 3:
        raise ValueError(f"spacing is three positive lengths or None, not {picture.spacing_mm}")
    for name, vectors, expected in (("axes", picture.axes, (3, 3)), ("the origin", picture.origin_mm, (3,))):
        if vectors is not None and (vectors.shape != expected or not np.isfinite(vectors).all()):
            raise ValueError(f"{name} must be finite, of the shape {expected}")
    if picture.planes and (picture.axes is None or None in picture.spacing_mm or shape[0] < 2):
        raise ValueError("planes across the slices need axes, every spacing, and more than one slice")
    for overlay in picture.overlays:
        _check_overlay(overlay, shape[:3])
    if picture.marks is not None:
        values = picture.marks.values
        if values.shape != shape[:1] or not ((values >= 0) & (values <= 1) | np.isnan(values)).all():
            raise ValueError(f"marks are one number in [0, 1] for each of {shape[0]} slices")


def _check_overlay(overlay: Overlay, shape: tuple[int, ...]) -> None:
    slices = range(shape[0]) if overlay.slices is None else overlay.slices
    if overlay.values.dtype != np.uint8 or overlay.values.shape != (len(slices), *shape[1:]):
        raise ValueError(
            f"overlay {overlay.name!r} must be uint8 {(len(slices), *shape[1:])}, "
            f"not {overlay.values.dtype} {overlay.values.shape}"
        )
    if len(set(slices)) != len(slices) or not all(0 <= one < shape[0] for one in slices):
        raise ValueError(f"overlay {overlay.name!r} names slices twice, or slices that are not there")
