"""SCP-ECG: sections to one recording, reference beats added back where they were taken out."""

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.formats.scp.huffman import Table, decoded, read_tables, undifferenced
from qcore.io.ecg.formats.scp.person import Person, read_person
from qcore.io.ecg.formats.scp.statements import read_measurements, read_statements
from qcore.io.ecg.leads import scp_lead
from qcore.io.ecg.limits import MAX_LEADS, check_size
from qcore.io.ecg.record import Ecg, Stated

SECTION_HEAD = 16
KNOWN = range(1, 12)
CUT_OFF = "The SCP file is damaged or cut off: export it again."
Samples = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coded:
    """A section of samples: `nv` is what one unit is, `interval_us` the time between two samples."""

    nv: int
    interval_us: int
    bimodal: bool
    leads: list[Samples]


@dataclass(frozen=True)
class Placed:
    """Where a lead lies: number of the lead, first and last sample, counted from 1."""

    number: int
    first: int
    last: int


def read_scp(data: bytes) -> Ecg:
    """Return the rhythm of an SCP file, and its reference beat as the median beat.

    Raises:
        UnreadableInput: it is damaged, holds no rhythm, or is compressed in a way that is not read here.
    """
    try:
        return _read(data)
    except struct.error as error:
        raise UnreadableInput(CUT_OFF) from error


def _read(data: bytes) -> Ecg:
    sections = _sections(data)
    if 3 not in sections or 6 not in sections:
        raise UnreadableInput("The SCP file holds no rhythm: there is no electrocardiogram in it.")
    flags, leads = _leads(sections[3])
    first, last = min(lead.first for lead in leads), max(lead.last for lead in leads)
    check_size(len(leads), last - first + 1)
    tables = read_tables(sections[2]) if 2 in sections else None
    beat_ms, fiducial, beats_at = _subtracted(sections.get(4, b""))
    beat = None
    if 5 in sections and beat_ms:
        interval = struct.unpack_from("<H", sections[5], 2)[0]
        n = round(beat_ms * 1000 / interval) if interval else 0
        beat = _coded(sections[5], [n] * len(leads), tables) if n else None
    rhythm = _coded(sections[6], [lead.last - lead.first + 1 for lead in leads], tables)
    if not rhythm.interval_us:
        raise UnreadableInput("The SCP file does not say how far its samples lie apart.")
    if rhythm.bimodal or (flags & 1 and beat is not None and beat.interval_us != rhythm.interval_us):
        raise UnreadableInput(
            "The SCP file is compressed with losses between its beats (bimodal), which is not read here: "
            "export it without that."
        )
    uv = [lead * (rhythm.nv / 1000) for lead in rhythm.leads]
    if flags & 1:
        if beat is None or not beats_at:
            raise UnreadableInput("The SCP file lacks the reference beat that was taken out of its rhythm.")
        for lead, row, shape in zip(leads, uv, beat.leads, strict=True):
            _add_beats(row, lead, shape * (beat.nv / 1000), beats_at, fiducial)
    rate_hz = 1e6 / rhythm.interval_us
    channels = []
    for lead, row in zip(leads, uv, strict=True):
        whole = np.full(last - first + 1, np.nan, np.float32)
        whole[lead.first - first : lead.first - first + row.size] = row
        channels.append(Channel(scp_lead(lead.number), whole, rate_hz))
    medians = {} if beat is None else {
        scp_lead(lead.number): np.asarray(shape * (beat.nv / 1000), np.float32)
        for lead, shape in zip(leads, beat.leads, strict=True)
    }  # fmt: skip
    person = read_person(sections[1]) if 1 in sections else Person()
    measured = read_measurements(sections.get(7, b""))
    stated = Stated(
        **measured, filters=person.filters, device=person.device, sentences=read_statements(sections.get(8, b""))
    )
    notes = [] if rhythm.nv else ["The file states no size of a unit, so heights are not calibrated."]
    return assembled(
        channels, "SCP-ECG", medians=medians, median_rate_hz=1e6 / beat.interval_us if beat else None, notes=notes,
        calibrated=bool(rhythm.nv), age_years=person.age_years, sex=person.sex, stated=stated,
    )  # fmt: skip


def _sections(data: bytes) -> dict[int, bytes]:
    """Return the bodies of the sections by number."""
    (length,) = struct.unpack_from("<I", data, 10)
    found = {}
    for number, size, index in struct.iter_unpack("<HII", data[22 : 22 + max(0, min(length, 2000) - 16) // 10 * 10]):
        if number in KNOWN and size > SECTION_HEAD and index:
            body = data[index - 1 : index - 1 + size]
            if len(body) < size:
                raise UnreadableInput(CUT_OFF)
            found[number] = body[SECTION_HEAD:]
    return found


def _leads(body: bytes) -> tuple[int, list[Placed]]:
    count, flags = body[0], body[1]
    leads = []
    for k in range(count):
        first, last, number = struct.unpack_from("<IIB", body, 2 + 9 * k)
        if not 1 <= first <= last:
            raise UnreadableInput(CUT_OFF)
        leads.append(Placed(number, first, last))
    if not 0 < count <= MAX_LEADS:
        raise UnreadableInput(CUT_OFF)
    return flags, leads


def _subtracted(body: bytes) -> tuple[int, int, list[tuple[int, int, int, int]]]:
    """Return the reference beat's length in ms and fiducial sample; type, start, fiducial and end of each beat."""
    if len(body) < 6:
        return 0, 0, []
    length_ms, fiducial, count = struct.unpack_from("<3H", body)
    beats = [struct.unpack_from("<HIII", body, 6 + 14 * k) for k in range(min(count, (len(body) - 6) // 14))]
    return length_ms, fiducial, [(kind, start, peak, end) for kind, start, peak, end in beats]


def _coded(body: bytes, counts: list[int], tables: list[Table] | None) -> Coded:
    nv, interval_us, order, flag = struct.unpack_from("<HHBB", body)
    sizes = struct.unpack_from(f"<{len(counts)}H", body, 6)
    at, leads = 6 + 2 * len(counts), []
    for n, size in zip(counts, sizes, strict=True):
        part = body[at : at + size]
        at += size
        if tables is not None:
            values = decoded(part, n, tables)
        elif len(part) >= 2 * n:
            values = np.frombuffer(part, "<i2", n).astype(np.int64)
        else:
            raise UnreadableInput(CUT_OFF)
        leads.append(undifferenced(values, order))
    return Coded(nv, interval_us, bool(flag & 1), leads)


def _add_beats(
    row: NDArray[np.floating],
    lead: Placed,
    shape: NDArray[np.floating],
    beats: list[tuple[int, int, int, int]],
    fiducial: int,
) -> None:
    """Add the reference beat where it was taken out: at every beat of its own type."""
    for kind, start, peak, end in beats:
        origin = peak - fiducial + 1
        first, last = max(start, lead.first, origin), min(end, lead.last, origin + shape.size - 1)
        if kind == 0 and first <= last:
            row[first - lead.first : last - lead.first + 1] += shape[first - origin : last - origin + 1]
