"""What the trained models answer about an image: how probable, what is decided, and what else is possible."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.evidence.conformal_set import yes_or_no_set
from qcore.tasks.classification import store
from qcore.tasks.classification.labels import Label
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.classification.question import entry_of
from qcore.tasks.imaging.preparation import Prepared
from qcore.tasks.imaging.subjects import SUBJECTS


@dataclass(frozen=True)
class Answer:
    """What a model says of an image.

    Attributes:
        probability: of what is asked for, calibrated.
        threshold: from which it is said to be there.
        possible: what belongs to the conformal set, in words: nine in ten sets hold the right one.
        backend: where the circuit ran.
    """

    probability: float
    threshold: float
    possible: tuple[str, ...]
    backend: str

    @property
    def is_yes(self) -> bool:
        """Whether it is said to be there."""
        return self.probability >= self.threshold

    @property
    def is_certain(self) -> bool:
        """Whether nothing else is possible."""
        return len(self.possible) == 1


@cache
def load(name: str) -> Model:
    """Return the released models of a question, read once.

    Args:
        name: of the question, a key of `SUBJECTS`.

    Raises:
        MissingAsset: they were never trained, or a file is missing.
    """
    return store.load(entry_of(SUBJECTS[name].question))


def label_of(model: Model) -> Label:
    """Return the only label of a model's question."""
    (label,) = model.entry.question.labels.columns
    return label


def answer(model: Model, prepared: Prepared, backend: Backend | str, name: str = HYBRID) -> Answer:
    """Ask one of the trained models about an image.

    Args:
        model: trained.
        prepared: the image, as the model sees it.
        backend: where the circuit runs, or its text, such as ``noisy:fez``.
        name: of the model: ``hybrid``, its classical twin ``control``, or a reference.
    """
    backend, label = built(backend), label_of(model)
    probability = float(model.probabilities(name, prepared.x, backend)[0, 0])
    threshold = model.facts.thresholds[label.name]
    lowest = model.facts.possible_from
    belong = yes_or_no_set(np.array([probability]), threshold, lowest[label.name], lowest[label.absent])
    possible = tuple(word for word, belongs in zip((label.name, label.absent), belong, strict=True) if belongs[0])
    return Answer(probability, threshold, possible, backend.name)
