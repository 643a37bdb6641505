"""The median beat: the usual beat of each lead, free of most noise, which axes, ST and QRS are measured on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.resampling import resampled

RATE_HZ = 500.0
BEFORE_S, AFTER_S = 0.4, 0.65
"""Around the R peak; less where beats follow each other faster."""
ALIGNING_S = 0.03
ALIKE = 0.8
"""Correlation with the median above which a beat is of the usual kind."""


@dataclass(frozen=True, eq=False)
class MedianBeat:
    """The usual beat.

    Attributes:
        uv: ``(n_leads, n)`` µV, each lead's level taken off.
        rate_hz: samples a second.
        r: its sample of the R peak.
        usual: ``(n_beats,)`` which of the beats given are of the usual kind; the others are left out.
    """

    uv: NDArray[np.float64]
    rate_hz: float
    r: int
    usual: NDArray[np.bool_]

    def ms(self, sample: float) -> float:
        """Return milliseconds from the R peak to a sample."""
        return (sample - self.r) * 1000 / self.rate_hz

    def sample(self, ms: float) -> int:
        """Return the sample so many milliseconds from the R peak, inside the beat."""
        return int(np.clip(round(self.r + ms * self.rate_hz / 1000), 0, self.uv.shape[1] - 1))


def no_beat(n_leads: int) -> MedianBeat:
    """Return what stands for the usual beat of leads in which there is none: one sample of zeros."""
    return MedianBeat(np.zeros((n_leads, 1)), RATE_HZ, 0, np.zeros(0, bool))


def _cut(uv: NDArray[np.float64], at: NDArray[np.int64], before: int, after: int) -> NDArray[np.float64]:
    """Return ``(n_beats, n_leads, before + after)`` around samples; NaN beyond the recording."""
    padded = np.pad(uv, ((0, 0), (before, after)), constant_values=np.nan)
    return np.stack([padded[:, r : r + before + after] for r in at])


def _median(beats: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median over beats, leaving gaps out; zero where all beats have one."""
    gaps = np.isnan(beats)
    if not gaps.any():
        whole: NDArray[np.float64] = np.median(beats, axis=0)
        return whole
    some = ~gaps.all(axis=0)
    middle = np.zeros(beats.shape[1:])
    middle[some] = np.nanmedian(beats[:, some], axis=0)
    return middle


def _likeness(beats: NDArray[np.float64], middle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the correlation of each beat with the middle one, over all leads at once."""
    flat = np.nan_to_num(beats).reshape(len(beats), -1)
    norm = np.linalg.norm(flat, axis=1) * np.linalg.norm(middle)
    likeness: NDArray[np.float64] = flat @ middle.ravel() / np.maximum(norm, 1e-9)
    return likeness


def median_beat(uv: NDArray[np.floating], rate_hz: float, r_peaks: NDArray[np.int64]) -> MedianBeat | None:
    """Return the median of the usual beats, aligned to each other, or None where there is no beat.

    Args:
        uv: ``(n_leads, n)`` µV, NaN where nothing was recorded.
        rate_hz: samples a second.
        r_peaks: samples of the beats.
    """
    if not len(r_peaks):
        return None
    at_500 = resampled(uv, rate_hz, RATE_HZ)
    peaks = at_500.from_original(r_peaks)
    rr_s = float(np.median(np.diff(peaks))) / RATE_HZ if len(peaks) > 1 else 1.0
    before, after = (int(s * RATE_HZ) for s in (min(BEFORE_S, 0.5 * rr_s), min(AFTER_S, 0.8 * rr_s)))
    slack = int(ALIGNING_S * RATE_HZ)
    beats = _cut(at_500.uv, peaks, before + slack, after + slack)
    beats = beats - _median(np.moveaxis(beats, 2, 0))[:, :, None]
    middle = _median(beats[:, :, slack:-slack])
    shifts = np.arange(2 * slack + 1)
    width = before + after
    likeness = np.stack([_likeness(beats[:, :, s : s + width], middle) for s in shifts], axis=1)
    best = likeness.argmax(axis=1)
    aligned = np.stack([beat[:, s : s + width] for beat, s in zip(beats, best, strict=True)])
    usual = likeness.max(axis=1) > ALIKE
    if not usual.any():
        usual[:] = True
    return MedianBeat(_median(aligned[usual]), RATE_HZ, before, usual)
