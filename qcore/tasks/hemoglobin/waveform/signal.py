"""A recording as the waveform model reads it: ten seconds at 100 Hz, in mV, between 0.5 and 40 Hz.

Of the twelve leads the eight independent ones are read; the other four are sums of them, which the first convolution
can form itself.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, resample_poly, sosfiltfilt

from qcore.errors import UnreadableInput
from qcore.io.ecg.leads import INDEPENDENT
from qcore.io.ecg.record import Ecg

RATE_HZ, SECONDS = 100, 10
N_SAMPLES = RATE_HZ * SECONDS
SHORTEST_S = 5
BAND_HZ = (0.5, 40.0)
ORDER = 3
UV_A_MV = 1000.0
MOST_MV = 20.0
MOST_GAPS = 0.2
LARGEST_DENOMINATOR = 1000


def read_signal(ecg: Ecg) -> NDArray[np.float32]:
    """Return the first ten seconds of a recording, ``(8, 1000)`` mV; what a shorter one lacks is 0.

    Gaps are bridged by straight lines before the filter.

    Raises:
        UnreadableInput: a lead is missing, empty or has gaps in more than a fifth, or it is too short.
    """
    missing = [lead for lead in INDEPENDENT if lead not in ecg.leads]
    if missing:
        raise UnreadableInput(f"The recording lacks the lead {', '.join(missing)}: all twelve are needed.")
    if ecg.seconds < SHORTEST_S:
        raise UnreadableInput(f"The recording is shorter than {SHORTEST_S} s.")
    uv = np.stack([_bridged(lead, ecg[lead][: round(SECONDS * ecg.rate_hz)]) for lead in INDEPENDENT])
    ratio = Fraction(RATE_HZ / ecg.rate_hz).limit_denominator(LARGEST_DENOMINATOR)
    # The filter of resample_poly takes away what 100 Hz cannot hold.
    resampled = resample_poly(uv, ratio.numerator, ratio.denominator, axis=1, padtype="line")
    sections = butter(ORDER, BAND_HZ, btype="bandpass", fs=RATE_HZ, output="sos")
    mv = np.clip(sosfiltfilt(sections, resampled, axis=1) / UV_A_MV, -MOST_MV, MOST_MV)[:, :N_SAMPLES]
    return np.pad(mv, ((0, 0), (0, N_SAMPLES - mv.shape[1]))).astype(np.float32)


def _bridged(lead: str, uv: NDArray[np.float32]) -> NDArray[np.float64]:
    there = np.isfinite(uv)
    if np.mean(there) < 1 - MOST_GAPS:
        raise UnreadableInput(f"Lead {lead} was not recorded for more than a fifth of the time.")
    at = np.arange(len(uv))
    return np.interp(at, at[there], uv[there].astype(np.float64))
