"""A trained family: a few members trained from different seeds, averaged, calibrated, beside its controls."""

import hashlib
import json
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.evidence.calibration import Platt
from qcore.models.images.resnet import ResNet18
from qcore.tasks.classification.preparation import Preparation
from qcore.tasks.classification.question import Entry

Array = NDArray[np.float64]
HYBRID = "hybrid"
CONTROL = "control"
RESNET = "resnet"
GRADIENT_BOOSTING = "gradient_boosting"
LABELS = {
    HYBRID: "Hybrid",
    CONTROL: "Classical twin",
    RESNET: "ResNet-18, narrow",
    GRADIENT_BOOSTING: "Gradient boosting",
}
CASES_A_CALL = 1024
IMAGES_A_CALL = 128


class Facts(BaseModel):
    """What training found out; see the card.

    Attributes:
        seeds: one a member.
        threshold: probability from which the answer is yes.
        platt: (slope, intercept) of each model, fitted on the cases held out for it.
        validation_auroc: of each model on those cases.
        n_parameters: of one member of each model.
        training_seconds: of all members of each model.
        trained_on: backends on which the hybrid was trained, in turns.
        epochs: passes over the training cases; 0 for a family that is not trained so.
        versions: of the libraries that trained it.
    """

    model_config = ConfigDict(frozen=True)

    seeds: tuple[int, ...]
    threshold: float
    platt: dict[str, tuple[float, float]]
    validation_auroc: dict[str, float]
    n_parameters: dict[str, int]
    training_seconds: dict[str, float]
    trained_on: tuple[str, ...]
    epochs: int
    versions: dict[str, str]


def new_member(entry: Entry, name: str) -> nn.Module:
    """Return an untrained member of one of the models."""
    shape = entry.shape
    if name == RESNET:
        return ResNet18(shape.n_dims, shape.n_features, shape.n_outputs, shape.widths[0], shape.dropout)
    build = entry.definition.build if name == HYBRID else entry.definition.control
    return build(shape, entry.n_qubits, entry.n_layers)


@torch.no_grad()
def member_logits(member: nn.Module, x: Tensor, mirrored: bool, backend: Backend) -> Array:
    """Return log odds ``(n,)``, of an image and its mirror image averaged where both show the same.

    Args:
        member: trained.
        x: ``(n, ...)`` prepared.
        mirrored: whether the mirror image is looked at too.
        backend: where its circuit runs.
    """
    views = [x, x.flip(-1)] if mirrored else [x]
    size = IMAGES_A_CALL if x.ndim > 3 else CASES_A_CALL
    said = [torch.cat([member(part, backend)[:, 0] for part in view.split(size)]) for view in views]
    return torch.stack(said).mean(0).double().numpy()


@dataclass(frozen=True, eq=False)
class FamilyModel:
    """The trained models of one family for one question.

    Attributes:
        entry: question, family and size.
        preparation: of the cases, fitted.
        members: of each model, one a seed.
        facts: what training found out.
    """

    entry: Entry
    preparation: Preparation
    members: dict[str, list[nn.Module]]
    facts: Facts

    @property
    def digest(self) -> str:
        """Text that differs wherever the trained numbers do."""
        digest = hashlib.sha256(json.dumps([self.facts.platt, self.facts.threshold]).encode())
        for part in (self.preparation, *(member for several in self.members.values() for member in several)):
            for value in part.state_dict().values():
                digest.update(value.numpy().tobytes())
        return digest.hexdigest()[:20]

    def logits(self, name: str, cases: Tensor, backend: Backend) -> Array:
        """Return log odds of each member, ``(n_members, n)``, before calibration.

        Args:
            name: of the model: hybrid, control or resnet.
            cases: ``(n, ...)`` as stored: images in [0, 1], tables and series with units.
            backend: where the circuit runs.
        """
        x, mirrored = self.preparation(cases), self.entry.question.mirrored
        return np.stack([member_logits(member, x, mirrored, backend) for member in self.members[name]])

    def probabilities(self, name: str, cases: Tensor, backend: Backend) -> Array:
        """Return the calibrated probability of yes, ``(n,)``, of the members' mean log odds."""
        return Platt(*self.facts.platt[name]).probability(self.logits(name, cases, backend).mean(0))
