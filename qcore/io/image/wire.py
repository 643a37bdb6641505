"""What was read, as the parts of a message: numbers and text only, so that no file can send code."""

import json
from typing import Any

import numpy as np

from qcore.io.image.series import Geometry, Series
from qcore.io.image.upload import Upload

_TYPES = {"int16": np.int16, "float32": np.float32}


def from_upload(upload: Upload) -> list[bytes | memoryview]:
    """Return what was read as parts: one of text, then one of pixels a series."""
    text = {
        "series": [_header(series) for series in upload.series],
        "names": upload.names,
        "unread": upload.unread,
    }
    return [
        json.dumps(text).encode(),
        *(np.ascontiguousarray(series.pixels).data.cast("B") for series in upload.series),
    ]


def to_upload(parts: list[bytes]) -> Upload:
    """Return the upload of `from_upload`."""
    text = json.loads(parts[0])
    series = tuple(_series(header, pixels) for header, pixels in zip(text["series"], parts[1:], strict=True))
    return Upload(series, tuple(text["names"]), tuple((name, reason) for name, reason in text["unread"]))


def _header(series: Series) -> dict[str, Any]:
    place = series.geometry
    return {
        "shape": series.pixels.shape,
        "type": series.pixels.dtype.name,
        "modality": series.modality,
        "body_part": series.body_part,
        "geometry": place
        and [place.spacing_mm, place.along_row.tolist(), place.along_column.tolist(), place.positions.tolist()],
        "spacing_mm": series.spacing_mm,
        "window": series.window,
        "colour": series.colour,
        "notes": series.notes,
    }


def _series(header: dict[str, Any], pixels: bytes) -> Series:
    place = header["geometry"]
    return Series(
        pixels=np.frombuffer(pixels, _TYPES[header["type"]]).reshape(header["shape"]),
        modality=header["modality"],
        body_part=header["body_part"],
        geometry=place and Geometry(tuple(place[0]), *(np.array(part) for part in place[1:])),
        spacing_mm=header["spacing_mm"] and tuple(header["spacing_mm"]),
        window=header["window"] and tuple(header["window"]),
        colour=header["colour"],
        notes=tuple(header["notes"]),
    )
