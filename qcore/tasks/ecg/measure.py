"""From a recording to everything that is measured on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg import measurements as table
from qcore.tasks.ecg.delineation.beats import r_peaks
from qcore.tasks.ecg.delineation.genuine import genuine_beats
from qcore.tasks.ecg.delineation.stretch import stretch_of
from qcore.tasks.ecg.delineation.waves import FIDUCIALS, Kind, Wave, delineated
from qcore.tasks.ecg.intervals import NOTHING_FOUND, GlobalWaves, global_waves
from qcore.tasks.ecg.measurements import Measurement
from qcore.tasks.ecg.median_beat import MedianBeat, median_beat, no_beat
from qcore.tasks.ecg.quality import LeadQuality, lead_quality
from qcore.tasks.ecg.rhythm import Rhythm, rhythm, rr_intervals_s
from qcore.tasks.ecg.swapped import swapped_arms


@dataclass(frozen=True, eq=False)
class Measured:
    """Everything measured on one recording; samples are those of the recording's own clock.

    Attributes:
        beats: ``(n_beats,)`` R peaks of the whole recording.
        fiducials: by lead, then by name (`FIDUCIALS`): samples, ascending. Leads that are not usable have none.
        stretch_s: start and stop of where waves were looked for; all of a recording of ordinary length.
        measurements: by key: rate_bpm, pr_ms, qrs_ms, qt_ms, qtc_bazett_ms, qtc_fridericia_ms, p_axis_deg,
            qrs_axis_deg, t_axis_deg, sdnn_ms, rmssd_ms. Each key is always there.
        st_mv: by lead.
        first_qtc: key of the QTc that fits the rate.
        quality: by lead.
        rhythm: RR intervals and whether they are regular.
        median: the usual beat of `leads`, or None where there are no beats.
        leads: those that were listened to, in the order of the rows of `median`.
        waves: onsets and offsets over all leads, or None where there are no beats.
        notes: what a reader should know: sentences.
    """

    beats: NDArray[np.int64]
    fiducials: Mapping[str, Mapping[str, list[int]]]
    stretch_s: tuple[float, float]
    measurements: Mapping[str, Measurement]
    st_mv: Mapping[str, Measurement]
    first_qtc: str
    quality: Mapping[str, LeadQuality]
    rhythm: Rhythm
    median: MedianBeat | None
    leads: tuple[str, ...]
    waves: GlobalWaves | None
    notes: tuple[str, ...]


def _moved(waves: list[Wave], by: int) -> list[Wave]:
    """Return waves so many samples later."""
    return [Wave(wave.kind, wave.onset + by, wave.peak + by, wave.offset + by) for wave in waves]


def _fiducials(waves: list[Wave]) -> dict[str, list[int]]:
    """Return samples by name."""
    peak: dict[Kind, str] = {"P": "P_peak", "QRS": "R_peak", "T": "T_peak"}
    found: dict[str, list[int]] = {name: [] for name in FIDUCIALS}
    for wave in waves:
        found[f"{wave.kind}_on"].append(wave.onset)
        found[peak[wave.kind]].append(wave.peak)
        found[f"{wave.kind}_off"].append(wave.offset)
    return found


def fiducials_between(ecg: Ecg, start_s: float, stop_s: float) -> dict[str, dict[str, list[int]]]:
    """Return the waves of a stretch, for every usable lead: what a page asks for while it scrolls through a long one.

    Args:
        ecg: the recording.
        start_s: seconds from its start.
        stop_s: seconds from its start; 10 s of one lead take about 40 ms.

    Returns:
        By lead and name (`FIDUCIALS`), samples on the clock of the whole recording.
    """
    first, last = (int(np.clip(s * ecg.rate_hz, 0, ecg.uv.shape[1])) for s in (start_s, stop_s))
    piece = ecg.uv[:, first:last]
    usable = [n for n, row in enumerate(piece) if lead_quality(row, ecg.rate_hz).usable]
    found = {}
    for n, waves in zip(usable, delineated(piece[usable], ecg.rate_hz), strict=True):
        found[ecg.leads[n]] = _fiducials(_moved(waves, first))
    return found


def _recorded(uv: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return ``(n,)`` whether any lead was recorded."""
    there: NDArray[np.bool_] = np.isfinite(uv).any(axis=0)
    return there


