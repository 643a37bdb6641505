"""How often the right one of several exclusive kinds is given: what no measure of a single label tells."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import confusion_matrix

from qcore.evidence.metrics import Estimate, People, estimate, paired_difference

Array = NDArray[np.float64]


class KindsEvidence(BaseModel):
    """A hybrid and its classical controls on cases each of which is of exactly one kind.

    Attributes:
        accuracy: share of cases that the hybrid gives their kind, with its interval.
        controls: the same of the classical models.
        differences: accuracy of the hybrid minus that of each control on the same cases.
        confusion: how many cases of each kind (row) the hybrid gives each kind (column), in the order of the labels.
    """

    model_config = ConfigDict(frozen=True)

    accuracy: Estimate
    controls: dict[str, Estimate]
    differences: dict[str, Estimate]
    confusion: list[list[int]]


def accuracy_of_kinds(outcome: Array, probability: Array) -> float:
    """Return the share of cases whose most probable kind is theirs, of ``(n, n_labels)`` each."""
    return float(np.mean(outcome.argmax(axis=1) == probability.argmax(axis=1)))


def kinds_evidence(
    outcome: Array, hybrid: Array, controls: Mapping[str, Array], people: People | None = None
) -> KindsEvidence:
    """Measure all kinds together.

    Args:
        outcome: ``(n, n_labels)`` 1 for the kind of each case, else 0.
        hybrid: ``(n, n_labels)`` its probabilities.
        controls: those of the classical models, by name.
        people: ``(n,)`` whose each case is; None where each is another's.
    """
    kinds: Sequence[int] = range(outcome.shape[1])
    return KindsEvidence(
        accuracy=estimate(accuracy_of_kinds, outcome, hybrid, people=people),
        controls={
            name: estimate(accuracy_of_kinds, outcome, control, people=people) for name, control in controls.items()
        },
        differences={
            name: paired_difference(accuracy_of_kinds, outcome, hybrid, control, people=people)
            for name, control in controls.items()
        },
        confusion=confusion_matrix(outcome.argmax(axis=1), hybrid.argmax(axis=1), labels=kinds).tolist(),
    )
