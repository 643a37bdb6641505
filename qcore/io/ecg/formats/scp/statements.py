"""Sections 7 and 8 of SCP-ECG: what the machine measured and wrote."""

import struct

from qcore.io.ecg import people

UNKNOWN = {29999, 0xFFFF}
NO_AXIS = {999, 29999, -999}


def read_measurements(body: bytes) -> dict[str, float | None]:
    """Return rate, intervals and axis of the first beat measured; None where a boundary is unknown."""
    if len(body) < 6:
        return {}
    count, _, rr_ms, _ = struct.unpack_from("<BBHH", body)
    stated: dict[str, float | None] = {"rate_bpm": 60_000 / rr_ms if rr_ms and rr_ms not in UNKNOWN else None}
    if not count or len(body) < 22:
        return stated
    p_on, _, qrs_on, qrs_off, t_off, _, axis, _ = struct.unpack_from("<5H3h", body, 6)

    def between(start: int, end: int) -> float | None:
        return float(end - start) if not {start, end} & UNKNOWN and end > start else None

    return stated | {
        "pr_ms": between(p_on, qrs_on),
        "qrs_ms": between(qrs_on, qrs_off),
        "qt_ms": between(qrs_on, t_off),
        "axis_deg": None if axis in NO_AXIS else float(axis),
    }


def read_statements(body: bytes) -> tuple[str, ...]:
    """Return the statements of section 8."""
    texts, at = [], 9
    for _ in range(body[8] if len(body) > 8 else 0):
        size = int.from_bytes(body[at + 1 : at + 3], "little")
        texts.append(body[at + 3 : at + 3 + size].replace(b"\0", b" ").decode("latin-1"))
        at += 3 + size
    return people.sentences(texts)
