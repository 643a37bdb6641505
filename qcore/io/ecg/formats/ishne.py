"""ISHNE Holter files. Source: Badilini 1998, the ISHNE Holter standard output file format."""

import struct

import numpy as np

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.limits import check_rate, check_size
from qcore.io.ecg.record import Ecg, Stated

MAGIC = b"ISHNE1.0"
HEAD = 522
"""Bytes of the fixed part."""
MOST_LEADS = 12
LEADS = {
    2: "X", 3: "Y", 4: "Z", 5: "I", 6: "II", 7: "III", 8: "aVR", 9: "aVL", 10: "aVF",
    11: "V1", 12: "V2", 13: "V3", 14: "V4", 15: "V5", 16: "V6", 17: "ES", 18: "AS", 19: "AI",
}  # fmt: skip
GAP_VALUE = -32768


def read_ishne(data: bytes) -> Ecg:
    """Return the recording of an ISHNE file.

    Raises:
        UnreadableInput: it is damaged.
    """
    if len(data) < HEAD:
        raise UnreadableInput("The ISHNE file ends within its header: it is cut off.")
    _, n_declared, _, start = struct.unpack_from("<iiii", data, 10)
    n_leads, *numbers = struct.unpack_from("<h12h12h12h", data, 156)
    names, resolutions_nv = numbers[:12], numbers[24:36]
    (rate,) = struct.unpack_from("<h", data, 272)
    if not 0 < n_leads <= MOST_LEADS or not HEAD <= start < len(data):
        raise UnreadableInput("The header of the ISHNE file is damaged: it has no leads, or no place of its samples.")
    check_rate(float(rate))
    stored = np.frombuffer(data, "<i2", (len(data) - start) // 2 // n_leads * n_leads, start).reshape(-1, n_leads)
    notes = []
    # The standard counts samples of a lead; some writers count those of all leads together.
    length = n_declared if 0 < n_declared != len(stored) * n_leads else len(stored)
    check_size(n_leads, max(length, len(stored)))
    if len(stored) < length:
        notes.append(
            f"The file is shorter than its header says: the last {(length - len(stored)) / rate:.3g} s are missing."
        )
    channels = []
    for number in range(n_leads):
        own = stored[:length, number]
        row = np.full(length, np.nan, np.float32)
        row[: own.size] = own
        row[: own.size][own == GAP_VALUE] = np.nan
        resolution_uv = abs(resolutions_nv[number]) / 1000 or 1.0
        row *= np.float32(resolution_uv)
        channels.append(Channel(LEADS.get(names[number], f"lead {number + 1}"), row, float(rate)))
    calibrated = all(resolutions_nv[:n_leads])
    if not calibrated:
        notes.append("The file states no resolution: 1 µV was assumed, so heights are not calibrated.")
    age, sex = _person(data)
    device = data[232:272].split(b"\0")[0].decode("latin-1").strip()
    return assembled(
        channels, "ISHNE Holter", notes=notes, calibrated=calibrated, age_years=age, sex=sex,
        stated=Stated(device=device if device.lower() not in {"unknown", "none"} else ""),
    )  # fmt: skip


def _person(data: bytes) -> tuple[float | None, str]:
    (sex,) = struct.unpack_from("<h", data, 126)
    birth, recorded = struct.unpack_from("<3h", data, 130), struct.unpack_from("<3h", data, 138)
    born, on = (people.day(f"{year:04d}{month:02d}{day:02d}") for day, month, year in (birth, recorded))
    return people.age_between(born, on), people.sex(str(sex))
