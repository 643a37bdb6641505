"""How much an image is like those that trained a model, by its 28 x 28 pixels.

The training images vary in few directions (principal components). An image is a stranger where it varies more along
them than 99 in 100 of the validation images do, or away from them. That alone lets some X-rays pass for ultrasound:
so an image is also a stranger where it is nearer to what trained another model.
"""

from functools import cache

import torch
from torch import Tensor, nn

from qcore.errors import MissingAsset
from qcore.models.encoded import load_weights
from qcore.models.families import Kind
from qcore.tasks.classification.question import entry_of
from qcore.tasks.classification.store import folder_of
from qcore.tasks.imaging.preparation import SIDE
from qcore.tasks.imaging.subjects import SUBJECTS

FILE = "familiarity.safetensors"
N_DIRECTIONS = 48
"""Of 28 x 28: fewer let a brain pass for ultrasound, more refuse what belongs to the set."""
FARTHEST = 1.15
"""Share of the distance of the 99th of 100 validation images from which an image is a stranger."""
DARKEST_SD = 0.02
"""Keeps an image of one grey from being stretched to noise."""
IMAGES = tuple(name for name, subject in SUBJECTS.items() if subject.question.forms[0].shape.kind is Kind.IMAGE)
"""Questions that are asked of images; a block is judged by what is marked in it."""


class Familiar(nn.Module):
    """Distance from the images that trained a model; as made, it knows none."""

    centre: Tensor
    directions: Tensor
    spread: Tensor
    away: Tensor
    usual: Tensor

    def __init__(self) -> None:
        super().__init__()
        n = SIDE**2
        shapes = {
            "centre": (n,),
            "directions": (n, N_DIRECTIONS),
            "spread": (N_DIRECTIONS,),
            "away": (1,),
            "usual": (2,),
        }
        for name, shape in shapes.items():
            self.register_buffer(name, torch.ones(shape))

    def standardised(self, images: Tensor) -> Tensor:
        """Return images ``(n, 1, 28, 28)`` as rows ``(n, 784)``, each with mean 0 and its own contrast taken out."""
        rows = images.float().flatten(1)
        return (rows - rows.mean(1, keepdim=True)) / (rows.std(1, correction=0, keepdim=True) + DARKEST_SD)

    def distances(self, images: Tensor) -> Tensor:
        """Return how far images lie along the directions and away from them, ``(n, 2)``."""
        rows = self.standardised(images) - self.centre
        along = rows @ self.directions
        away = (rows - along @ self.directions.T).square().mean(1).sqrt() / self.away
        return torch.stack([(along / self.spread).square().mean(1).sqrt(), away], 1)

    def forward(self, images: Tensor) -> Tensor:
        """Return ``(n,)``: 1 is as far as the 99th of 100 validation images."""
        return (self.distances(images) / self.usual).amax(1)


def learnt(training: Tensor, validation: Tensor) -> Familiar:
    """Learn it.

    Args:
        training: images ``(n, 1, 28, 28)`` in [0, 1] that trained the model.
        validation: others of the same kind.
    """
    familiar = Familiar()
    rows = familiar.standardised(training).double()
    familiar.centre = rows.mean(0).float()
    _, _, components = torch.linalg.svd(rows - rows.mean(0), full_matrices=False)
    familiar.directions = components[:N_DIRECTIONS].T.contiguous().float()
    along = (familiar.standardised(training) - familiar.centre) @ familiar.directions
    familiar.spread = along.std(0)
    familiar.away = familiar.distances(training)[:, 1].median()[None]
    familiar.usual = familiar.distances(validation).quantile(0.99, dim=0)
    return familiar


@cache
def load(name: str) -> Familiar:
    """Return what knows the images of a question, by its name, read once.

    Raises:
        MissingAsset: it was never learnt, or the file is missing or damaged.
    """
    folder = folder_of(entry_of(SUBJECTS[name].question))
    if not (folder / FILE).is_file():
        raise MissingAsset(f"{folder / FILE} is missing. Restore it with git.")
    familiar = Familiar()
    load_weights(familiar, folder / FILE)
    return familiar
