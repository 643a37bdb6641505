"""The features of a recording's stretches, as other parts of a model take them: as places, or pooled over time."""

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend


class Stretches(nn.Module):
    """Every stretch as a place, for models that judge places one by one."""

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_features, n_stretches)`` to ``(batch, n_stretches, n_features)``."""
        return x.transpose(1, 2)


class OverTime(nn.Module):
    """Mean and maximum of every feature over time."""

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_features, n_stretches)`` to ``(batch, 2 n_features)``."""
        return torch.cat([x.mean(-1), x.amax(-1)], dim=1)


class PooledLinear(nn.Module):
    """The usual end of a ResNet: features pooled over time, and a linear layer.

    Args:
        n_features: of a stretch.
        n_outputs: outputs of the classifier.
        dropout: share of features left out at every training step.
    """

    def __init__(self, n_features: int, n_outputs: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.pooled, self.dropout = OverTime(), nn.Dropout(dropout)
        self.readout = nn.Linear(2 * n_features, n_outputs)

    def forward(self, x: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return ``(batch, n_outputs)`` of ``(batch, n_features, n_stretches)``."""
        return self.readout(self.dropout(self.pooled(x)))  # type: ignore[no-any-return]
