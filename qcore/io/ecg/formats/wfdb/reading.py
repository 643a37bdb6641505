"""WFDB records from their files, of one segment or several: gaps stay gaps, and what is missing is told."""

import re
from collections.abc import Mapping

import numpy as np

from qcore.errors import UnreadableInput
from qcore.io.ecg import people
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.formats.wfdb.header import DEFAULT_GAIN, Header, Signal, read_header
from qcore.io.ecg.formats.wfdb.samples import INVALID, decoded, samples_in, size_of
from qcore.io.ecg.limits import check_rate, check_size
from qcore.io.ecg.record import Ecg, Microvolts, Stated
from qcore.io.ecg.units import microvolts

NO_UNITS = "The file states no gain for {}: 200 units to the mV were assumed, so heights are not calibrated."
SHORT = "The file is shorter than its header says: the last {:.3g} s are missing."
NAMED_AGE = 300


def read_wfdb(header: bytes, files: Mapping[str, bytes]) -> Ecg:
    """Return the record of a header.

    Args:
        header: its bytes.
        files: bytes by name, of the folder that the header lies in: samples, and headers of segments.

    Raises:
        UnreadableInput: a file of the record is missing, or cannot be read.
    """
    head = read_header(header)
    notes: list[str] = []
    if not head.states_rate:
        notes.append(f"The header states no rate: WFDB's default of {head.rate_hz:g} Hz was assumed.")
    channels = _joined(head, files, notes) if head.segments else _channels(head, files, notes)
    age, sex = _person(head.comments, notes)
    calibrated = not any(note.startswith("The file states no gain") for note in notes)
    return assembled(
        channels, "WFDB", notes=tuple(dict.fromkeys(notes)), calibrated=calibrated, age_years=age, sex=sex,
        stated=Stated(),
    )  # fmt: skip


def _channels(head: Header, files: Mapping[str, bytes], notes: list[str]) -> list[Channel]:
    check_rate(head.rate_hz)
    check_size(len(head.signals), max(1, head.n_samples) * max((s.per_frame for s in head.signals), default=1))
    found: dict[int, Channel] = {}
    others = []
    for name in head.files:
        numbered = [(number, signal) for number, signal in enumerate(head.signals) if signal.file == name]
        if name not in files:
            raise UnreadableInput(f"The header names the file {name}, which is not here: give both together.")
        rows = _rows(memoryview(files[name]), head, [signal for _, signal in numbered], notes)
        for (number, signal), row in zip(numbered, rows, strict=True):
            scale = microvolts(signal.unit)
            if scale is None:
                others.append(signal.name)
                continue
            if signal.gain is None:
                notes.append(NO_UNITS.format(signal.name))
            row *= np.float32(scale / (signal.gain or DEFAULT_GAIN))
            found[number] = Channel(signal.name, row, head.rate_hz * signal.per_frame)
    if others:
        notes.append(f"Left out, because they are no voltages: {', '.join(others)}.")
    return [found[number] for number in sorted(found)]


def _rows(data: memoryview, head: Header, signals: list[Signal], notes: list[str]) -> list[Microvolts]:
    """Return the samples of a file's signals, baseline subtracted, NaN where there are none."""
    storage, offset = signals[0].format, signals[0].offset
    per_frame = sum(signal.per_frame for signal in signals)
    n_frames = samples_in(storage, max(0, len(data) - offset)) // per_frame
    if not n_frames:
        raise UnreadableInput(f"The file {signals[0].file} holds no samples: it is empty or cut off.")
    declared = head.n_samples or n_frames
    check_size(per_frame, declared)
    if n_frames < declared:
        notes.append(SHORT.format((declared - n_frames) / head.rate_hz))
    # Skewed signals go on behind the declared end, where the file does.
    n_read = min(n_frames, declared + max(signal.skew for signal in signals))
    raw = decoded(data[offset : offset + size_of(storage, n_read * per_frame)], storage, n_read * per_frame)
    frames = raw.reshape(n_read, per_frame)
    rows, at = [], 0
    for signal in signals:
        own = frames[signal.skew :, at : at + signal.per_frame].reshape(-1)
        if storage == 8:
            first = signal.first
            summed = first + np.cumsum(frames[:, at : at + signal.per_frame].reshape(-1), dtype=np.int64)
            own = summed[signal.skew * signal.per_frame :]
        own = own[: declared * signal.per_frame]
        row = np.full(declared * signal.per_frame, np.nan, np.float32)
        row[: own.size] = own
        row[: own.size] -= np.float32(signal.baseline)
        if storage in INVALID:
            row[: own.size][own == INVALID[storage]] = np.nan
        rows.append(row)
        at += signal.per_frame
    return rows


def _joined(head: Header, files: Mapping[str, bytes], notes: list[str]) -> list[Channel]:
    """Put the segments of a record behind each other, each lead where the segment has it."""
    total = sum(length for _, length in head.segments)
    check_rate(head.rate_hz)
    check_size(1, total)
    parts: list[tuple[int, int, list[Channel]]] = []
    at, missing = 0, []
    for name, length in head.segments:
        header = files.get(f"{name}.hea")
        if length and name != "~" and header is None:
            missing.append(name)
        elif length and name != "~" and header is not None:
            inner = read_header(header)
            if inner.segments:
                raise UnreadableInput(f"The segment {name} has segments of its own, which WFDB does not allow.")
            parts.append((at, length, _channels(inner, files, notes)))
        at += length
    if missing:
        notes.append(f"Segments that the header names are not here, and are gaps: {', '.join(missing[:8])}.")
    if not parts:
        raise UnreadableInput("None of the segments that the header names is here: give all files of its folder.")
    rates = {channel.name: channel.rate_hz for _, _, channels in parts for channel in channels}
    check_size(len(rates), round(total * max(rates.values(), default=0) / head.rate_hz) or 1)
    rows = {name: np.full(round(total * rate / head.rate_hz), np.nan, np.float32) for name, rate in rates.items()}
    for start, length, channels in parts:
        for channel in channels:
            if channel.rate_hz != rates[channel.name]:
                raise UnreadableInput(f"{channel.name} changes its rate between segments, which is not read here.")
            times = channel.rate_hz / head.rate_hz
            own = channel.uv[: round(length * times)]
            first = round(start * times)
            rows[channel.name][first : first + own.size] = own
    return [Channel(name, row, rates[name]) for name, row in rows.items()]


def _person(comments: tuple[str, ...], notes: list[str]) -> tuple[float | None, str]:
    """Return age and sex, which comments give as ``Age: 59``, ``<age>: 59 <sex>: M`` or ``69 M 1085``."""
    text = "\n".join(comments)
    short = re.search(r"(?m)^(\d{1,3}) ([MF])\b", text)
    if short:
        return people.age(float(short[1])), people.sex(short[2])
    years = re.search(r"(?im)^(?:.*\s)?<?age>?\s*[:=]\s*(\d{1,3})\b", text)
    sex = re.search(r"(?im)^(?:.*\s)?<?(?:sex|gender)>?\s*[:=]\s*([a-z]+)", text)
    if years and int(years[1]) == NAMED_AGE:
        notes.append("The file gives the age as 300, which stands for more than 89 years.")
    return people.age(float(years[1])) if years else None, people.sex(sex[1]) if sex else ""
