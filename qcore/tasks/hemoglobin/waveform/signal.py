"""A recording as the waveform model reads it: ten seconds at 100 Hz, in mV, between 0.5 and 40 Hz.

Of the twelve leads the eight independent ones are read; the other four are sums of them, which the first convolution
can form itself.
"""

import numpy as np
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg.band import RATE_HZ, in_band
from qcore.io.ecg.leads import INDEPENDENT
from qcore.io.ecg.record import Ecg
from qcore.io.ecg.resampling import filled, resampled

SECONDS = 10
N_SAMPLES = round(RATE_HZ * SECONDS)
SHORTEST_S = 5
MOST_MV = 20.0
MOST_GAPS = 0.2


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
    uv = np.stack([ecg[lead][: round(SECONDS * ecg.rate_hz)] for lead in INDEPENDENT])
    for lead, recorded in zip(INDEPENDENT, np.isfinite(uv).mean(axis=1), strict=True):
        if recorded < 1 - MOST_GAPS:
            raise UnreadableInput(f"Lead {lead} was not recorded for more than a fifth of the time.")
    mv = in_band(resampled(filled(uv), ecg.rate_hz, RATE_HZ).uv)[:, :N_SAMPLES].clip(-MOST_MV, MOST_MV)
    return np.pad(mv, ((0, 0), (0, N_SAMPLES - mv.shape[1])))
