"""Fixed, unlearnt functions of standardised features that a model's first linear map reads."""

import torch
from torch import Tensor, nn

MEAN_ABSOLUTE_NORMAL = 0.8
"""Mean of |x| for a standard normal x (0.798), so that the added columns are centred too."""


class Plain(nn.Module):
    """The features as they are.

    Args:
        n_features: length of a feature vector.
    """

    def __init__(self, n_features: int) -> None:
        super().__init__()
        self.n_out = n_features

    def forward(self, features: Tensor) -> Tensor:
        """Return the features ``(batch, n_features)`` unchanged."""
        return features


class TwoSided(nn.Module):
    """The features and, for each numeric one, its distance from typical, whichever side it lies on.

    Physiology is harmed by too low and by too high; with |x| at hand a rotation need not spend its
    frequency on that.

    Args:
        n_features: length of a feature vector.
        n_numeric: how many of them, the first ones, are numeric.
    """

    def __init__(self, n_features: int, n_numeric: int) -> None:
        super().__init__()
        self.n_numeric = n_numeric
        self.n_out = n_features + n_numeric

    def forward(self, features: Tensor) -> Tensor:
        """Map ``(batch, n_features)`` to ``(batch, n_features + n_numeric)``."""
        numeric, rest = features[:, : self.n_numeric], features[:, self.n_numeric :]
        return torch.cat([numeric, numeric.abs() - MEAN_ABSOLUTE_NORMAL, rest], dim=1)


Basis = Plain | TwoSided
