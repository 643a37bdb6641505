"""Philips' XLI compression: LZW of second differences, a chunk a lead.

Source: sierra-ecg-tools by C. Watford (MIT licence), which describes the format.
"""

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg.limits import MAX_LEADS, MAX_SAMPLES

BITS = 10
LAST_CODE = (1 << BITS) - 2
HEAD = 8
BIAS = 64


def decompressed(data: bytes) -> list[NDArray[np.int16]]:
    """Return ``(n_samples,)`` ADC units of every chunk.

    Raises:
        UnreadableInput: a chunk is damaged.
    """
    leads: list[NDArray[np.int16]] = []
    at = left = 0
    while at + HEAD <= len(data) and len(leads) < MAX_LEADS:
        size = int.from_bytes(data[at : at + 4], "little", signed=True)
        start = int.from_bytes(data[at + 6 : at + HEAD], "little", signed=True)
        if size < 0 or at + HEAD + size > len(data):
            raise UnreadableInput("A lead of the Philips file is cut off: export it again.")
        leads.append(_undone(_expanded(data[at + HEAD : at + HEAD + size], 2 * MAX_SAMPLES - left), start))
        left += 2 * leads[-1].size
        at += HEAD + size
    return leads


def _expanded(data: bytes, most: int) -> bytes:
    """Undo LZW with codes of ten bits."""
    strings = {code: bytes([code]) for code in range(256)}
    bits, held, after = 0, 0, 256
    previous, out, length = b"", [], 0
    for byte in data:
        bits, held = bits << 8 | byte, held + 8
        if held < BITS:
            continue
        held -= BITS
        code, bits = bits >> held, bits & ((1 << held) - 1)
        if code > LAST_CODE:
            break
        known = strings.get(code)
        if known is None:
            if not previous:
                raise UnreadableInput("A lead of the Philips file is damaged: export it again.")
            known = previous + previous[:1]
        if previous and after <= LAST_CODE:
            strings[after] = previous + known[:1]
            after += 1
        out.append(known)
        length += len(known)
        if length > most:
            raise UnreadableInput("The recording is too long: the Philips file unpacks to more than can be read.")
        previous = known
    return b"".join(out)


def _undone(data: bytes, start: int) -> NDArray[np.int16]:
    """Return samples from their second differences, whose high bytes stand before their low ones."""
    data += bytes(len(data) % 2)
    high, low = np.frombuffer(data, np.uint8).reshape(2, -1).astype(np.int64)
    stored = (high << 8 | low).astype(np.int16).astype(np.int64)
    if stored.size < 3:
        return stored.astype(np.int16)
    bends = np.concatenate(([start], stored[2:-1] - BIAS))
    slopes = stored[1] - stored[0] - np.concatenate(([0], np.cumsum(bends)))
    # Sums wrap as the cart's own do.
    return np.concatenate((stored[:1], stored[0] + np.cumsum(slopes))).astype(np.int16)
