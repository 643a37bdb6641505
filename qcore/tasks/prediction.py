"""The one type in which every task answers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qcore.backends.protocol import Provenance

SHOWN = 5
"""So many cases are written out; more are counted."""


@dataclass(frozen=True, repr=False)
class Prediction:
    """What a model says about a batch of patients.

    Attributes:
        value: ``(n,)`` what is predicted for each patient, in `unit`.
        unit: of value, low and high.
        standard_error: ``(n,)`` of the value from finite shots, in `unit`; 0 where the circuit ran exactly.
        low, high: ``(n,)`` interval of the nominal coverage.
        nominal_coverage: share of patients that the interval promises to cover, e.g. 0.9.
        decision: ``(n,)`` True where the threshold is reached, or where this is the most probable of several kinds.
        threshold: value from which the decision is yes, in `unit`; NaN where the most probable of several kinds is
            given.
        population: whom the model was trained on, one sentence.
        model_card: id of the card, a folder of assets/models.
        provenance: device, calibration, shots and job that the value comes from.
    """

    value: NDArray[np.float64]
    standard_error: NDArray[np.float64]
    unit: str
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    nominal_coverage: float
    decision: NDArray[np.bool_]
    threshold: float
    population: str
    model_card: str
    provenance: Provenance

    def __repr__(self) -> str:
        """Return a line on what answered, and a line for each of the first few cases."""
        lines = [f"Prediction ({self.unit}; cases: {len(self.value)}) by {self.model_card} on {self.provenance.device}"]
        for value, error, low, high, decision in list(
            zip(self.value, self.standard_error, self.low, self.high, self.decision, strict=True)
        )[:SHOWN]:
            band = f"{self.nominal_coverage:.0%} interval {low:.3f} to {high:.3f}"
            lines.append(f"  {value:.3f} (standard error {error:.3f}; {band}): {'yes' if decision else 'no'}")
        more = len(self.value) - SHOWN
        return "\n".join([*lines, *([f"  and {more} more"] if more > 0 else [])])
