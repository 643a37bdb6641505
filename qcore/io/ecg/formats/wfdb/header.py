"""The header of a WFDB record, whatever follows the number of samples: times and dates come in every order."""

import re
from dataclasses import dataclass, field

from qcore.errors import UnreadableInput
from qcore.io.ecg.limits import MAX_LEADS

MAX_HEADER_BYTES = 2_000_000
MAX_SEGMENTS = 20_000
DEFAULT_RATE_HZ = 250.0
DEFAULT_GAIN = 200.0
_RECORD = re.compile(r"(?P<name>[^\s/]+)(?:/(?P<segments>\d+))?\s+(?P<signals>\d{1,6})(?:\s+(?P<rest>.*))?$")
_FORMAT = re.compile(r"(?P<format>\d+)(?:x(?P<per_frame>\d+))?(?::(?P<skew>\d+))?(?:\+(?P<offset>\d+))?$")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


@dataclass(frozen=True)
class Signal:
    """A line of the header.

    Attributes:
        file: that holds its samples; ``~`` in the layout of a record of several segments.
        format: number of the storage format.
        per_frame: samples in a frame.
        skew: frames by which it is stored too late.
        offset: bytes before the first sample.
        gain: ADC units per physical unit; None where the file does not say.
        baseline: ADC value of 0.
        unit: physical unit.
        first: the first sample, from which differences start.
        name: of the lead.
    """

    file: str
    format: int
    per_frame: int
    skew: int
    offset: int
    gain: float | None
    baseline: int
    unit: str
    first: int
    name: str


@dataclass(frozen=True)
class Header:
    """What a header says; `segments` holds names and lengths, and is empty for a record of one."""

    name: str
    rate_hz: float
    n_samples: int
    signals: tuple[Signal, ...] = ()
    segments: tuple[tuple[str, int], ...] = ()
    comments: tuple[str, ...] = field(default=(), repr=False)
    states_rate: bool = True

    @property
    def files(self) -> tuple[str, ...]:
        """The files of samples, each once."""
        return tuple(dict.fromkeys(signal.file for signal in self.signals if signal.file != "~"))


def is_header(data: bytes) -> bool:
    """Tell whether bytes are the header of a record: text whose first line names it and its signals."""
    if b"\0" in data[:2000]:
        return False
    lines = _lines(data[:5000])
    if not lines or lines[0].count(",") + lines[0].count(";") + lines[0].count("<") > 0:
        return False
    found = _RECORD.match(lines[0])
    if not found:
        return False
    if found["segments"] or found["signals"] == "0" or len(lines) < 2:
        return bool(found["segments"] or found["rest"])
    parts = lines[1].split()
    return len(parts) >= 2 and bool(_FORMAT.match(parts[1]))


def read_header(data: bytes) -> Header:
    """Return what a header says.

    Raises:
        UnreadableInput: it is none, or says what cannot be.
    """
    if len(data) > MAX_HEADER_BYTES:
        raise UnreadableInput("The header of the record is too large to be one.")
    lines = _lines(data)
    found = _RECORD.match(lines[0]) if lines else None
    if not found:
        raise UnreadableInput("The header does not start with the record's name and number of signals.")
    rest = (found["rest"] or "").split()
    rate = _NUMBER.match(rest[0]) if rest else None
    # What follows the rate is a number of samples only if it is nothing but digits: some write a date or time there.
    n_samples = int(rest[1]) if len(rest) > 1 and re.fullmatch(r"\d{1,15}", rest[1]) else 0
    comments = tuple(
        text.strip()[1:].strip()
        for text in data.decode("utf-8", "replace").splitlines()
        if text.lstrip().startswith("#")
    )
    common = (found["name"], float(rate[0]) if rate else DEFAULT_RATE_HZ, n_samples)
    count = int(found["segments"] or found["signals"])
    if count > (MAX_SEGMENTS if found["segments"] else MAX_LEADS) or len(lines) <= count:
        raise UnreadableInput(f"The header declares {count:,} lines and has {len(lines) - 1:,}: it is cut off.")
    body = lines[1 : count + 1]
    if found["segments"]:
        return Header(*common, segments=tuple(map(_segment, body)), comments=comments, states_rate=bool(rate))
    signals = tuple(_signal(line, number) for number, line in enumerate(body, 1))
    return Header(*common, signals=signals, comments=comments, states_rate=bool(rate))


def _lines(data: bytes) -> list[str]:
    texts = (text.strip() for text in data.decode("utf-8", "replace").removeprefix("\ufeff").splitlines())
    return [text for text in texts if text and not text.startswith("#")]


def _segment(line: str) -> tuple[str, int]:
    name, _, length = line.partition(" ")
    if not re.fullmatch(r"\d{1,15}", length.strip()):
        raise UnreadableInput(f"The header's line of the segment {name[:40]} has no length.")
    return name, int(length)


def _signal(line: str, number: int) -> Signal:
    parts = line.split(maxsplit=8)
    found = _FORMAT.match(parts[1]) if len(parts) > 1 else None
    if not found:
        raise UnreadableInput(f"Signal {number} of the header has no storage format.")
    gain, baseline, unit = _scale(parts[2] if len(parts) > 2 else "")
    whole = [int(part) if re.fullmatch(r"[+-]?\d{1,10}", part) else 0 for part in parts[3:6]] + [0] * 3
    return Signal(
        file=parts[0],
        format=int(found["format"]),
        per_frame=max(1, int(found["per_frame"] or 1)),
        skew=int(found["skew"] or 0),
        offset=int(found["offset"] or 0),
        gain=gain,
        baseline=whole[1] if baseline is None else baseline,
        unit=unit,
        first=whole[2],
        name=parts[8] if len(parts) > 8 else f"signal {number}",
    )


def _scale(text: str) -> tuple[float | None, int | None, str]:
    """Return gain, baseline and unit of ``gain(baseline)/unit`` in whatever order; a gain of 0 is none."""
    gain = _NUMBER.match(text)
    rest = text[gain.end() :] if gain else text
    baseline = re.search(r"\(([+-]?\d+)(?:\.\d*)?\)", rest)
    unit = re.search(r"/([^\s(]+)", rest)
    value = float(gain[0]) if gain else 0.0
    return value or None, int(baseline[1]) if baseline else None, unit[1] if unit else "mV"
