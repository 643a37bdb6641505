"""What a strong classical model says of the test cases of a question: a ResNet of images, boosted trees of patients."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qcore.backends.registry import backend
from qcore.errors import MissingAsset
from qcore.tasks.aki import store as aki_store
from qcore.tasks.questions import store
from qcore.tasks.questions.model import GRADIENT_BOOSTING, RESNET
from qcore.tasks.questions.question import Entry, entry
from qcore.training.questions.cases import Cases


@dataclass(frozen=True, eq=False)
class Reference:
    """A classical model and its answers.

    Attributes:
        name: of the model.
        probability: ``(n,)`` of yes.
        n_parameters: of all its members; of trees, their nodes.
        training_seconds: of all its members.
    """

    name: str
    probability: NDArray[np.float64]
    n_parameters: int
    training_seconds: float


def reference(answering: Entry, cases: Cases) -> Reference | None:
    """Return the reference of a question on its test cases, None for a model that brings its own.

    Args:
        answering: the family that is to be compared.
        cases: of the test split.

    Raises:
        MissingAsset: the reference was never trained.
    """
    if answering.is_released:
        return None
    question = answering.question
    if question.released:
        released = store.load(entry(question.name))
        facts = released.facts
        return Reference(
            RESNET,
            released.probabilities(RESNET, cases.x, backend("ideal")),
            len(facts.seeds) * facts.n_parameters[RESNET],
            facts.training_seconds[RESNET],
        )
    if cases.cohort is None:
        raise MissingAsset(f"There is no reference model for '{question.name}'.")
    model = aki_store.load()
    return Reference(
        GRADIENT_BOOSTING,
        model.control_risks(cases.cohort.inputs)[GRADIENT_BOOSTING],
        model.facts.n_parameters[GRADIENT_BOOSTING],
        model.facts.training_seconds[GRADIENT_BOOSTING],
    )
