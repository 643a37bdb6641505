"""The classical control: the circuit's place taken by one hidden layer."""

import math

import torch
from torch import Tensor, nn

from qcore.models.basis import Basis
from qcore.models.variational import RARE_EVENT_LOGIT


class MLPClassifier(nn.Module):
    """A perceptron with one hidden layer of rectified linear units.

    Args:
        basis: fixed functions of the features that the hidden layer reads.
        n_hidden: units of the hidden layer.
    """

    def __init__(self, basis: Basis, n_hidden: int) -> None:
        super().__init__()
        self.basis = basis
        self.hidden = nn.Linear(basis.n_out, n_hidden)
        nn.init.normal_(self.hidden.weight, std=1 / math.sqrt(basis.n_out))
        nn.init.zeros_(self.hidden.bias)
        self.readout = nn.Linear(n_hidden, 1)
        nn.init.normal_(self.readout.weight, std=1 / math.sqrt(n_hidden))
        nn.init.constant_(self.readout.bias, RARE_EVENT_LOGIT)

    def forward(self, features: Tensor) -> Tensor:
        """Return log odds ``(batch,)`` of features ``(batch, n_features)``."""
        return self.readout(torch.relu(self.hidden(self.basis(features)))).squeeze(-1)  # type: ignore[no-any-return]
