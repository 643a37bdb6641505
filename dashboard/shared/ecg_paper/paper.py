"""What the paper shows: a recording, its beats and waves, its median beat, and what is laid over it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.record import Ecg, Microvolts

POINTS = ("P_on", "P_peak", "P_off", "QRS_on", "R_peak", "QRS_off", "T_on", "T_peak", "T_off")
"""The marks of a beat, in their order."""
Fiducials = Mapping[str, Mapping[str, Sequence[float] | NDArray[Any]]]
"""By lead and by name in `POINTS`: samples, one for each beat, NaN where a wave was not found."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """Something known of every sample of every lead, such as what a model looked at.

    Attributes:
        name: on the button that chooses it, such as ``Occlusion``.
        values: uint8 ``(n_leads, n_samples)`` in the order of the recording's leads. Unsigned, 0 is nothing and 255
            the most. Signed, 128 is nothing, 1 the most below it and 255 the most above it.
        median_values: uint8 ``(n_leads, n)`` the same of the median beat; None where there is nothing to say of it.
        title: what it is and what not, such as ``Model attention, not a diagnosis``: always beside it.
        caption: what the colours mean.
        ends: words at the low and the high end of the colour bar.
        signed: whether values lie on both sides of nothing: drawn in two colours.
    """

    name: str
    values: NDArray[np.uint8]
    title: str
    caption: str = ""
    median_values: NDArray[np.uint8] | None = None
    ends: tuple[str, str] = ("low", "high")
    signed: bool = False

    @classmethod
    def of_numbers(
        cls,
        name: str,
        values: NDArray[Any],
        title: str,
        *,
        most: float | None = None,
        median_values: NDArray[Any] | None = None,
        **others: Any,
    ) -> Self:
        """Return an overlay of any real numbers.

        Args:
            name: as above.
            values: ``(n_leads, n_samples)``; what is no number counts as nothing.
            title: as above.
            most: absolute value that is drawn strongest, so that overlays can be compared; None for the largest.
            median_values: ``(n_leads, n)`` of the median beat, on the same scale.
            others: as above.
        """
        numbers = np.nan_to_num(np.asarray(values, dtype=np.float32), nan=0.0, posinf=0.0, neginf=0.0)
        most = float(np.abs(numbers).max(initial=0.0)) if most is None else most
        signed = bool(others.get("signed"))
        of_median = None if median_values is None else _drawn(np.nan_to_num(median_values), most, signed=signed)
        return cls(name, _drawn(numbers, most, signed=signed), title, median_values=of_median, **others)


@dataclass(frozen=True, eq=False)
class MedianBeat:
    """One beat for each lead, the median of many.

    Attributes:
        uv: ``(n_leads, n)`` µV in the order of the recording's leads; NaN where there is none.
        rate_hz: its samples a second.
        fiducials: by lead and by name in `POINTS`, one sample each; NaN where a wave was not found.
    """

    uv: Microvolts
    rate_hz: float
    fiducials: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Paper:
    """What is drawn.

    Attributes:
        ecg: the recording.
        beats: ``(n_beats,)`` samples of the R waves, ascending; None where nobody looked for them.
        fiducials: of the leads in which waves were looked for.
        median: the median beat; None for the one in the recording's file, if there is one.
        overlays: drawn one at a time; none at first.
        caption: below the paper.
        description: what is to be seen, in sentences, for those who do not see it: measurements, findings.
    """

    ecg: Ecg
    beats: Sequence[int] | NDArray[np.integer] | None = None
    fiducials: Fiducials = field(default_factory=dict)
    median: MedianBeat | None = None
    overlays: tuple[Overlay, ...] = ()
    caption: str = ""
    description: str = ""

    @property
    def median_beat(self) -> MedianBeat | None:
        """The median beat that is drawn: the one given, else the file's."""
        if self.median is not None or self.ecg.median is None:
            return self.median
        return MedianBeat(self.ecg.median, self.ecg.median_rate_hz or self.ecg.rate_hz)


def _drawn(numbers: NDArray[Any], most: float, *, signed: bool) -> NDArray[np.uint8]:
    shares = numbers / most if most > 0 else numbers * 0
    if signed:
        return (128 + np.rint(127 * np.clip(shares, -1, 1))).astype(np.uint8)
    return np.rint(255 * np.clip(shares, 0, 1)).astype(np.uint8)
