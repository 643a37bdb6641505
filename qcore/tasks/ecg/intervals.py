"""P, QRS and T of the usual beat over all leads: where the earliest begin and the last end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from qcore.tasks.ecg.delineation.waves import Kind, Wave
from qcore.tasks.ecg.median_beat import MedianBeat

EARLIEST: Mapping[Kind, float] = {"P": 0.5, "QRS": 0.25, "T": 0.25}
"""Quantile over leads that stands for the earliest onset, and from the other end for the latest offset: the extremes
themselves are one lead's noise. P is so low in many leads that machines measure it about where half of them see it."""
NEAR_BEAT_MS = 40.0
SHARE_OF_BEATS = 0.5
"""A wave that fewer of the usual beats have was not found."""
SLOPE_UV_MS = 2.5
"""Slope, root mean square over leads, below which there is no QRS in the median beat. Machines' QRS of four real files
(PageWriter, MRx, two of unnamed make) is met to 6 ms by it, but for one whose leads do not agree with its own sum."""
QUIET_MS = 8.0
RESTLESS = 2.0
"""A lead whose slope at rest is so many times that of the usual lead is too noisy to say where QRS ends."""
LEADS_FOR_SLOPE = 3
LEAST_OF_LEADS = 0.6
"""Where the slope stays high for less than this share of what the leads show, beats are too unlike for one median."""


@dataclass(frozen=True)
class GlobalWaves:
    """Onsets and offsets over all leads, milliseconds from the R peak; NaN where the wave was not found.

    Attributes:
        onset_ms: of P, QRS and T.
        offset_ms: of these.
        pr_spread_ms: 1.48 median deviations of the time from P to QRS over the usual beats; NaN of fewer than three.
    """

    onset_ms: Mapping[Kind, float]
    offset_ms: Mapping[Kind, float]
    pr_spread_ms: float


_NOWHERE: Mapping[Kind, float] = {"P": np.nan, "QRS": np.nan, "T": np.nan}
NOTHING_FOUND = GlobalWaves(_NOWHERE, _NOWHERE, np.nan)


def _by_beat(waves: Sequence[Wave], r_peaks: NDArray[np.int64], rate_hz: float) -> dict[Kind, NDArray[np.float64]]:
    """Return, for each kind, ``(n_beats, 2)`` ms from the R peak to a lead's onset and offset, NaN where none is."""
    near = NEAR_BEAT_MS * rate_hz / 1000
    found: dict[Kind, NDArray[np.float64]] = {kind: np.full((len(r_peaks), 2), np.nan) for kind in ("P", "QRS", "T")}
    complexes = [wave for wave in waves if wave.kind == "QRS"]
    for beat, r in enumerate(r_peaks.tolist()):
        here = next((wave for wave in complexes if wave.onset - near <= r <= wave.offset + near), None)
        if here is None:
            continue
        before = max((wave.offset for wave in complexes if wave.offset < here.onset), default=-1)
        after = min((wave.onset for wave in complexes if wave.onset > here.offset), default=np.inf)
        p = [w for w in waves if w.kind == "P" and before < w.onset < here.onset]
        t = [w for w in waves if w.kind == "T" and here.onset < w.onset < after]
        of_beat: dict[Kind, Wave | None] = {"P": p[-1] if p else None, "QRS": here, "T": t[0] if t else None}
        for kind, wave in of_beat.items():
            if wave is not None:
                found[kind][beat] = np.array([wave.onset - r, wave.offset - r]) * 1000 / rate_hz
    return found


def _slope_bounds(beat: MedianBeat, onset_ms: float, offset_ms: float) -> tuple[float, float]:
    """Return ms of the first and last sample of QRS by slope, at most 20 ms outside the ends given.

    Onset and offset are looked for outwards from the steepest sample, to where the slope stays low.
    """
    per_ms = beat.rate_hz / 1000
    slopes = np.gradient(gaussian_filter1d(beat.uv, 3 * per_ms, axis=1), axis=1) * per_ms
    rest = np.percentile(np.abs(slopes), 25, axis=1)
    calm = rest <= max(RESTLESS * float(np.median(rest)), SLOPE_UV_MS / 5)
    slope = np.sqrt((slopes[calm] ** 2).mean(axis=0))
    first, last = beat.sample(onset_ms - 20), beat.sample(offset_ms + 20)
    quiet = max(int(QUIET_MS * per_ms), 1)
    least = max(SLOPE_UV_MS, 1.5 * float(np.percentile(slope, 25)))
    top = first + int(slope[first : last + 1].argmax())
    low = slope < least
    start, stop = top, top
    while start > first and not low[max(start - quiet, 0) : start].all():
        start -= 1
    while stop < last and not low[stop + 1 : stop + 1 + quiet].all():
        stop += 1
    return beat.ms(start), beat.ms(stop)


def global_waves(
    waves: Sequence[Sequence[Wave]], r_peaks: NDArray[np.int64], rate_hz: float, beat: MedianBeat
) -> GlobalWaves:
    """Return P, QRS and T of the usual beat over all leads.

    Args:
        waves: of each lead that was listened to.
        r_peaks: of the stretch in which waves were looked for, as `beat` was made from them.
        rate_hz: of these.
        beat: the median beat.
    """
    onset: dict[Kind, float] = {}
    offset: dict[Kind, float] = {}
    leads = [_by_beat(lead, r_peaks, rate_hz) for lead in waves]
    kinds: tuple[Kind, ...] = ("P", "QRS", "T")
    for kind in kinds:
        usual = np.stack([lead[kind][beat.usual] for lead in leads])
        enough = np.isfinite(usual[:, :, 0]).mean(axis=1) >= SHARE_OF_BEATS
        if not enough.any():
            onset[kind] = offset[kind] = np.nan
            continue
        middle = np.nanmedian(usual[enough], axis=1)
        onset[kind] = float(np.quantile(middle[:, 0], EARLIEST[kind]))
        offset[kind] = float(np.quantile(middle[:, 1], 1 - EARLIEST[kind]))
    if np.isfinite(onset["QRS"]) and len(leads) >= LEADS_FOR_SLOPE:
        first, last = _slope_bounds(beat, onset["QRS"], offset["QRS"])
        if last - first >= LEAST_OF_LEADS * (offset["QRS"] - onset["QRS"]):
            onset["QRS"], offset["QRS"] = first, last
    starts = np.stack([lead["P"][beat.usual, 0] - lead["QRS"][beat.usual, 0] for lead in leads])
    with_p = np.isfinite(starts).any(axis=0)
    pr = np.array([np.nanmedian(starts[:, b]) for b in np.nonzero(with_p)[0]])
    spread = float(1.4826 * np.median(np.abs(pr - np.median(pr)))) if len(pr) >= 3 else np.nan
    return GlobalWaves(onset, offset, spread)