def _why_no_beats(leads: tuple[str, ...], peaks: NDArray[np.int64]) -> str:
    """Return why no beats were found, for people."""
    if not leads:
        return "No lead has a signal: no beats found."
    if not len(peaks):
        return "No beats found: nothing in this recording looks like a QRS complex."
    return "No beats found: the peaks in this recording do not look like each other, so it is noise."


def _notes(
    ecg: Ecg, stretch: tuple[int, int], quality: Mapping[str, LeadQuality], rest: Sequence[str]
) -> tuple[str, ...]:
    """Return what a reader should know, the first thing first."""
    notes = [note for note in rest if note]
    lost = [lead for lead, of_lead in quality.items() if not of_lead.usable]
    if lost and len(lost) < len(quality):
        notes.append(f"Nothing was measured on {', '.join(lost)}.")
    if stretch[1] - stretch[0] < ecg.uv.shape[1]:
        start, stop = (sample / ecg.rate_hz for sample in stretch)
        notes.append(f"Waves and intervals are those from {start:.0f} s to {stop:.0f} s, where it is steadiest.")
    if not ecg.calibrated:
        notes.append("The file does not say how many of its units are a millivolt: voltages may be off by a factor.")
    return tuple(notes)


def measure(ecg: Ecg) -> Measured:
    """Return beats, waves and measurements of a recording of any length, rate and number of leads.

    Nothing in a recording makes it fail: what cannot be measured says why.

    Args:
        ecg: the recording; leads are told by their names alone.
    """
    quality = {lead: lead_quality(row, ecg.rate_hz) for lead, row in zip(ecg.leads, ecg.uv, strict=True)}
    leads = tuple(lead for lead, of_lead in quality.items() if of_lead.usable)
    uv = ecg.uv[[ecg.leads.index(lead) for lead in leads]]
    peaks = r_peaks(uv, ecg.rate_hz)
    stretch = stretch_of(uv, ecg.rate_hz, peaks)
    piece = uv[:, stretch[0] : stretch[1]]
    waves = [_moved(of_lead, stretch[0]) for of_lead in delineated(piece, ecg.rate_hz)] if len(peaks) else []
    beats = genuine_beats(uv, ecg.rate_hz, peaks, waves, stretch)
    fiducials = {lead: _fiducials([]) for lead in ecg.leads}
    beat, found = None, NOTHING_FOUND
    if len(beats):
        fiducials |= {lead: _fiducials(of_lead) for lead, of_lead in zip(leads, waves, strict=True)}
        here = beats[(beats >= stretch[0]) & (beats < stretch[1])]
        beat = median_beat(piece, ecg.rate_hz, here - stretch[0])
        if beat is not None:
            found = global_waves(waves, here, ecg.rate_hz, beat)
    follows = rhythm(rr_intervals_s(beats, ecg.rate_hz, _recorded(uv)))
    shown = beat or no_beat(len(leads))
    rate = table.rate(follows)
    measurements = {
        "rate_bpm": rate,
        **table.durations(found, follows, ecg.sex),
        **table.axes(leads, shown, found, table.no_p_reason(found, follows)),
        **table.variability(follows),
    }
    st_mv = dict(table.st_levels(leads, shown, found, rate.value, (ecg.age_years, ecg.sex)))
    why = "" if len(beats) else _why_no_beats(leads, peaks)
    if why:
        measurements = {key: replace(of_key, reason=table.NO_BEATS) for key, of_key in measurements.items()}
        st_mv = {lead: replace(of_lead, reason=table.NO_BEATS) for lead, of_lead in st_mv.items()}
    arms = swapped_arms(leads, beat, found) if beat is not None else ""
    return Measured(
        beats=beats,
        fiducials=fiducials,
        stretch_s=(stretch[0] / ecg.rate_hz, stretch[1] / ecg.rate_hz),
        measurements=measurements,
        st_mv=st_mv,
        first_qtc=table.first_qtc(rate.value),
        quality=quality,
        rhythm=follows,
        median=beat,
        leads=leads,
        waves=None if beat is None else found,
        notes=_notes(ecg, stretch, quality, [why, arms]),
    )
