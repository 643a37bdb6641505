"""The parameter-matched classical control: the circuit's place taken by one hidden layer."""

import torch
from torch import Tensor, nn


class MLPClassifier(nn.Module):
    """A perceptron with one hidden layer of rectified linear units.

    Args:
        n_features: length of a feature vector.
        n_hidden: units of the hidden layer.
    """

    def __init__(self, n_features: int, n_hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(n_features, n_hidden)
        self.readout = nn.Linear(n_hidden, 1)

    def forward(self, features: Tensor) -> Tensor:
        """Return log odds ``(batch,)`` of features ``(batch, n_features)``."""
        return self.readout(torch.relu(self.hidden(features))).squeeze(-1)  # type: ignore[no-any-return]
