"""A trained imaging model: a few members trained from different seeds, averaged, calibrated, beside its controls."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.evidence.calibration import Platt
from qcore.models.families import FAMILIES
from qcore.models.resnet import ResNet18
from qcore.tasks.imaging.task import ImagingTask

Array = NDArray[np.float64]
HYBRID = "hybrid"
CONTROL = "control"
REFERENCE = "resnet"
LABELS = {HYBRID: "Hybrid", CONTROL: "Classical twin", REFERENCE: "ResNet-18, narrow"}
IMAGES_A_CALL = 128


class Facts(BaseModel):
    """What training found out; see the card.

    Attributes:
        seeds: one a member.
        mean, sd: of the training pixels; images are standardised by them.
        platt: (slope, intercept) of each model, fitted on the validation split.
        validation_auroc: of each model on the validation split.
        n_parameters: of one member of each model.
        training_seconds: of all members of each model.
        trained_on: backends on which the hybrid was trained, in turns.
        epochs: passes over the training images.
        versions: of the libraries that trained it.
    """

    model_config = ConfigDict(frozen=True)

    seeds: tuple[int, ...]
    mean: float
    sd: float
    platt: dict[str, tuple[float, float]]
    validation_auroc: dict[str, float]
    n_parameters: dict[str, int]
    training_seconds: dict[str, float]
    trained_on: tuple[str, ...]
    epochs: int
    versions: dict[str, str]


def new_member(task: ImagingTask, name: str) -> nn.Module:
    """Return an untrained member of one of the three models."""
    family = FAMILIES[task.family]
    if name == REFERENCE:
        shape = task.shape
        return ResNet18(shape.n_dims, shape.n_features, shape.n_outputs, shape.widths[0], shape.dropout)
    return (family.build if name == HYBRID else family.control)(task.shape, task.n_qubits, task.n_layers)


@torch.no_grad()
def member_logits(member: nn.Module, x: Tensor, mirrored: bool, backend: Backend) -> Array:
    """Return log odds ``(n,)``, of an image and its mirror image averaged where both show the same.

    Args:
        member: trained.
        x: ``(n, channels, *space)`` standardised.
        mirrored: whether the mirror image is looked at too.
        backend: where its circuit runs.
    """
    views = [x, x.flip(-1)] if mirrored else [x]
    said = [torch.cat([member(part, backend)[:, 0] for part in view.split(IMAGES_A_CALL)]) for view in views]
    return torch.stack(said).mean(0).double().numpy()


@dataclass(frozen=True, eq=False)
class ImagingModel:
    """The three trained models of one question.

    Attributes:
        task: the question.
        members: of each model, one a seed.
        facts: what training found out.
    """

    task: ImagingTask
    members: dict[str, list[nn.Module]]
    facts: Facts

    def logits(self, name: str, images: Tensor, backend: Backend) -> Array:
        """Return log odds of each member, ``(n_members, n)``, before calibration.

        Args:
            name: of the model: hybrid, control or resnet.
            images: ``(n, channels, *space)`` in [0, 1].
            backend: where the circuit runs.
        """
        x = (images - self.facts.mean) / self.facts.sd
        return np.stack([member_logits(member, x, self.task.mirrored, backend) for member in self.members[name]])

    def probabilities(self, name: str, images: Tensor, backend: Backend) -> Array:
        """Return the calibrated probability of yes, ``(n,)``, of the members' mean log odds."""
        return Platt(*self.facts.platt[name]).probability(self.logits(name, images, backend).mean(0))
