"""The mean AUROC of several labels, as the literature reports it where any number of them may hold."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from qcore.evidence.metrics import Estimate, People, estimate, mean_auroc, paired_difference

Array = NDArray[np.float64]


class MacroEvidence(BaseModel):
    """A hybrid and its classical controls over several labels.

    Attributes:
        labels: over which the mean is taken.
        auroc: of the hybrid, with its interval.
        controls: of the classical models.
        differences: of the hybrid minus each control on the same cases.
    """

    model_config = ConfigDict(frozen=True)

    labels: tuple[str, ...]
    auroc: Estimate
    controls: dict[str, Estimate]
    differences: dict[str, Estimate]


def macro_evidence(
    names: Sequence[str], outcome: Array, hybrid: Array, controls: Mapping[str, Array], people: People | None = None
) -> MacroEvidence:
    """Measure several labels together.

    Args:
        names: of the labels, in the order of the columns.
        outcome: ``(n, n_labels)`` 0 or 1.
        hybrid: ``(n, n_labels)`` its probabilities.
        controls: those of the classical models, by name.
        people: ``(n,)`` whose each case is; None where each is another's.
    """
    return MacroEvidence(
        labels=tuple(names),
        auroc=estimate(mean_auroc, outcome, hybrid, people=people),
        controls={name: estimate(mean_auroc, outcome, control, people=people) for name, control in controls.items()},
        differences={
            name: paired_difference(mean_auroc, outcome, hybrid, control, people=people)
            for name, control in controls.items()
        },
    )
