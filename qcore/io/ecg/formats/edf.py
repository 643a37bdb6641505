"""EDF, EDF+ (continuous and discontinuous) and BDF: records are placed where their time stamps say.

Source: Kemp et al. 1992 (EDF), Kemp and Olivan 2003 (EDF+), the BDF format of BioSemi.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.limits import MAX_LEADS, MAX_SAMPLES, check_size
from qcore.io.ecg.record import Ecg, Microvolts, Stated
from qcore.io.ecg.units import microvolts

HEAD = 256
WIDTHS = (16, 80, 8, 8, 8, 8, 8, 80, 8, 32)
"""Of the fields of a signal: label, transducer, unit, physical and digital limits, filter, samples, reserved."""
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
GAP_VALUE = -32768


@dataclass(frozen=True)
class Signal:
    """A signal of the header; `n` is its samples in a record, `at` where they begin in it, in samples."""

    label: str
    unit: str
    physical: tuple[float, float]
    digital: tuple[float, float]
    filter: str
    n: int
    at: int

    @property
    def is_annotation(self) -> bool:
        """Whether it holds time stamps and text instead of samples."""
        return self.label in {"EDF Annotations", "BDF Annotations"}


def read_edf(data: bytes) -> Ecg:
    """Return the recording of an EDF, EDF+ or BDF file.

    Raises:
        UnreadableInput: it is damaged, or holds annotations only.
    """
    width = 3 if data[0] == 0xFF else 2
    name = "BDF" if width == 3 else "EDF+" if data[192:196] == b"EDF+" else "EDF"
    signals = _signals(data)
    leads = [signal for signal in signals if not signal.is_annotation and signal.n]
    if not leads:
        raise UnreadableInput("The file holds annotations and no signal: there is no electrocardiogram in it.")
    body, per_record = memoryview(data)[HEAD * (len(signals) + 1) :], sum(signal.n for signal in signals)
    n_whole = len(body) // (per_record * width)
    declared, seconds = _whole(data[236:244], -1), people.number(_text(data[244:252])) or 0.0
    if not n_whole:
        raise UnreadableInput("The file ends within its first record: it is cut off.")
    if seconds <= 0:
        raise UnreadableInput("The file states no length of its records, so its rate is unknown.")
    notes = []
    n_records = n_whole if declared < 0 else declared
    check_size(len(leads), n_records * max(signal.n for signal in leads))
    if n_whole < n_records:
        notes.append(
            f"The file is shorter than its header says: the last {(n_records - n_whole) * seconds:.3g} s are missing."
        )
    n_read = min(n_whole, n_records)
    raw = np.frombuffer(body[: n_read * per_record * width], np.uint8).reshape(n_read, per_record * width)
    starts = _starts(raw, signals, width, seconds) if data[192:197] in (b"EDF+D", b"BDF+D") else None
    others, channels = [], []
    for signal in leads:
        scale = microvolts(signal.unit)
        low, high = signal.digital
        if scale is None or low == high:
            others.append(signal.label)
            continue
        values = _physical(raw[:, signal.at * width : (signal.at + signal.n) * width], signal, width)
        values *= np.float32(scale)
        rate = signal.n / seconds
        channels.append(Channel(signal.label, _placed(values, n_records, starts, seconds), rate))
    if others:
        notes.append(f"Left out, because they are no voltages: {', '.join(others[:12])}.")
    age, sex, device = _said(data)
    filters = next((signal.filter for signal in leads if signal.filter), "")
    return assembled(
        channels, name, notes=notes, age_years=age, sex=sex, stated=Stated(filters=filters, device=device)
    )  # fmt: skip


def _signals(data: bytes) -> list[Signal]:
    count = _whole(data[252:256], 0)
    if not 0 < count <= MAX_LEADS or len(data) < HEAD * (count + 1):
        raise UnreadableInput("The header of the EDF file is damaged or cut off.")
    fields, at = [], HEAD
    for width in WIDTHS:
        fields.append([_text(data[at + k * width : at + (k + 1) * width]) for k in range(count)])
        at += width * count
    labels, _, units, low, high, bottom, top, filters, sizes, _ = fields
    signals, at = [], 0
    for k in range(count):
        limits = [people.number(field[k]) for field in (low, high, bottom, top)]
        n = _whole(sizes[k].encode(), -1)
        if n < 0 or n > MAX_SAMPLES or None in limits:
            raise UnreadableInput(f"The header does not say how signal {k + 1} is to be read: it is damaged.")
        a, b, c, d = (limit or 0.0 for limit in limits)
        signals.append(Signal(labels[k], units[k], (a, b), (c, d), filters[k], n, at))
        at += n
    return signals


def _digital(raw: NDArray[np.uint8], width: int) -> NDArray[np.integer]:
    flat = np.ascontiguousarray(raw)
    if width == 2:
        return flat.view("<i2")
    three = flat.reshape(len(flat), -1, 3).astype(np.int32)
    value = three[..., 0] | three[..., 1] << 8 | three[..., 2] << 16
    return (value ^ 0x800000) - 0x800000


def _physical(raw: NDArray[np.uint8], signal: Signal, width: int) -> Microvolts:
    """Return ``(n_records, n)`` in the physical unit; a physical minimum above the maximum turns the signal over."""
    digital = _digital(raw, width)
    (low, high), (bottom, top) = signal.physical, signal.digital
    values = digital.astype(np.float32)
    values -= np.float32(bottom)
    values *= np.float32((high - low) / (top - bottom))
    values += np.float32(low)
    if width == 2 and min(bottom, top) > GAP_VALUE:
        values[digital == GAP_VALUE] = np.nan
    return values


def _starts(raw: NDArray[np.uint8], signals: list[Signal], width: int, seconds: float) -> list[float]:
    """Return when each record begins, s after the first, from its time stamp."""
    stamps = next((signal for signal in signals if signal.is_annotation), None)
    if stamps is None:
        raise UnreadableInput("The file says that it has gaps and not where: it has no time stamps.")
    starts = []
    for record in raw[:, stamps.at * width : (stamps.at + stamps.n) * width]:
        found = re.match(rb"([+-]\d{1,9}(?:\.\d{1,9})?)[\x14\x15]", record.tobytes())
        if not found:
            raise UnreadableInput("A time stamp of the file is damaged, so its parts cannot be placed.")
        starts.append(float(found[1]))
    first = starts[0]
    if any(later - earlier < seconds * 0.5 for earlier, later in pairwise(starts)):
        raise UnreadableInput("The time stamps of the file go backwards, so its parts cannot be placed.")
    return [start - first for start in starts]


def _placed(values: Microvolts, n_records: int, starts: list[float] | None, seconds: float) -> Microvolts:
    """Return ``(n_samples,)`` with every record where it belongs and NaN where there is none."""
    n = values.shape[1]
    if starts is None:
        if len(values) == n_records:
            return values.reshape(-1)
        placed = np.full(n_records * n, np.nan, np.float32)
        placed[: values.size] = values.reshape(-1)
        return placed
    rate = n / seconds
    first = [round(start * rate) for start in starts]
    check_size(1, first[-1] + n)
    placed = np.full(first[-1] + n, np.nan, np.float32)
    for at, record in zip(first, values, strict=True):
        placed[at : at + n] = record
    return placed


def _said(data: bytes) -> tuple[float | None, str, str]:
    """Return age, sex and equipment, which EDF+ alone has at fixed places; never the name or code."""
    patient, recording = _text(data[8:88]).split(" "), _text(data[88:168]).split(" ")
    if recording[0] != "Startdate" or len(patient) < 3 or len(recording) < 2:
        return None, "", ""
    age = people.age_between(_date(patient[2]), _date(recording[1]))
    device = recording[4].replace("_", " ") if len(recording) > 4 and recording[4] != "X" else ""
    return age, people.sex(patient[1]), device


def _date(text: str) -> date | None:
    found = re.fullmatch(r"(\d\d?)-([A-Z]{3})-(\d{4})", text.upper())
    if not found or found[2] not in MONTHS:
        return None
    return people.day(f"{found[3]}{MONTHS.index(found[2]) + 1:02d}{int(found[1]):02d}")


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").replace("\0", " ").strip()


def _whole(raw: bytes, otherwise: int) -> int:
    text = _text(raw)
    return int(text) if re.fullmatch(r"-?\d{1,8}", text) else otherwise
