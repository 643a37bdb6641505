"""What any layout of bytes for the browser is made of; `bytes.js` reads it.

Streamlit sends raw bytes as they are, and only once while they stay the same. They begin with the length of a header
(uint32, little endian), the header (JSON, UTF-8), and zeros to a multiple of 4.
"""

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 190_000_000
"""Streamlit sends no message of more than 200 MB (server.maxMessageSize)."""


def head(header: Mapping[str, Any]) -> bytes:
    """Return the beginning of the bytes: a header, as long as a multiple of 4."""
    text = json.dumps(header).encode()
    return padded(struct.pack("<I", len(text)) + text)


def header_of(data: bytes) -> dict[str, Any]:
    """Return the header that bytes begin with."""
    (length,) = struct.unpack_from("<I", data)
    found: dict[str, Any] = json.loads(data[4 : 4 + length])
    return found


def little_endian(values: NDArray[Any]) -> memoryview:
    """Return the bytes of an array, last axis fastest."""
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<")).data.cast("B")


def padded(part: bytes | memoryview) -> bytes:
    """Return bytes and zeros up to a multiple of 4."""
    return b"".join([part, b"\0" * (-len(part) % 4)])


def digest(*parts: bytes | memoryview) -> str:
    """Return SHA-256 of parts, one after the other."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()
