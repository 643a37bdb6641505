"""What the card of the ECG question says besides: what a case is."""

from qcore.evidence.evaluation import Evaluation
from qcore.io.ecg.band import BAND_HZ, RATE_HZ
from qcore.tasks.classification.model import Model
from qcore.tasks.ecg.question import N_TRUNKS, SECONDS, WIDTHS
from qcore.training.classification.card import Notes


def notes(_model: Model, _evaluation: Evaluation) -> Notes:
    """Return the notes."""
    low, high = BAND_HZ
    return Notes(
        reads=(
            f"A recording of {SECONDS:g} s, leads I, II and V1 to V6 at {RATE_HZ:g} Hz from {low:g} to {high:g} Hz, "
            f"is described in stretches by {N_TRUNKS * WIDTHS[-1]} features each, from {N_TRUNKS} residual networks "
            "in one dimension that were trained once and are the same for hybrid, twin and the linear layer that makes "
            "of them what is called ResNets here. Of the training recordings, changed views trained what reads the "
            "features."
        ),
    )
