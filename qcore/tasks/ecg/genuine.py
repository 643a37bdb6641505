"""Which peaks are beats: those that look like each other, and that the delineator calls QRS."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qcore.tasks.ecg.waves import Wave

HALF_S = 0.12
ALIKE = 0.4
"""Median correlation of single beats with their median, over all leads, below which they are noise. Beats of LUDB with
as much noise as signal have 0.7 and more, pure noise 0.3 and less."""
COMPARED = 60
FEWEST = 4
NEAR_S = 0.08
MOST = 0.5
"""A delineator that found fewer complexes than this share of the beats is not asked."""


def likeness(uv: NDArray[np.floating], rate_hz: float, beats: NDArray[np.int64]) -> float:
    """Return the median correlation of beats with their median, over all leads; NaN of fewer than `FEWEST` whole ones.

    Args:
        uv: ``(n_leads, n)`` µV, NaN where nothing was recorded.
        rate_hz: samples a second.
        beats: samples of the peaks.
    """
    half = int(HALF_S * rate_hz)
    some = beats[:: max(len(beats) // COMPARED, 1)]
    whole = some[(some >= half) & (some + half < uv.shape[1])]
    if len(whole) < FEWEST:
        return float("nan")
    pieces = np.nan_to_num(np.stack([uv[:, r - half : r + half] for r in whole]))
    flat = (pieces - pieces.mean(axis=2, keepdims=True)).reshape(len(pieces), -1)
    # Each against the median of the others: its own noise must not make it alike.
    odd, even = flat[::2], flat[1::2]
    pairs = ((odd, np.median(even, axis=0)), (even, np.median(odd, axis=0)))
    alike = [
        these @ middle / np.maximum(np.linalg.norm(these, axis=1) * np.linalg.norm(middle), 1e-9)
        for these, middle in pairs
    ]
    return float(np.median(np.concatenate(alike)))


def confirmed(
    beats: NDArray[np.int64], waves: Sequence[Sequence[Wave]], rate_hz: float, stretch: tuple[int, int]
) -> NDArray[np.int64]:
    """Return the beats without those of a stretch that lie in no QRS of any lead: T waves and bursts of noise.

    Without any QRS in the stretch none of several peaks there is a beat: regular waves that are no heart's.

    Args:
        beats: of the whole recording.
        waves: of each lead, found in the stretch.
        rate_hz: samples a second.
        stretch: its first sample and the one after its last.
    """
    complexes = [wave for lead in waves for wave in lead if wave.kind == "QRS"]
    inside = (beats >= stretch[0]) & (beats < stretch[1])
    most = max((sum(wave.kind == "QRS" for wave in lead) for lead in waves), default=0)
    if not complexes and inside.sum() >= FEWEST:
        return beats[~inside]
    if most < MOST * inside.sum() or not complexes:
        return beats
    near = NEAR_S * rate_hz
    starts = np.array([wave.onset - near for wave in complexes])
    stops = np.array([wave.offset + near for wave in complexes])
    seen = ((beats[:, None] >= starts) & (beats[:, None] <= stops)).any(axis=1)
    return beats[seen | ~inside]
