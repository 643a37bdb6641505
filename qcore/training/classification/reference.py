"""What a strong classical model says of the test cases of a question: a ResNet of images, boosted trees of patients."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.registry import backend
from qcore.models.families import Kind
from qcore.tasks.classification import store
from qcore.tasks.classification.model import GRADIENT_BOOSTING, RESNET
from qcore.tasks.classification.question import Entry, Question, entry_of, pictures
from qcore.training.classification.cases import Cases, read_cases
from qcore.training.classification.fitters import fit_gradient_boosting


@dataclass(frozen=True, eq=False)
class Reference:
    """A classical model and its answers.

    Attributes:
        name: what cards call the model.
        probabilities: ``(n, n_labels)`` probability of each label.
        n_parameters: of all its members; of trees, their nodes.
        training_seconds: of all its members.
    """

    name: str
    probabilities: NDArray[np.float64]
    n_parameters: int
    training_seconds: float


def reference(answering: Entry, cases: Cases, data: Path) -> Reference | None:
    """Return the reference of a question on its test cases, None for a model that brings its own or is released.

    Args:
        answering: the family that is to be compared.
        cases: of the test split.
        data: folder of the public data sets.

    Raises:
        MissingAsset: the reference was never trained, or its data are not there.
    """
    if answering.is_released or answering.brings_references:
        return None
    question = answering.question
    return _resnet(question, cases.x) if pictures(answering.shape.kind) else _trees(question, data)


def _resnet(question: Question, x: Tensor) -> Reference:
    bearing = store.load(entry_of(question, question.referenced))
    facts = bearing.facts
    return Reference(
        RESNET,
        bearing.probabilities(RESNET, x, backend("ideal")),
        len(facts.seeds) * facts.n_parameters[RESNET],
        facts.training_seconds[RESNET],
    )


@torch.no_grad()
def _trees(question: Question, data: Path) -> Reference:
    """Boost trees on the patients the families train on, and calibrate them on the same others: a tenth of a second."""
    (table,) = (form.shape for form in question.forms if form.shape.kind is Kind.TABLE)
    training, validation, test = (read_cases(question, table, split, data) for split in ("train", "val", "test"))
    start = time.perf_counter()
    trees = fit_gradient_boosting(training.x, training.y)
    seconds = time.perf_counter() - start
    calibration = question.labels.calibrate(trees(validation.x).numpy(), validation.outcome)
    probabilities = question.labels.probabilities(trees(test.x).numpy(), calibration)
    return Reference(GRADIENT_BOOSTING, probabilities, trees.n_nodes, seconds)
