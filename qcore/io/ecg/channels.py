"""From what a file calls channels to the leads of one `Ecg`: names, one clock, derived leads, and doubts."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from qcore.errors import UnreadableInput
from qcore.io.ecg.leads import INDEPENDENT, STANDARD, derived, lead_name
from qcore.io.ecg.limits import check_rate, check_size
from qcore.io.ecg.record import Ecg, Microvolts

_LEAD = re.compile(r"(?:ECG|EKG|ML|MCL|CM\d|CC\d|CS\d|V\d?R?\b|[XYZ]$|E[SA]$|A[SI]$)", re.IGNORECASE)
_OTHER = re.compile(
    r"(?:RESP|PLETH|ABP|ART\b|PAP|CVP|ICP|N?I?BP\b|SP?[AO]O?2|E?T?CO2|EEG|EOG|EMG|EDA|GSR|TEMP|STATUS|TRIG|MARKER"
    r"|EVENT|BATT|ACC|AIRFLOW|SNORE|PULSE|HR\b|(?:FP|AF|FC|CP|PO|FT|TP|[FCPOT])[Z\d]\d?(?:\b|-))",
    re.IGNORECASE,
)
PLAUSIBLE_UV = (50.0, 20_000.0)
"""Between what the highest waves of an electrocardiogram lie, from peak to trough."""
WINDOWS = 60


@dataclass(frozen=True, eq=False)
class Channel:
    """A lead as a file stores it.

    Attributes:
        name: as the file spells it.
        uv: ``(n_samples,)`` µV, NaN in gaps.
        rate_hz: samples a second.
    """

    name: str
    uv: Microvolts
    rate_hz: float


def assembled(
    channels: Sequence[Channel],
    format: str,  # noqa: A002 - the name of the field
    medians: Mapping[str, Microvolts] | None = None,
    notes: Sequence[str] = (),
    **others: Any,
) -> Ecg:
    """Return channels as one recording.

    Channels that are no leads are left out where there are leads; those with more samples a second are averaged down.
    Where the eight independent leads are there, those of the other four that are missing are calculated.

    Args:
        channels: what the file holds.
        format: of the file, for people.
        medians: ``(n,)`` µV of the median beat by the file's name of the lead.
        notes: what the reader has found.
        others: further attributes of `Ecg`.

    Raises:
        UnreadableInput: there is no channel, or too much.
    """
    said = list(notes)
    kept = _same_rate(_leads_of(channels, said), said)
    rate_hz, length = check_rate(kept[0].rate_hz), max(channel.uv.size for channel in kept)
    check_size(len(kept), length)
    rows: dict[str, Microvolts] = {}
    for channel in kept:
        rows[_unused(lead_name(channel.name) or "unnamed", rows)] = _padded(channel.uv, length)
    beats = {lead_name(name): values for name, values in (medians or {}).items()}
    calculated = _complete(rows)
    _complete(beats)
    uv = np.stack(list(rows.values()))
    said += _doubts(uv, rate_hz)
    return Ecg(
        leads=tuple(rows), uv=uv, rate_hz=rate_hz, format=format, derived=frozenset(calculated),
        median=_median(tuple(rows), beats), notes=tuple(said), **others,
    )  # fmt: skip


def _leads_of(channels: Sequence[Channel], said: list[str]) -> list[Channel]:
    if not channels:
        raise UnreadableInput("The file holds no voltages: there is no electrocardiogram in it.")
    names = [lead_name(channel.name) for channel in channels]
    is_lead = [name in STANDARD or bool(_LEAD.match(name)) for name in names]
    is_other = [not lead and bool(_OTHER.match(name)) for lead, name in zip(is_lead, names, strict=True)]
    if not any(is_lead):
        said.append(f"No channel is named like a lead of an electrocardiogram: {', '.join(names[:12])}.")
    if all(is_other):
        return list(channels)
    left_out = [name for name, other in zip(names, is_other, strict=True) if other]
    if left_out:
        said.append(f"Left out, because they are no leads: {', '.join(left_out)}.")
    return [channel for channel, other in zip(channels, is_other, strict=True) if not other]


def _same_rate(channels: list[Channel], said: list[str]) -> list[Channel]:
    """Bring leads to the rate of most of them, by averaging whole numbers of samples as WFDB's software does."""
    rates = [channel.rate_hz for channel in channels]
    rate_hz = max(sorted(set(rates)), key=rates.count)
    if not min(rates) > 0:
        raise UnreadableInput("The file declares a lead without samples or without a rate.")
    same = []
    for channel in channels:
        times = channel.rate_hz / rate_hz
        if times == 1:
            same.append(channel)
        elif times == int(times):
            whole = channel.uv[: channel.uv.size // int(times) * int(times)].reshape(-1, int(times))
            same.append(Channel(channel.name, whole.mean(1, dtype=np.float32), rate_hz))
            said.append(f"{channel.name} has {channel.rate_hz:g} Hz and was averaged to {rate_hz:g} Hz.")
        else:
            said.append(f"{channel.name} was left out: its {channel.rate_hz:g} Hz do not fit {rate_hz:g} Hz.")
    return same


def _unused(name: str, taken: Mapping[str, object]) -> str:
    number = 2
    unused = name
    while unused in taken:
        unused = f"{name} ({number})"
        number += 1
    return unused


def _padded(uv: Microvolts, length: int) -> Microvolts:
    if uv.size == length:
        return uv
    padded = np.full(length, np.nan, np.float32)
    padded[: uv.size] = uv
    return padded


def _complete(rows: dict[str, Microvolts]) -> list[str]:
    """Add those of the twelve leads that follow from the others; return which."""
    if not set(INDEPENDENT) <= rows.keys() or rows["I"].size != rows["II"].size:
        return []
    missing = {name: uv for name, uv in derived(rows["I"], rows["II"]).items() if name not in rows}
    rows.update({name: np.asarray(uv, np.float32) for name, uv in missing.items()})
    return list(missing)


def _median(leads: tuple[str, ...], beats: dict[str, Microvolts]) -> Microvolts | None:
    if not set(leads) & beats.keys():
        return None
    longest = max(beat.size for beat in beats.values())
    nothing = np.empty(0, np.float32)
    return np.stack([_padded(beats.get(lead, nothing), longest) for lead in leads])


def _doubts(uv: Microvolts, rate_hz: float) -> list[str]:
    """Return sentences on gaps, and on waves of a height that no heart makes: the unit may be wrong."""
    said = []
    n_missing = int(np.isnan(uv).all(0).sum())
    if n_missing:
        said.append(f"Nothing was recorded for {n_missing / rate_hz:.3g} s of it: gaps are shown as gaps.")
    height = max(_height(row, rate_hz) for row in uv)
    if 0 < height < PLAUSIBLE_UV[0] or height > PLAUSIBLE_UV[1]:
        said.append(
            f"The highest waves measure {height / 1000:.3g} mV, which no heart makes: "
            "the unit or the gain that the file states may be wrong."
        )
    return said


def _height(uv: Microvolts, rate_hz: float) -> float:
    """Return how high waves are: the upper quartile, over seconds, of the range in one."""
    size = min(max(1, round(rate_hz)), uv.size)
    starts = np.unique(np.linspace(0, uv.size - size, WINDOWS).astype(int))
    windows = np.stack([uv[start : start + size] for start in starts])
    whole = windows[~np.isnan(windows).any(1)]
    return float(np.quantile(np.ptp(whole, axis=1), 0.75)) if len(whole) else 0.0
