"""Messages between a parent and a child: parts of bytes, each behind its length, so that no file can send code."""

import struct
from typing import IO

File = tuple[str, bytes]
"""The name and the bytes of a file."""
READ, REFUSED = b"read", b"refused"
"""What the first part of an answer is."""
_LENGTH = struct.Struct("<Q")


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
