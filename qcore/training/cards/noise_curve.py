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
    probabilities_on: Callable[[Backend], Array],
    decide: Callable[[Array], NDArray[np.bool_]],
    outcome: Array,
    labels: Sequence[str],
    devices: Sequence[str] = DEVICES,
    scales: Sequence[float] = SCALES,
) -> dict[str, list[NoisePoint]]:
    """Measure every device, scale and mitigation, exactly (no shots).

    Args:
        probabilities_on: gives the probabilities ``(n, n_labels)`` of the test cases on a backend.
        decide: which labels are given at such probabilities, ``(n, n_labels)``.
        outcome: ``(n, n_labels)`` 0 or 1.
        labels: names of the labels, in the order of the columns.
        devices: names of the processors whose calibrations are simulated.
        scales: what their noise is multiplied by.

    Returns:
        The points of each label.
    """
    noiseless = decide(probabilities_on(backend("ideal")))
    points: dict[str, list[NoisePoint]] = {label: [] for label in labels}
    for device in devices:
        for scale in scales:
            for mitigation, suffix in MITIGATIONS.items():
                probabilities = probabilities_on(backend(f"noisy:{device}:{scale:g}{suffix}"))
                changed = decide(probabilities) != noiseless
                for column, label in enumerate(labels):
                    pair = outcome[:, column], probabilities[:, column]
                    points[label].append(
                        NoisePoint(
                            device=device,
                            scale=scale,
                            mitigation=mitigation,
                            auroc=round(METRICS["auroc"](*pair), DIGITS),
                            accuracy=round(METRICS["accuracy"](*pair), DIGITS),
                            flips=round(float(np.mean(changed[:, column])), DIGITS),
                        )
                    )
    return points
