"""How far each lead can be trusted, in words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, minimum_filter1d
from scipy.signal import butter, sosfiltfilt

from qcore.io.ecg.resampling import filled

FLAT_UV = 5.0
FLAT_S = 0.3
"""A lead that moves less than that for so long is off its electrode there."""
NOISE_UV = 25.0
"""Root mean square above 40 Hz between the beats: the traces' own width on paper at 10 mm/mV is about as much."""
WANDER_UV = 300.0
"""Half the range of the baseline below 0.5 Hz: it crosses 6 mm of paper."""
MOSTLY = 0.5


@dataclass(frozen=True)
class LeadQuality:
    """How far a lead can be trusted.

    Attributes:
        words: what is wrong with it, such as ``noisy``; ``good`` where nothing is.
        usable: whether it is listened to at all.
    """

    words: str
    usable: bool


def _share_clipped(lead: NDArray[np.float64]) -> float:
    """Return the share of samples that stand still at the highest or lowest voltage."""
    still = np.diff(lead, prepend=np.nan) == 0
    ends = (lead == lead.max()) | (lead == lead.min())
    return float((still & ends).mean())


def _share_flat(lead: NDArray[np.float64], rate_hz: float) -> float:
    """Return the share of the recording where the lead does not move."""
    width = max(int(FLAT_S * rate_hz), 3)
    still = maximum_filter1d(lead, width) - minimum_filter1d(lead, width) < FLAT_UV
    return float(maximum_filter1d(still.astype(np.int8), width).mean())


def _noise_uv(lead: NDArray[np.float64], rate_hz: float) -> float:
    """Return µV above 40 Hz, or above four tenths of a low rate, where no QRS is: the quieter 80 % of the time."""
    cut = min(40.0, 0.4 * rate_hz)
    high = sosfiltfilt(butter(2, cut, "highpass", fs=rate_hz, output="sos"), lead, padlen=min(50, len(lead) - 1))
    width = max(int(0.1 * rate_hz), 1)
    pieces = high[: len(high) // width * width].reshape(-1, width).std(axis=1)
    return float(np.percentile(pieces, 50)) if len(pieces) else 0.0


def _wander_uv(lead: NDArray[np.float64], rate_hz: float) -> float:
    """Return half the range of the means over seconds."""
    width = max(int(rate_hz), 1)
    seconds = np.median(lead[: len(lead) // width * width].reshape(-1, width), axis=1)
    return float(np.ptp(seconds)) / 2 if len(seconds) > 1 else 0.0


def lead_quality(uv: NDArray[np.floating], rate_hz: float) -> LeadQuality:
    """Return what one lead is worth.

    Args:
        uv: ``(n,)`` µV, NaN where nothing was recorded.
        rate_hz: samples a second.
    """
    recorded = np.isfinite(uv)
    if not recorded.any():
        return LeadQuality("missing: nothing was recorded", usable=False)
    there = np.asarray(uv, float)[recorded]
    flat = _share_flat(there, rate_hz)
    if flat > MOSTLY:
        return LeadQuality("flat: the electrode may be off", usable=False)
    faults = []
    if recorded.mean() < 0.99:
        faults.append(f"{100 * (1 - recorded.mean()):.0f} % missing")
    if flat > 0.05:
        faults.append(f"flat for {100 * flat:.0f} % of the time")
    if _share_clipped(there) > 0.005:
        faults.append("clipped: peaks are cut off")
    whole = filled(uv[None])[0]
    if len(whole) > 20:
        noise = _noise_uv(whole, rate_hz)
        if noise > NOISE_UV:
            faults.append(f"noisy: {noise:.0f} µV above {min(40.0, 0.4 * rate_hz):.0f} Hz")
        if _wander_uv(whole, rate_hz) > WANDER_UV:
            faults.append("wandering baseline")
    return LeadQuality("; ".join(faults) or "good", usable=True)
