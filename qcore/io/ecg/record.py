"""An electrocardiogram: voltages by lead, when they were measured, and nothing of whose they are."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.leads import STANDARD, sorted_leads

Microvolts = NDArray[np.float32]


@dataclass(frozen=True)
class Stated:
    """What a file says of its own recording: the machine's numbers, not ours; None where it says nothing.

    Attributes:
        rate_bpm: ventricular rate, beats per minute.
        pr_ms: PR interval.
        qrs_ms: duration of QRS.
        qt_ms: QT interval.
        axis_deg: frontal axis of QRS.
        filters: as the file words them, such as ``0.05-150 Hz``.
        device: maker and model.
        sentences: of the machine's interpretation.
    """

    rate_bpm: float | None = None
    pr_ms: float | None = None
    qrs_ms: float | None = None
    qt_ms: float | None = None
    axis_deg: float | None = None
    filters: str = ""
    device: str = ""
    sentences: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Ecg:
    """A recording of one or more leads on a common clock.

    Attributes:
        leads: their names, each once: those of `STANDARD` where a file means one of them, else as the file has them.
        uv: ``(n_leads, n_samples)`` µV; NaN where nothing was recorded, never closed up.
        rate_hz: samples a second, as the file says it, fractions included.
        format: of the file, for people, such as ``WFDB`` or ``DICOM waveform``.
        derived: leads that were calculated from others, because the file stores those alone.
        calibrated: False where the file does not say how many of its units are a millivolt, and a usual gain stands in.
        age_years: of the person; None where the file does not say. 300 is no age: above 89 some files say only that.
        sex: ``female``, ``male`` or empty where the file does not say.
        stated: what the machine measured.
        median: ``(n_leads, n)`` µV of the machine's median beat, where the file has one beside the rhythm.
        median_rate_hz: samples a second of the median beat; that of the rhythm unless the file says another.
        notes: what a reader of the trace should know: sentences.
    """

    leads: tuple[str, ...]
    uv: Microvolts
    rate_hz: float
    format: str = ""
    derived: frozenset[str] = frozenset()
    calibrated: bool = True
    age_years: float | None = None
    sex: str = ""
    stated: Stated = field(default_factory=Stated)
    median: Microvolts | None = None
    median_rate_hz: float | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no recording can be.

        Raises:
            ValueError: names and voltages do not fit each other, a name stands twice, or the rate is not positive.
        """
        if self.uv.ndim != 2 or len(self.leads) != len(self.uv):
            raise ValueError(f"{len(self.leads)} leads need a row of voltages each, not {self.uv.shape}.")
        if len(set(self.leads)) != len(self.leads):
            raise ValueError(f"A lead stands twice in {', '.join(self.leads)}.")
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0):
            raise ValueError(f"The rate must be positive, not {self.rate_hz} Hz.")

    def __getitem__(self, lead: str) -> Microvolts:
        """Return ``(n_samples,)`` µV of a lead.

        Raises:
            KeyError: it was not recorded.
        """
        if lead not in self.leads:
            raise KeyError(lead)
        values: Microvolts = self.uv[self.leads.index(lead)]
        return values

    def __repr__(self) -> str:
        """Return leads, rate and length, on one line."""
        return f"Ecg {', '.join(self.leads)}: {self.seconds:.1f} s at {self.rate_hz:g} Hz ({self.format or 'made up'})"

    @property
    def seconds(self) -> float:
        """How long it is."""
        return float(self.uv.shape[1] / self.rate_hz)

    @property
    def is_twelve_lead(self) -> bool:
        """Whether all twelve standard leads are there, measured or derived."""
        return set(STANDARD) <= set(self.leads)

    def in_order(self, order: tuple[str, ...] = STANDARD) -> "Ecg":
        """Return the same with its leads in an order; those that it does not name come last."""
        names = sorted_leads(self.leads, order)
        index = [self.leads.index(name) for name in names]
        median = None if self.median is None else self.median[index]
        return replace(self, leads=names, uv=self.uv[index], median=median)
