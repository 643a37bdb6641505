"""What the card of each question says besides."""

from collections.abc import Callable, Mapping

from qcore.evidence.evaluation import Evaluation
from qcore.tasks.classification.model import Model
from qcore.training.aki.notes import notes as aki_notes
from qcore.training.classification.card import Notes
from qcore.training.ecg.notes import notes as ecg_notes
from qcore.training.tumor.notes import notes as tumor_notes

NOTES: Mapping[str, Callable[[Model, Evaluation], Notes]] = {"aki": aki_notes, "ecg": ecg_notes, "tumor": tumor_notes}


def notes_of(model: Model, evaluation: Evaluation) -> Notes:
    """Return the notes of a model's question; none for most."""
    name = model.entry.question.name
    return NOTES[name](model, evaluation) if name in NOTES else Notes()
