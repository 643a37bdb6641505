"""Another sampling rate: polyphase, without aliasing, and gaps stay gaps."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

FINEST = 2000
"""Largest numerator of the ratio of two rates: 512.508 Hz becomes 500 Hz to 0.3 millionths."""


@dataclass(frozen=True)
class Resampled:
    """Voltages at another rate, and how its samples lie among the original ones.

    Attributes:
        uv: ``(n_leads, n)`` in the unit given; NaN where the nearest original sample is one.
        ratio: new samples to an original one, exactly as it was done.
    """

    uv: NDArray[np.float64]
    ratio: Fraction

    def to_original(self, samples: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the nearest original samples of new ones."""
        return np.rint(np.asarray(samples, float) * float(1 / self.ratio)).astype(np.int64)

    def from_original(self, samples: NDArray[np.integer] | NDArray[np.floating]) -> NDArray[np.int64]:
        """Return the nearest new samples of original ones."""
        return np.rint(np.asarray(samples, float) * float(self.ratio)).astype(np.int64)


def filled(uv: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return ``(n_leads, n)`` without gaps: a straight line across each, zeros where a lead has nothing at all."""
    whole = np.array(uv, float)
    for row in whole:
        gone = ~np.isfinite(row)
        if gone.all():
            row[:] = 0
        elif gone.any():
            at = np.arange(len(row))
            row[gone] = np.interp(at[gone], at[~gone], row[~gone])
    return whole


def resampled(uv: NDArray[np.floating], rate_hz: float, to_hz: float) -> Resampled:
    """Return voltages at another rate, after a low-pass below half the lower of the two rates.

    Gaps are bridged by straight lines for the filter and cut out again, so that no voltage leaks into one. The rates
    may be any: 512.508 Hz to 500 Hz is done as 400 to 410, and `Resampled.ratio` says so.

    Args:
        uv: ``(n_leads, n)``, NaN where nothing was recorded.
        rate_hz: of these.
        to_hz: wanted.

    Raises:
        ValueError: a rate is not positive.
    """
    if not (rate_hz > 0 and to_hz > 0):
        raise ValueError(f"Rates must be positive, not {rate_hz} and {to_hz} Hz.")
    ratio = Fraction(to_hz / rate_hz).limit_denominator(FINEST)
    if ratio == 1 or uv.shape[1] == 0:
        return Resampled(np.array(uv, float), Fraction(1))
    new = resample_poly(filled(uv), ratio.numerator, ratio.denominator, axis=1, padtype="line")
    gone = ~np.isfinite(uv)
    if gone.any():
        nearest = np.rint(np.arange(new.shape[1]) * float(1 / ratio)).astype(int)
        new[gone[:, np.minimum(nearest, uv.shape[1] - 1)]] = np.nan
    return Resampled(new, ratio)
