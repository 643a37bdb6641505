"""Which peaks are beats: those that look like each other, and that the delineator calls QRS."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from qcore.io.ecg.resampling import filled
from qcore.tasks.ecg.delineation.waves import Wave

BAND_HZ = (1.0, 40.0)
HALF_S = 0.18
NEIGHBOURS = 0.75
"""A beat need be like a quarter of the others only: there may be several kinds, and T waves among them."""
ALIKE = 0.5
"""Correlation below which peaks are noise. White noise, muscle and wandering, alone in one lead, stay below 0.42;
single leads of LUDB with 80 µV of noise on top lie above 0.6 mostly, and above 0.9 without."""
DOUBTFUL = 0.6
CLEARLY_MORE = 0.1
"""Below such a likeness the network is asked for the beats, and believed where its own are so much more alike."""
COMPARED = 60
FEWEST = 4
NEAR_S = 0.08


def likeness(uv: NDArray[np.floating], rate_hz: float, beats: NDArray[np.int64]) -> float:
    """Return how much the typical beat is like its likes: a correlation over all leads.

    NaN of fewer than `FEWEST` whole beats, which cannot be compared.

    Args:
        uv: ``(n_leads, n)`` µV, NaN where nothing was recorded.
        rate_hz: samples a second.
        beats: samples of the peaks, ascending.
    """
    half = int(HALF_S * rate_hz)
    whole = beats[(beats >= half) & (beats + half < uv.shape[1])][:COMPARED]
    if len(whole) < FEWEST:
        return float("nan")
    upper = min(BAND_HZ[1], 0.4 * rate_hz)
    band = butter(2, (BAND_HZ[0], upper), "bandpass", fs=rate_hz, output="sos")
    last = min(int(whole[-1]) + 2 * half, uv.shape[1])
    smooth = sosfiltfilt(band, filled(uv[:, :last]), axis=1, padlen=min(int(rate_hz), last - 1))
    pieces = np.stack([smooth[:, r - half : r + half] for r in whole])
    flat = (pieces - pieces.mean(axis=2, keepdims=True)).reshape(len(pieces), -1)
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)
    others = (flat @ flat.T)[~np.eye(len(flat), dtype=bool)].reshape(len(flat), -1)
    return float(np.median(np.quantile(others, NEIGHBOURS, axis=1)))


def confirmed(
    beats: NDArray[np.int64], waves: Sequence[Sequence[Wave]], rate_hz: float, stretch: tuple[int, int]
) -> NDArray[np.int64]:
    """Return the beats without those of a stretch that are a P or T wave in most leads and near no QRS.

    What is in no wave at all stays: extra beats may look like nothing the network has seen.

    Args:
        beats: of the whole recording.
        waves: of each lead, found in the stretch.
        rate_hz: samples a second.
        stretch: its first sample and the one after its last.
    """
    inside = (beats >= stretch[0]) & (beats < stretch[1])
    near = int(NEAR_S * rate_hz)
    complexes = [wave for lead in waves for wave in lead if wave.kind == "QRS"]
    others = [wave for lead in waves for wave in lead if wave.kind != "QRS"]
    if not complexes:
        return beats
    in_qrs = _covered_by(beats, complexes, near) > 0
    in_other = _covered_by(beats, others, 0) > len(waves) / 2
    return beats[~inside | in_qrs | ~in_other]


def genuine_beats(
    uv: NDArray[np.floating],
    rate_hz: float,
    beats: NDArray[np.int64],
    waves: Sequence[Sequence[Wave]],
    stretch: tuple[int, int],
) -> NDArray[np.int64]:
    """Return the beats that are some, none where a recording is noise.

    Args:
        uv: ``(n_leads, n)`` µV, NaN where nothing was recorded.
        rate_hz: samples a second.
        beats: peaks of energy of the whole recording.
        waves: of each lead, found in the stretch.
        stretch: its first sample and the one after its last.
    """
    inside = (beats >= stretch[0]) & (beats < stretch[1])
    kept = confirmed(beats, waves, rate_hz, stretch)
    alike = likeness(uv, rate_hz, kept)
    if alike < DOUBTFUL:
        seen = max(([w.peak for w in lead if w.kind == "QRS"] for lead in waves), key=len, default=[])
        others = np.union1d(beats[~inside], np.array(seen, np.int64))
        others_alike = likeness(uv, rate_hz, others)
        if others_alike > alike + CLEARLY_MORE:
            kept, alike = others, others_alike
    return kept[:0] if alike < ALIKE else kept


def _covered_by(beats: NDArray[np.int64], waves: Sequence[Wave], near: int) -> NDArray[np.int64]:
    """Return ``(n_beats,)`` how many waves each beat lies in, or so many samples from."""
    starts = np.array([wave.onset - near for wave in waves], np.int64)
    stops = np.array([wave.offset + near for wave in waves], np.int64)
    inside = (beats[:, None] >= starts) & (beats[:, None] <= stops)
    waves_at: NDArray[np.int64] = inside.sum(axis=1)
    return waves_at
