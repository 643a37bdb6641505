"""The classical controls on tables: one hidden layer in the circuit's place, or a linear model."""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.basis import Basis
from qcore.models.variational import RARE_EVENT_LOGIT


class MLPClassifier(nn.Module):
    """A perceptron with one hidden layer of rectified linear units.

    Args:
        basis: fixed functions of the features that the hidden layer reads.
        n_hidden: units of the hidden layer.
        n_outputs: number of labels, a logit each.
    """

    def __init__(self, basis: Basis, n_hidden: int, n_outputs: int = 1) -> None:
        super().__init__()
        self.basis = basis
        self.hidden = nn.Linear(basis.n_out, n_hidden)
        nn.init.normal_(self.hidden.weight, std=1 / math.sqrt(basis.n_out))
        nn.init.zeros_(self.hidden.bias)
        self.readout = nn.Linear(n_hidden, n_outputs)
        nn.init.normal_(self.readout.weight, std=1 / math.sqrt(n_hidden))
        nn.init.constant_(self.readout.bias, RARE_EVENT_LOGIT)

    def forward(self, features: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return log odds ``(batch, n_outputs)`` of features ``(batch, n_features)``."""
        return self.readout(torch.relu(self.hidden(self.basis(features))))  # type: ignore[no-any-return]


class LinearClassifier(nn.Module):
    """A logistic regression of every label on fixed functions of the features.

    Args:
        basis: fixed functions of the features that it reads.
        n_outputs: number of labels, a logit each.
    """

    def __init__(self, basis: Basis, n_outputs: int = 1) -> None:
        super().__init__()
        self.basis = basis
        self.linear = nn.Linear(basis.n_out, n_outputs)

    def forward(self, features: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return log odds ``(batch, n_outputs)`` of features ``(batch, n_features)``."""
        return self.linear(self.basis(features))  # type: ignore[no-any-return]
