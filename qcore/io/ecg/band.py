"""The band of frequencies in which all models read recordings, cut out without moving anything in time."""

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

RATE_HZ = 100.0
"""Of what models read: more tells no more (Mehari & Strodthoff, doi:10.1016/j.compbiomed.2021.105114)."""
BAND_HZ = (0.5, 40.0)
"""Below wanders the baseline, above lie muscles and mains."""
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
