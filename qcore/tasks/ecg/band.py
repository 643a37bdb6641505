"""The band of frequencies that the models read, cut out without moving anything in time."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from qcore.tasks.ecg.question import BAND_HZ, RATE_HZ

ORDER = 3
UV_A_MV = 1000.0


def in_band(uv: NDArray[np.number]) -> NDArray[np.float32]:
    """Return voltages at `RATE_HZ` as the models read them: in mV, without what lies outside `BAND_HZ`.

    Args:
        uv: ``(..., n_samples)`` µV, all of them numbers.
    """
    filtered = sosfiltfilt(_sections(), np.asarray(uv, dtype=np.float64), axis=-1)
    return np.asarray(filtered / UV_A_MV, dtype=np.float32)


@cache
def _sections() -> NDArray[np.float64]:
    return np.asarray(butter(ORDER, BAND_HZ, btype="bandpass", fs=RATE_HZ, output="sos"))
