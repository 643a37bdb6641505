"""R peaks from all leads together: one for each beat, none across a gap."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, median_filter, minimum_filter1d, percentile_filter, uniform_filter1d
from scipy.signal import butter, find_peaks, sosfiltfilt

from qcore.io.ecg.resampling import filled, resampled

BAND_HZ = (5.0, 25.0)
"""Where a QRS complex has most of its energy and P, T and muscle have little (Pan and Tompkins 1985)."""
WORKING_HZ = 125.0
"""Enough for that band; the peak itself is looked up at the original rate."""
REFRACTORY_S = 0.2
SMOOTHING_S = 0.1
SHARE_OF_USUAL = 0.3
"""A peak of energy lower than this share of those around it is no beat (0.55 of the voltage)."""
AFTER_BEAT_S = 0.36
SHARE_OF_LAST = 0.35
"""So soon after a beat a peak of less energy than this share of that beat's is its T wave."""
SPIKE_S = 0.006
"""Pacing spikes are shorter, QRS complexes are not."""
LEAST_SPIKE_UV = 300.0
SPIKE_SHARE = 0.6
SLOWEST_RATE_HZ = 30.0
"""At lower sampling rates a QRS complex is a sample or two."""
LEAST_UV = 30.0
"""A root mean square in that band below which nothing is a beat, at its peak."""


def without_spikes(uv: NDArray[np.floating], rate_hz: float) -> NDArray[np.float64]:
    """Return ``(n_leads, n)`` without gaps and without pacing spikes; the rate decides whether those can be told."""
    whole = filled(uv)
    width = int(2 * SPIKE_S * rate_hz) | 1
    if width < 5:
        return whole
    for row in whole:
        smooth = median_filter(row, width)
        away = np.abs(row - smooth)
        height = maximum_filter1d(row, width) - minimum_filter1d(row, width)
        # In so short a time the steepest QRS leaves its median by a quarter of its height, a spike by all of it.
        spikes = away > np.maximum(LEAST_SPIKE_UV, SPIKE_SHARE * height)
        if 0 < spikes.mean() < 0.02:
            near = maximum_filter1d(spikes, width)
            row[near] = smooth[near]
    return whole


def energy(uv: NDArray[np.floating], rate_hz: float) -> NDArray[np.float64]:
    """Return ``(n,)`` µV²: mean over leads of the energy in the band of QRS, over `SMOOTHING_S`.

    A lead counts for at most four times the median lead, so that one noisy lead is not heard alone.
    """
    nyquist = rate_hz / 2
    band = sosfiltfilt(
        butter(2, (BAND_HZ[0], min(BAND_HZ[1], 0.9 * nyquist)), "bandpass", fs=rate_hz, output="sos"),
        uv,
        axis=1,
        padlen=min(int(rate_hz), uv.shape[1] - 1),
    )
    band *= band
    typical = np.percentile(band, 98, axis=1)
    live = typical > 0
    if not live.any():
        return np.zeros(uv.shape[1])
    usual = float(np.median(typical[live]))
    weight = np.where(typical > 4 * usual, 4 * usual / np.maximum(typical, 1e-12), 1.0)
    mean: NDArray[np.float64] = weight[live] @ band[live] / live.sum()
    smooth: NDArray[np.float64] = uniform_filter1d(mean, max(int(SMOOTHING_S * rate_hz), 1))
    return smooth


def _chosen(power: NDArray[np.float64], rate_hz: float) -> NDArray[np.int64]:
    """Return samples of the peaks of energy that are beats."""
    peaks, _ = find_peaks(power, distance=max(int(REFRACTORY_S * rate_hz), 1), height=LEAST_UV**2)
    if not len(peaks):
        return np.zeros(0, np.int64)
    # What is usual here: a high percentile of the highest energy of each half second, over about 8 s around it.
    block = max(int(0.5 * rate_hz), 1)
    n_blocks = -(-len(power) // block)
    padded = np.pad(power, (0, n_blocks * block - len(power)))
    tops = percentile_filter(padded.reshape(n_blocks, block).max(1), 70, size=17, mode="nearest")
    usual = tops[np.minimum(peaks // block, n_blocks - 1)]
    kept: list[int] = []
    for peak in peaks[power[peaks] > SHARE_OF_USUAL**2 * usual].tolist():
        soon = kept and peak - kept[-1] < AFTER_BEAT_S * rate_hz
        if not (soon and power[peak] < SHARE_OF_LAST * power[kept[-1]]):
            kept.append(peak)
    return np.array(kept, np.int64)


def sharpest(uv: NDArray[np.floating], rate_hz: float, near: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each sample, the one within 80 ms where all leads together are farthest from their level there."""
    reach = max(int(0.08 * rate_hz), 1)
    at = np.clip(near[:, None] + np.arange(-reach, reach + 1)[None], 0, uv.shape[1] - 1)
    far = np.zeros(at.shape)
    for row in uv:
        around = row[at]
        far += np.abs(around - np.median(around, axis=1, keepdims=True))
    found: NDArray[np.int64] = at[np.arange(len(at)), far.argmax(1)]
    return found


def r_peaks(uv: NDArray[np.floating], rate_hz: float) -> NDArray[np.int64]:
    """Return samples of the beats, ascending; none where there are none.

    Args:
        uv: ``(n_leads, n)`` µV of leads worth hearing, NaN where nothing was recorded.
        rate_hz: samples a second.

    Returns:
        ``(n_beats,)`` on the clock of `uv`; none lies where no lead was recorded.
    """
    if uv.shape[0] == 0 or uv.shape[1] < rate_hz / 2 or rate_hz < SLOWEST_RATE_HZ:
        return np.zeros(0, np.int64)
    clean = without_spikes(uv, rate_hz)
    slow = resampled(clean, rate_hz, WORKING_HZ) if rate_hz > 1.5 * WORKING_HZ else None
    working, working_hz = (clean, rate_hz) if slow is None else (slow.uv, WORKING_HZ)
    found = _chosen(energy(working, working_hz), working_hz)
    if slow is not None:
        found = slow.to_original(found)
    if not len(found):
        return found
    found = np.unique(sharpest(clean, rate_hz, np.minimum(found, uv.shape[1] - 1)))
    recorded: NDArray[np.bool_] = np.isfinite(uv).any(axis=0)[found]
    return found[recorded]
