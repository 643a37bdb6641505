"""Hostile files in the child process: bombs, broken files of every kind, and that it lives on after them."""

import gzip
import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from made_up_images import archive, dicom, nifti, picture, slices
from PIL import Image
from pydicom.uid import DeflatedExplicitVRLittleEndian

from qcore.errors import UnreadableInput
from qcore.io.image.isolated import ImageReader, read_images
from qcore.io.isolation.child import EXHAUSTED

PYDICOM_FILES = sorted(
    path for path in Path(pydicom.data.__file__).with_name("test_files").rglob("*") if path.is_file()
)
MEGABYTE = 1_000_000
READABLE = 80
"""At least so many of pydicom's own files hold an image that is read."""


def read_or_told(reader: ImageReader, data: bytes) -> bool:
    """Return whether a file holds an image; that it holds none is told by the child, which lives."""
    try:
        return len(reader.read([("file", data)]).series) > 0
    except UnreadableInput as error:
        sentence = str(error)
    assert sentence.endswith(".")
    assert sentence != EXHAUSTED
    return False


@pytest.fixture(scope="module")
def reader() -> Iterator[ImageReader]:
    with ImageReader() as reader:
        yield reader


def test_a_child_reads_what_this_process_would(reader: ImageReader) -> None:
    upload = reader.read(slices(4))
    assert upload.series[0].pixels[:, 0, 0].tolist() == [0, 1, 2, 3]


def test_every_file_of_pydicom_is_read_or_told(reader: ImageReader) -> None:
    assert sum(read_or_told(reader, path.read_bytes()) for path in PYDICOM_FILES) >= READABLE


def nested(depth: int) -> bytes:
    """A DICOM object of sequences in sequences, of undefined length."""
    start = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    return dicom(np.ones((2, 2), np.int16))[:400] + start * depth


def deflated(size: int) -> bytes:
    """A DICOM object whose few compressed bytes become many."""
    header = dicom(np.ones((2, 2), np.int16)).split(b"\x02\x00\x10\x00UI")[0]
    syntax = str(DeflatedExplicitVRLittleEndian).encode() + b"\0"
    meta = header + b"\x02\x00\x10\x00UI" + len(syntax).to_bytes(2, "little") + syntax
    # A block that begins afresh can be repeated, so that the bomb is made in no time.
    engine = zlib.compressobj(1, wbits=-15)
    block = engine.compress(b"\0" * MEGABYTE) + engine.flush(zlib.Z_FULL_FLUSH)
    return meta + block * (size // MEGABYTE) + engine.flush()


def wide_png(side: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (side, side)).save(file, "PNG")
    return file.getvalue()


BOMBS = {
    "nested": lambda: nested(100_000),
    "deflate": lambda: deflated(1_500_000_000),
    "gzip": lambda: gzip.compress(b"\0" * MEGABYTE, 1) * 600,
    "zip": lambda: archive([(f"{k}.dcm", b"\0" * 60_000_000) for k in range(10)]),
    "png": lambda: wide_png(20_000),
    "rle": lambda: dicom(np.ones((2, 2), np.uint8), Rows=65535, Columns=65535),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_and_the_next_file_is_read(reader: ImageReader, name: str) -> None:
    with pytest.raises(UnreadableInput, match=r"\.$"):
        reader.read([("bomb", BOMBS[name]())])
    assert len(reader.read(slices(2)).series) == 1


def test_a_child_that_does_not_end_is_ended() -> None:
    with ImageReader(patience_s=1e-3) as reader, pytest.raises(UnreadableInput, match="limits of time and memory"):
        reader.read([("a.nii", gzip.compress(nifti(np.zeros((256, 256, 100), np.int16)), 1))])


def test_random_damage_is_read_or_told(reader: ImageReader) -> None:
    rng = np.random.default_rng(11)
    samples = [
        dicom(np.arange(64, dtype=np.int16).reshape(8, 8)),
        nifti(np.arange(64, dtype=np.int16).reshape(4, 4, 4)),
        gzip.compress(nifti(np.arange(64, dtype=np.int16).reshape(4, 4, 4))),
        picture(np.arange(64, dtype=np.uint8).reshape(8, 8)),
        picture(np.arange(64, dtype=np.uint8).reshape(8, 8), "JPEG"),
        archive(slices(2)),
    ]
    for number in range(300):
        data = bytearray(samples[number % len(samples)])
        for place in rng.integers(0, len(data), rng.integers(1, 12)):
            data[place] = rng.integers(256)
        read_or_told(reader, bytes(data))


def test_a_single_upload_needs_no_reader() -> None:
    assert len(read_images(slices(3)).series[0]) == 3
