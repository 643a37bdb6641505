"""From a recording to what the models read: eight leads, 100 Hz, ten seconds; or a sentence on why that cannot be."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.io.ecg.band import RATE_HZ, in_band
from qcore.io.ecg.leads import CHEST, INDEPENDENT
from qcore.io.ecg.record import Ecg
from qcore.io.ecg.resampling import filled, resampled
from qcore.tasks.ecg.question import N_SAMPLES

MOST_WINDOWS = 6
"""Spread evenly over a longer recording."""
SHORTEST_S, LONGEST_S = 4.0, 600.0
"""Shorter, there are too few beats; longer is no resting ECG but a Holter, which shows rhythm, not a diagnosis."""
LEAST_RECORDED = 0.5
"""Share of a window in which a lead must have been recorded."""
HIGHEST_UV = 20_000.0
"""Nothing that a heart does is larger: an artefact is cut off there, lest it be all that a filter leaves."""


@dataclass(frozen=True, eq=False)
class Windows:
    """A recording as the models see it.

    Attributes:
        x: ``(n_windows, 8, N_SAMPLES)`` mV, leads as in `INDEPENDENT`; 0 where nothing was recorded.
        starts: ``(n_windows,)`` first sample of each window, at `RATE_HZ`.
        notes: what was done to see it so: sentences.
    """

    x: Tensor
    starts: NDArray[np.int64]
    notes: tuple[str, ...]


def windows(ecg: Ecg) -> Windows:
    """Return a recording as the models see it.

    Raises:
        InvalidValue: it cannot be seen so: leads are missing, it is too short or too long, or nothing was recorded.
    """
    eight, notes = _eight_leads(ecg)
    if not SHORTEST_S <= ecg.seconds <= LONGEST_S:
        limit = (
            f"{SHORTEST_S:g} s are the shortest"
            if ecg.seconds < SHORTEST_S
            else f"{LONGEST_S / 60:g} minutes are the longest: longer recordings show rhythm, not a 12-lead diagnosis"
        )
        raise InvalidValue(f"The recording lasts {ecg.seconds:,.1f} s, and {limit} of which diagnoses are given.")
    at_rate = resampled(eight, ecg.rate_hz, RATE_HZ).uv
    recorded = np.isfinite(at_rate)
    if not recorded.any():
        raise InvalidValue("No lead holds any voltage, so that there is nothing to be diagnosed.")
    mv = in_band(np.clip(filled(at_rate), -HIGHEST_UV, HIGHEST_UV)) * recorded
    starts = _starts(mv.shape[1])
    cut = np.stack([_cut(mv, start) for start in starts])
    whole = np.stack(
        [_cut(recorded, start).mean(axis=1).min() >= LEAST_RECORDED * _share(mv.shape[1]) for start in starts]
    )
    if not whole.any():
        raise InvalidValue(
            "In no ten seconds of the recording were leads I, II and V1 to V6 recorded for half of the time or more, "
            "so that no diagnosis is given."
        )
    return Windows(torch.from_numpy(cut[whole].astype(np.float32)), starts[whole], notes)


def _eight_leads(ecg: Ecg) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return ``(8, n)`` µV of the leads from which all twelve follow, I and II from other limb leads if need be."""
    have = {name: np.asarray(ecg[name], dtype=np.float64) for name in ecg.leads}
    notes = []
    for name, made in _FROM_OTHERS.items():
        if name not in have:
            for others, weights in made:
                if set(others) <= set(have):
                    have[name] = np.asarray(weights) @ np.stack([have[other] for other in others])
                    notes.append(f"Lead {name} is calculated from {' and '.join(others)}.")
                    break
    missing = [name for name in INDEPENDENT if name not in have]
    if missing:
        only = len(missing) == len(INDEPENDENT) or not set(CHEST) & set(have)
        why = (
            "It has no chest leads" if only else f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        )
        raise InvalidValue(
            f"Diagnoses need leads I, II and V1 to V6. {why}, so that beats and intervals are measured and no "
            "diagnosis is given."
        )
    return np.stack([have[name] for name in INDEPENDENT]), tuple(notes)


_FROM_OTHERS = {
    "I": ((("II", "III"), (1.0, -1.0)), (("aVL", "aVR"), (2 / 3, -2 / 3)), (("aVL", "aVF"), (4 / 3, 2 / 3))),
    "II": (
        (("I", "III"), (1.0, 1.0)),
        (("aVF", "aVR"), (2 / 3, -2 / 3)),
        (("I", "aVF"), (0.5, 1.0)),
        (("I", "aVR"), (-1.0, -2.0)),
    ),
}
"""Einthoven: I = II - III; and from Goldberger's leads, which add up to 0: I = (aVL - aVR) 2/3."""


def _starts(n: int) -> NDArray[np.int64]:
    if n <= N_SAMPLES:
        return np.zeros(1, np.int64)
    count = min(MOST_WINDOWS, -(-n // N_SAMPLES))
    return np.linspace(0, n - N_SAMPLES, count).round().astype(np.int64)


def _share(n: int) -> float:
    """Return which share of a window a recording of that length can fill."""
    return min(1.0, n / N_SAMPLES)


def _cut(values: NDArray[np.generic], start: int) -> NDArray[np.generic]:
    """Return ``(8, N_SAMPLES)`` from a sample on; what a short recording leaves is 0."""
    part = values[:, start : start + N_SAMPLES]
    return np.pad(part, ((0, 0), (0, N_SAMPLES - part.shape[1])))
