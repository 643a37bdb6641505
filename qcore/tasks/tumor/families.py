"""What families say of a single slice, side by side: the released one, and those that read it at a small side."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.tasks.classification import store
from qcore.tasks.classification.model import Model
from qcore.tasks.classification.question import Entry, entries_of
from qcore.tasks.tumor.question import LABELS, NONE, TUMOR


@dataclass(frozen=True)
class Said:
    """What one model says of one slice.

    Attributes:
        tumour: probability that it shows a tumour.
        kind: the most probable kind, if it does.
    """

    tumour: float
    kind: str


def other_families() -> list[Entry]:
    """Return the families beside the released one whose trained models have been measured on the test slices."""
    others = (entry for entry in entries_of([TUMOR]) if not entry.is_released and store.is_trained(entry))
    return [entry for entry in others if store.previous_evaluation(entry) is not None]


def said(probabilities: NDArray[np.float64]) -> Said:
    """Return what probabilities ``(4,)`` of no tumour and of each kind say."""
    by_label = dict(zip(LABELS.names, map(float, probabilities), strict=True))
    nothing = by_label.pop(NONE)
    return Said(1 - nothing, max(by_label, key=by_label.__getitem__))


def asked(model: Model, name: str, image: Tensor, backend: Backend | str) -> Said:
    """Ask one of the trained models of a family about a slice.

    Args:
        model: trained, of a family that reads whole images.
        name: of the model: ``hybrid``, its classical twin ``control`` or ``resnet``.
        image: ``(1, h, w)`` framed, in [0, 1].
        backend: where the circuit runs, or its text, such as ``noisy:fez``.

    Raises:
        InvalidValue: there is no such model or backend.
    """
    return said(model.probabilities(name, image[None], backend)[0])
