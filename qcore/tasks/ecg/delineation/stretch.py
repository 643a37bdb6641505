"""Where in a long recording waves are looked for."""

import numpy as np
from numpy.typing import NDArray

WHOLE_LEAD_SECONDS = 400.0
"""Leads times seconds up to which that is all of it: 12 leads of 33 s, one lead of more than 6 min."""
LENGTH_S = 10.0
MOST_CANDIDATES = 200
FEWEST_RR = 3


def stretch_of(uv: NDArray[np.floating], rate_hz: float, beats: NDArray[np.int64]) -> tuple[int, int]:
    """Return the first sample, and the one after the last, of where waves are looked for.

    Of a long recording that is the 10 s with the fewest gaps and, among these, the steadiest beats.

    Args:
        uv: ``(n_leads, n)`` µV, NaN where nothing was recorded.
        rate_hz: samples a second.
        beats: samples of the R peaks.
    """
    n = uv.shape[1]
    width = int(LENGTH_S * rate_hz)
    if uv.shape[0] * n / rate_hz <= WHOLE_LEAD_SECONDS or n <= width:
        return 0, n
    starts = np.linspace(0, n - width, min(MOST_CANDIDATES, n // width), dtype=int)
    gaps = np.array([np.isnan(uv[:, start : start + width]).mean() for start in starts])
    spread = np.full(len(starts), np.inf)
    for at, start in enumerate(starts):
        rr = np.diff(beats[np.searchsorted(beats, start) : np.searchsorted(beats, start + width)])
        if len(rr) >= FEWEST_RR:
            spread[at] = np.ptp(rr) / np.median(rr)
    best = int(starts[np.lexsort((spread, gaps))[0]])
    return best, best + width
