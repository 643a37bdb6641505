"""From a case as it is stored to what a network is given: fitted on the training cases, kept beside the weights."""

import torch
from torch import Tensor, nn

from qcore.models.encoder import TableEncoder


class Standardised(nn.Module):
    """Pixels with mean 0 and standard deviation 1 over all training images."""

    mean: Tensor
    sd: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1))
        self.register_buffer("sd", torch.ones(1))

    def fit(self, x: Tensor) -> "Standardised":
        """Learn from images ``(n, channels, *space)``."""
        self.mean.fill_(float(x.mean()))
        self.sd.fill_(float(x.std()))
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return images ``(n, channels, *space)`` with the mean of training taken off, over its standard deviation."""
        return (x - self.mean) / self.sd


class Encoded(nn.Module):
    """Rows of a table, or every moment of a series, through a table's encoder.

    Args:
        encoder: encoder of a table's rows, not yet fitted.
        dtype: of what it returns: that of the family that reads it.
    """

    def __init__(self, encoder: TableEncoder, dtype: torch.dtype) -> None:
        super().__init__()
        self.encoder = encoder
        self.dtype = dtype

    def fit(self, x: Tensor) -> "Encoded":
        """Learn from ``(n, n_columns)`` or ``(n, time, n_columns)`` with units, NaN where missing."""
        self.encoder.fit(x.flatten(0, -2))
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(n, n_features)`` or ``(n, time, n_features)``."""
        return self.encoder(x.flatten(0, -2)).unflatten(0, x.shape[:-1]).to(self.dtype)  # type: ignore[no-any-return]


Preparation = Standardised | Encoded
