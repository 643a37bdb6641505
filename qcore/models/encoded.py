"""A classifier together with the encoder it was trained behind: what one weights file holds."""

from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from safetensors import SafetensorError
from safetensors.torch import load_model, save_model
from torch import Tensor, nn

from qcore.errors import MissingAsset
from qcore.models.encoder import TableEncoder

Classifier = TypeVar("Classifier", bound=nn.Module)


class EncodedClassifier(nn.Module, Generic[Classifier]):
    """Encoder, then classifier; further arguments (the backend) go to the classifier.

    Args:
        encoder: raw inputs to features.
        classifier: features to log odds.
    """

    def __init__(self, encoder: TableEncoder, classifier: Classifier) -> None:
        super().__init__()
        self.encoder: TableEncoder = encoder
        self.classifier: Classifier = classifier

    def forward(self, inputs: Tensor, *args: Any) -> Tensor:
        """Return log odds ``(batch,)`` of inputs ``(batch, n_columns)`` with units."""
        return self.classifier(self.encoder(inputs), *args)  # type: ignore[no-any-return]


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
