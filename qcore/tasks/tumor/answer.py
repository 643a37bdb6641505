"""What the trained models answer about a series: whether there is a tumour, of which kind, in which slice and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.backends.specification import parse
from qcore.tasks.classification import store
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.classification.preparation import InCells
from qcore.tasks.classification.question import entry_of
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.question import LABELS, NONE, TUMOR
from qcore.tasks.tumor.whole_series import of_series

Array = NDArray[np.float64]
ENTRY = entry_of(TUMOR)
THRESHOLD = 0.5
"""Calibrated probability of a tumour from which one is said to be there."""
SIMULATED = ("ideal", "noisy")
"""Kinds of backend that give exact expectations unless shots are asked for."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a model says of a series.

    Attributes:
        probabilities: of no tumour and of each kind, by label; they add up to 1.
        by_slice: ``(n_judged, 4)`` the same of each slice that is judged.
        place: of the slice, among those judged, that the answer rests on.
        possible: labels of the conformal set: nine in ten sets hold the right one.
        backend: where the circuit ran.
    """

    probabilities: Mapping[str, float]
    by_slice: Array
    place: int
    possible: tuple[str, ...]
    backend: str

    @property
    def tumour(self) -> float:
        """Probability that there is a tumour."""
        return 1 - self.probabilities[NONE]

    @property
    def is_tumour(self) -> bool:
        """Whether one is said to be there."""
        return self.tumour >= THRESHOLD

    @property
    def is_certain(self) -> bool:
        """Whether what is possible agrees: kinds alone where a tumour is said to be there, else no tumour alone."""
        return (NONE in self.possible) != self.is_tumour and (self.is_tumour or len(self.possible) == 1)

    @property
    def decision(self) -> str:
        """What is answered, in a word or two."""
        if not self.is_certain:
            return "cannot tell"
        return "tumour" if self.is_tumour else "no tumour"

    @property
    def kind(self) -> str:
        """The most probable kind, if there is one."""
        return max(LABELS.names[1:], key=self.probabilities.__getitem__)


@cache
def load() -> Model:
    """Return the trained models, read once.

    Raises:
        MissingAsset: they were never trained, or a file is missing.
    """
    return store.load(ENTRY)


def preparation(model: Model) -> InCells:
    """Return what describes the cells of an image.

    Raises:
        TypeError: the model reads no cells.
    """
    if not isinstance(model.preparation, InCells):
        raise TypeError(f"'{model.entry.name}' does not judge the cells of an image.")
    return model.preparation


def answer(model: Model, looked: Looked, backend: Backend | str, name: str = HYBRID) -> Answer:
    """Ask one of the trained models about a series.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        backend: where the circuit runs, or its text, such as ``noisy:fez``.
        name: of the model: ``hybrid`` or its classical twin ``control``.
    """
    return answers(model, [looked], backend, name)[0]


def answers(model: Model, several: Sequence[Looked], backend: Backend | str, name: str = HYBRID) -> list[Answer]:
    """Do what `answer` does for several series; all at once where the backend is exact, which is quicker.

    Shots are drawn for each series by itself, so that it gets the same answer alone and among others.
    """
    backend = built(backend)
    if not several:
        return []
    runs_on = parse(backend.name)
    if len(several) > 1 and (runs_on.shots is not None or runs_on.kind not in SIMULATED):
        return [answers(model, [looked], backend, name)[0] for looked in several]
    x = torch.cat([looked.x for looked in several])
    logits = _calibrated(model, name, model.logits_of_prepared(name, x, backend).mean(0))
    parts = np.split(logits, np.cumsum([len(looked.x) for looked in several])[:-1])
    return [answer_of_slices(model, looked, part, backend.name) for looked, part in zip(several, parts, strict=True)]


def answer_of_slices(model: Model, looked: Looked, logits: Array, backend: str) -> Answer:
    """Return the answer to a series of which the model's log odds are known.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        logits: ``(n_judged, 4)`` of each slice, calibrated.
        backend: name of where the circuit ran.
    """
    whole, place = of_series(logits, looked.head_side, looked.n_averaged)
    probability = softmax(whole)
    by_label = dict(zip(LABELS.names, map(float, probability), strict=True))
    found = Answer(by_label, softmax(logits, axis=1), place, (), backend)
    lowest = model.facts.possible_from
    usual = [label for label in LABELS.names if by_label[label] >= lowest[label]]
    # Where nothing is usual, or not what is answered, either is possible: larger sets never break their promise.
    agrees = bool(usual) and (NONE not in usual if found.is_tumour else usual == [NONE])
    added = () if agrees else (NONE, found.kind)
    possible = tuple(label for label in LABELS.names if label in usual or label in added)
    return replace(found, possible=possible)


def _calibrated(model: Model, name: str, logits: Array) -> Array:
    slopes, offsets = calibration(model, name)
    return np.asarray(logits * slopes + offsets)


def calibration(model: Model, name: str) -> tuple[Array, Array]:
    """Return slope and offset that calibrate the log odds of each kind, ``(4,)`` each."""
    scales = [model.facts.calibration[name][label] for label in LABELS.names]
    return np.array([scale.slope for scale in scales]), np.array([scale.intercept for scale in scales])
