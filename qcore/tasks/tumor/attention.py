"""Where the models look in a slice, by name of the method: model attention, and no outline of a lesion."""

from collections.abc import Callable, Mapping
from functools import cached_property

import numpy as np
import torch
from scipy.special import expit
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.explain.images.attention import AttentionMap
from qcore.explain.images.gradients import grad_cam, integrated_gradients
from qcore.explain.images.hiding import occlusion
from qcore.explain.images.partition import partition_shapley, without_lesion
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.tumor.answer import preparation
from qcore.tasks.tumor.evidence import Array, Read, evidence, of_cells, where_it_rests, with_errors
from qcore.tasks.tumor.looked import Looked

CELLS = "The model's own cells: the probability of a tumour in each"
SLOPES_ON = "noisy:fez:0"
"""The noise engine without noise, which gives PennyLane's numbers and slopes and is faster."""


class Attended:
    """One slice, and what a model says of it and of changed versions of it.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        place: of the slice among those judged.
        backend: where the circuit runs, or its text; slopes are taken noiselessly all the same.
        name: of the model.
    """

    def __init__(self, model: Model, looked: Looked, place: int, backend: Backend | str, name: str = HYBRID) -> None:
        self.members, self.preparation = model.members[name], preparation(model)
        self.image, self.x = looked.images[place : place + 1], looked.x[place : place + 1]
        self.backend = built(backend)

    def cells(self) -> AttentionMap:
        """Return the probability that the tumour lies in each cell: what the model says of the image is made of it."""
        logits, errors = with_errors(self.members, self.x, self.backend, of_cells)
        values = np.asarray(expit(logits[0]))
        return AttentionMap(CELLS, values, values * (1 - values) * errors[0])

    def grad_cam(self) -> AttentionMap:
        """See `qcore.explain.images.gradients.grad_cam`."""
        return grad_cam(self.x, self._slopes)

    def integrated_gradients(self) -> AttentionMap:
        """See `qcore.explain.images.gradients.integrated_gradients`."""
        described = self.preparation.described
        return integrated_gradients(self.preparation.resized(self.image), lambda x: self._slopes(described(x)[0]))

    def occlusion(self) -> AttentionMap:
        """See `qcore.explain.images.hiding.occlusion`."""
        return occlusion(self.preparation.resized(self.image), self._answers)

    def shapley(self) -> AttentionMap:
        """See `qcore.explain.images.partition.partition_shapley`."""
        image = self.preparation.resized(self.image)
        return partition_shapley(image, without_lesion(image), self._answers)

    def _slopes(self, features: Tensor) -> Tensor:
        return evidence(self.members, features, built(SLOPES_ON))

    def _answers(self, images: Tensor) -> tuple[Array, Array]:
        return with_errors(self.members, self.preparation.once(images), self.backend, self._read)

    @cached_property
    def _read(self) -> Read:
        with torch.no_grad():
            return where_it_rests([member.cells(self.x, self.backend) for member in self.members])  # type: ignore[operator]


OWN = "cells"
METHODS: Mapping[str, Callable[[Attended], AttentionMap]] = {
    OWN: Attended.cells,
    "grad-cam": Attended.grad_cam,
    "integrated gradients": Attended.integrated_gradients,
    "occlusion": Attended.occlusion,
    "shapley": Attended.shapley,
}
"""All methods, by the name in which pages and measurements speak of them."""
