"""The storage formats of WFDB: bytes to numbers. Source: signal(5)."""

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput

Numbers = NDArray[np.integer]
INVALID = {
    16: -(2**15), 24: -(2**23), 32: -(2**31), 61: -(2**15), 80: -128, 160: -(2**15), 212: -2048, 310: -512, 311: -512,
}  # fmt: skip
"""What stands where nothing was recorded; differences (8) have no such value."""
UNPACKED = {
    "508": "FLAC", "516": "FLAC", "524": "FLAC",
}  # fmt: skip


def size_of(storage: int, n_samples: int) -> int:
    """Return how many bytes a number of samples needs.

    Raises:
        UnreadableInput: the format is not known here.
    """
    whole = {8: 1, 80: 1, 16: 2, 61: 2, 160: 2, 24: 3, 32: 4}.get(storage)
    if whole:
        return whole * n_samples
    if storage == 212:
        return (3 * n_samples + 1) // 2
    if storage in (310, 311):
        partial = (0, 2, 4 if storage == 310 else 3)
        return n_samples // 3 * 4 + partial[n_samples % 3]
    compressed = UNPACKED.get(str(storage))
    raise UnreadableInput(
        f"Samples in WFDB's format {storage}{f' ({compressed})' if compressed else ''} are not read here: "
        "convert the record to format 16."
    )


def samples_in(storage: int, n_bytes: int) -> int:
    """Return how many whole samples so many bytes hold."""
    if storage == 212:
        return n_bytes // 3 * 2 + (n_bytes % 3 == 2)
    if storage == 310:
        return n_bytes // 4 * 3 + (n_bytes % 4 >= 2)
    if storage == 311:
        return n_bytes // 4 * 3 + (0, 0, 1, 2)[n_bytes % 4]
    return n_bytes // size_of(storage, 1)


def decoded(data: memoryview, storage: int, n_samples: int) -> Numbers:
    """Return ``(n,)`` numbers, at most `n_samples`; format 8 remains differences."""
    n = min(n_samples, samples_in(storage, len(data)))
    raw = data[: size_of(storage, n)]
    if storage == 8:
        return np.frombuffer(raw, np.int8)
    if storage == 80:
        return np.frombuffer(raw, np.uint8).astype(np.int16) - np.int16(128)
    if storage in (16, 61, 32):
        return np.frombuffer(raw, {16: "<i2", 61: ">i2", 32: "<i4"}[storage])
    if storage == 160:
        return (np.frombuffer(raw, "<u2").astype(np.int32) - 32768).astype(np.int16)
    if storage == 24:
        three = np.frombuffer(raw, np.uint8).reshape(-1, 3).astype(np.int32)
        return _signed(three[:, 0] | three[:, 1] << 8 | three[:, 2] << 16, 24)
    unpacked = {212: _twelve_bits, 310: _ten_bits_apart, 311: _ten_bits_together}[storage]
    return unpacked(raw)[:n]


def _whole(raw: memoryview, block: int) -> NDArray[np.uint8]:
    return np.frombuffer(bytes(raw) + bytes(-len(raw) % block), np.uint8).reshape(-1, block)


def _twelve_bits(raw: memoryview) -> Numbers:
    first, middle, last = _whole(raw, 3).astype(np.int16).T
    pairs = np.stack([first | (middle & 15) << 8, last | (middle >> 4) << 8], 1)
    return _signed(pairs.reshape(-1), 12)


def _ten_bits_apart(raw: memoryview) -> Numbers:
    low, high = _whole(raw, 4).reshape(-1).view("<u2").reshape(-1, 2).astype(np.int32).T
    three = np.stack([low >> 1 & 1023, high >> 1 & 1023, (low >> 11 & 31) | (high >> 11 & 31) << 5], 1)
    return _signed(three.reshape(-1), 10)


def _ten_bits_together(raw: memoryview) -> Numbers:
    word = _whole(raw, 4).reshape(-1).view("<u4").astype(np.int64)
    return _signed(np.stack([word & 1023, word >> 10 & 1023, word >> 20 & 1023], 1).reshape(-1), 10)


def _signed(values: Numbers, bits: int) -> Numbers:
    half = values.dtype.type(1 << (bits - 1))
    return (values ^ half) - half
