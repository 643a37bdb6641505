"""What a weights file holds: the parameters and fitted scales of a model, as safetensors."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from torch import nn

from qcore.errors import MissingAsset


def n_parameters(model: nn.Module) -> int:
    """Count the trained numbers of a model; a pruned weight, exactly zero, is none."""
    return sum(int(torch.count_nonzero(p)) for p in model.parameters())


def save_weights(model: nn.Module, path: Path) -> None:
    """Write parameters and fitted scales as safetensors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()  # Says as an OSError that it cannot be written; safetensors would have an error of its own.
    save_model(model, str(path))


def load_weights(model: nn.Module, path: Path) -> None:
    """Read parameters and fitted scales in place.

    Raises:
        MissingAsset: the file belongs to a model of another shape, or is damaged.
    """
    try:
        load_model(model, path)
    except (RuntimeError, SafetensorError) as error:
        raise MissingAsset(
            f"{path} does not fit this version of the program. Restore assets/models with git, or train again."
        ) from error
    model.eval()
