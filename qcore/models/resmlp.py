"""A residual perceptron: the encoder of the mixture of experts.

Residual blocks after He et al. 2016, doi:10.1109/CVPR.2016.90, for tables as in Gorishniy et al. 2021,
arXiv:2106.11959, with layer in place of batch normalisation, so that no patient's answer depends on another's.
"""

import torch
from torch import Tensor, nn

EXPANSION = 2
"""Hidden units of a block for each of its inputs."""


class ResidualMLPBlock(nn.Module):
    """Normalise, widen, narrow, and add to what came in.

    Args:
        width: of what comes in and goes out.
        dropout: share of hidden units left out at every training step.
    """

    def __init__(self, width: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.normalization = nn.LayerNorm(width)
        self.widen = nn.Linear(width, EXPANSION * width)
        self.dropout = nn.Dropout(dropout)
        self.narrow = nn.Linear(EXPANSION * width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(..., width)`` to ``(..., width)``."""
        hidden = torch.nn.functional.silu(self.widen(self.normalization(x)))
        return x + self.narrow(self.dropout(hidden))  # type: ignore[no-any-return]


class ResidualMLP(nn.Module):
    """A linear layer, residual blocks and a last normalisation.

    Args:
        n_features: length of a feature vector.
        width: hidden units of every block.
        n_blocks: number of residual blocks.
        dropout: share of hidden units left out at every training step.
    """

    def __init__(self, n_features: int, width: int, n_blocks: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.enter = nn.Linear(n_features, width)
        self.blocks = nn.Sequential(*(ResidualMLPBlock(width, dropout) for _ in range(n_blocks)))
        self.normalization = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(..., n_features)`` to ``(..., width)``."""
        return self.normalization(self.blocks(self.enter(x)))  # type: ignore[no-any-return]
