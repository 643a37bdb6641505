"""What a reading process and its parent send each other: numbers and text only, so that no file can send code."""

import json
import struct
from typing import IO, Any

import numpy as np

from qcore.io.image.series import Geometry, Series
from qcore.io.image.upload import File, Upload

_LENGTH = struct.Struct("<Q")
_TYPES = {"int16": np.int16, "float32": np.float32}


class Ended(Exception):
    """The other side has gone."""


def send(stream: IO[bytes], *parts: bytes | memoryview) -> None:
    """Write parts, each behind its length."""
    stream.write(_LENGTH.pack(len(parts)))
    for part in parts:
        stream.write(_LENGTH.pack(len(part)))
        stream.write(part)
    stream.flush()


def receive(stream: IO[bytes]) -> list[bytes]:
    """Read the parts of one message that `send` wrote.

    Raises:
        Ended: the stream ends before.
    """
    (count,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return [_exactly(stream, _LENGTH.unpack(_exactly(stream, _LENGTH.size))[0]) for _ in range(count)]


def _exactly(stream: IO[bytes], size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise Ended
    return data


def from_files(files: list[File]) -> list[bytes]:
    """Return files as the parts of a message, name and bytes in turns."""
    return [part for name, data in files for part in (name.encode(errors="replace"), data)]


def to_files(parts: list[bytes]) -> list[File]:
    """Return the files of `from_files`."""
    return [(name.decode(), data) for name, data in zip(parts[::2], parts[1::2], strict=True)]


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
