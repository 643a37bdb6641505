"""The noise curve of a card as Markdown."""

from collections.abc import Sequence

import numpy as np

from qcore.evidence.noise_point import NoisePoint
from qcore.training.cards.markdown import bars, table

HOW_NOISY = (
    "Gates are as noisy as calibrated, or as relaxation alone makes them where that is more (as in Qiskit Aer): on "
    "some qubits an SX has twice its calibrated error or more."
)


def noise_bars(points: Sequence[NoisePoint]) -> str:
    """Return a chart of the share of decisions that noise of each scale changes, mean of the devices, no mitigation."""
    plain = [point for point in points if point.mitigation == "none"]
    scales = sorted({point.scale for point in plain})
    flips = {f"noise x {scale:g}": float(np.mean([p.flips for p in plain if p.scale == scale])) for scale in scales}
    return (
        f"Share of decisions that change, mean of the devices, no error mitigation:\n\n{bars(flips)}" if flips else ""
    )


def noise_table(points: Sequence[NoisePoint], noiseless_auroc: float, trained_on: Sequence[str] = ()) -> str:
    """Return a sentence on what is lost at most and a table, one line a device and mitigation.

    Args:
        points: the noise curve, one a device, scale and mitigation.
        noiseless_auroc: AUROC of the hybrid without noise.
        trained_on: backends of the training; their devices are marked.
    """
    if not points:
        return "Not measured."
    scales = sorted({point.scale for point in points})
    rows: dict[tuple[str, str], list[NoisePoint]] = {}
    for point in points:
        rows.setdefault((point.device, point.mitigation), []).append(point)
    lines = [
        [_marked(device, trained_on), mitigation, *(f"{p.auroc:.3f} / {p.flips:.1%}" for p in _rising(several))]
        for (device, mitigation), several in rows.items()
    ]
    lost = noiseless_auroc - min(point.auroc for point in points)
    return (
        f"AUROC / share of decisions that differ from the noiseless ones (no shots). Noiseless AUROC "
        f"{noiseless_auroc:.3f}; the most that is lost is {max(lost, 0.0):.3f}. {HOW_NOISY}\n\n"
        + table(["Device", "Mitigation", *(f"noise x {scale:g}" for scale in scales)], lines)
    )


def _marked(device: str, trained_on: Sequence[str]) -> str:
    return f"{device} (seen in training)" if f"noisy:{device}" in trained_on else device


def _rising(points: Sequence[NoisePoint]) -> list[NoisePoint]:
    return sorted(points, key=lambda point: point.scale)
