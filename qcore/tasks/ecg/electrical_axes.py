"""Frontal axes of P, QRS and T from the median beat."""

import numpy as np
from numpy.typing import NDArray

from qcore.tasks.ecg.delineation.waves import Kind
from qcore.tasks.ecg.intervals import GlobalWaves
from qcore.tasks.ecg.median_beat import MedianBeat

LEVEL_MS = 16.0
"""Before QRS begins, the trace is level for as long: PR segment."""
LEAST_AREA_UV_MS = {"P": 300.0, "QRS": 1500.0, "T": 1500.0}
"""A vector shorter than this has no direction that could be told from noise."""


def level_uv(beat: MedianBeat, qrs_onset_ms: float) -> NDArray[np.float64]:
    """Return ``(n_leads,)`` µV before QRS, from which areas and ST are measured."""
    stop = beat.sample(qrs_onset_ms)
    start = max(stop - int(LEVEL_MS * beat.rate_hz / 1000), 0)
    level: NDArray[np.float64] = beat.uv[:, start : stop + 1].mean(axis=1)
    return level


def areas_uv_ms(beat: MedianBeat, found: GlobalWaves, kind: Kind) -> NDArray[np.float64]:
    """Return ``(n_leads,)`` net areas: P above the line between its ends, QRS and T above the level before QRS."""
    first, last = beat.sample(found.onset_ms[kind]), beat.sample(found.offset_ms[kind])
    piece = beat.uv[:, first : last + 1]
    if kind == "P":
        base = np.linspace(piece[:, 0], piece[:, -1], piece.shape[1], axis=1)
    else:
        base = level_uv(beat, found.onset_ms["QRS"])[:, None]
    areas: NDArray[np.float64] = (piece - base).sum(axis=1) * 1000 / beat.rate_hz
    return areas


def axis_deg(areas: dict[str, float], kind: Kind) -> float | None:
    """Return the frontal axis, -180 to 180 degrees, from the net areas in I and aVF; None where it has no direction.

    Goldberger's aVF is smaller than a lead between two limbs by 2/√3, as follows from Einthoven's triangle.

    Args:
        areas: by lead; I, and aVF or else II or III.
        kind: whose.
    """
    i = areas["I"]
    avf = areas["aVF"] if "aVF" in areas else areas["II"] - i / 2 if "II" in areas else areas["III"] + i / 2
    upward = 2 / np.sqrt(3) * avf
    if np.hypot(i, upward) < LEAST_AREA_UV_MS[kind]:
        return None
    return float(np.degrees(np.arctan2(upward, i)))
