"""The noise curve of a trained model: what growing noise of several devices does to its answers on the test set."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.evidence.metrics import METRICS
from qcore.evidence.noise_point import NoisePoint

Array = NDArray[np.float64]
DEVICES = ("fez", "torino", "sherbrooke", "aachen")
"""The first three are also trained on where training is noise-aware; the last never is."""
SCALES = (1.0, 2.0, 3.0, 5.0)
MITIGATIONS = {"none": "", "read-out": ":readout"}
DIGITS = 4


def noise_curve(
    risk_on: Callable[[Backend], Array],
    outcome: Array,
    threshold: float,
    devices: Sequence[str] = DEVICES,
    scales: Sequence[float] = SCALES,
) -> list[NoisePoint]:
    """Measure every device, scale and mitigation, exactly (no shots).

    Args:
        risk_on: gives the probabilities ``(n,)`` of the test cases on a backend.
        outcome: ``(n,)`` 0 or 1.
        threshold: probability from which the answer is yes.
        devices: whose calibrations.
        scales: of their noise.
    """
    noiseless = risk_on(backend("ideal")) >= threshold
    points = []
    for device in devices:
        for scale in scales:
            for mitigation, suffix in MITIGATIONS.items():
                risk = risk_on(backend(f"noisy:{device}:{scale:g}{suffix}"))
                points.append(
                    NoisePoint(
                        device=device,
                        scale=scale,
                        mitigation=mitigation,
                        auroc=round(METRICS["auroc"](outcome, risk), DIGITS),
                        accuracy=round(METRICS["accuracy"](outcome, risk), DIGITS),
                        flips=round(float(np.mean((risk >= threshold) != noiseless)), DIGITS),
                    )
                )
    return points
