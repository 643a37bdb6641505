"""How much a picture is like those that trained the models, by what the network's own channels say of it as a whole."""

from functools import cache
from pathlib import Path

import torch
from torch import Tensor, nn

from qcore.errors import MissingAsset
from qcore.models.encoded import load_weights
from qcore.models.images.cells import N_SUMMARY

FILE = "familiarity.safetensors"
N_DIRECTIONS = 64
"""In which pictures of brains differ most."""


class Familiarity(nn.Module):
    """Two tests: is it nearer to brains than to other pictures, and is it no further from brains than brains are.

    The first tells what it was shown from brains and knows nothing of what it was not shown; the second needs no other
    pictures, but cannot tell which of two strangers is a brain.
    """

    centre: Tensor
    scale: Tensor
    directions: Tensor
    spread: Tensor
    weight: Tensor
    offset: Tensor
    farthest: Tensor

    def __init__(self) -> None:
        super().__init__()
        for name, shape in {
            "centre": (N_SUMMARY,),
            "scale": (N_SUMMARY,),
            "directions": (N_SUMMARY, N_DIRECTIONS),
            "spread": (N_DIRECTIONS + 1,),
            "weight": (N_SUMMARY,),
            "offset": (1,),
            "farthest": (1,),
        }.items():
            self.register_buffer(name, torch.ones(shape))

    def standardised(self, summary: Tensor) -> Tensor:
        """Return summaries ``(n, N_SUMMARY)`` with the mean of brains 0 and their spread 1."""
        return (summary - self.centre) / self.scale

    def distance(self, summary: Tensor) -> Tensor:
        """Return how far pictures lie from brains ``(n,)``: along directions of brains, and away from all of these."""
        x = self.standardised(summary)
        along = x @ self.directions
        away = (x - along @ self.directions.T).square().mean(1, keepdim=True).sqrt()
        return (torch.cat([along, away], 1) / self.spread).square().sum(1).sqrt()

    def forward(self, summary: Tensor) -> Tensor:
        """Return ``(n,)`` above 0 of what looks like a brain, below 0 of anything else: the lower of the two tests."""
        like_brains = self.standardised(summary) @ self.weight + self.offset
        return torch.minimum(like_brains, (self.farthest - self.distance(summary)))


@cache
def load(folder: Path) -> Familiarity:
    """Return it as trained, read once.

    Raises:
        MissingAsset: it was never trained, or the file is missing or damaged.
    """
    if not (folder / FILE).is_file():
        raise MissingAsset(f"{folder / FILE} is missing. Restore it with git.")
    familiarity = Familiarity()
    load_weights(familiarity, folder / FILE)
    return familiarity
