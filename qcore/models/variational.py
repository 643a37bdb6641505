"""The hybrid classifier: one linear map to rotation angles, a re-uploading circuit, one linear read-out."""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend, Expectations
from qcore.circuits import Circuit

RARE_EVENT_LOGIT = -2.0
"""Training starts at a risk of 12 %, not at even odds."""


class VariationalClassifier(nn.Module):
    """A binary classifier whose only non-linearity is the circuit.

    ``features -> angles = W features`` (one row of W for every encoding gate), circuit, ``logit = v . <O> + c``.
    Where to run is an argument of every call, so one set of weights runs everywhere.

    Args:
        circuit: what to run between the two linear maps.
        n_features: length of a feature vector.
        angle_scale_rad: standard deviation of an angle at the start, for standardised features.
    """

    def __init__(self, circuit: Circuit, n_features: int, angle_scale_rad: float = 0.4) -> None:
        super().__init__()
        self.circuit = circuit
        self.angles = nn.Linear(n_features, circuit.n_inputs, bias=False)
        nn.init.normal_(self.angles.weight, std=angle_scale_rad / math.sqrt(n_features))
        self.weights = nn.Parameter(torch.empty(circuit.n_weights).uniform_(-math.pi / 2, math.pi / 2))
        self.readout = nn.Linear(len(circuit.observables), 1)
        nn.init.normal_(self.readout.weight, std=0.3)
        nn.init.constant_(self.readout.bias, RARE_EVENT_LOGIT)

    def expectations(self, features: Tensor, backend: Backend) -> Expectations:
        """Run the circuit.

        Args:
            features: ``(batch, n_features)`` standardised, dimensionless.
            backend: where to run.
        """
        return backend.expectations(self.circuit, self.angles(features), self.weights)

    def logits(self, expectations: Expectations) -> Tensor:
        """Read the circuit out: ``(batch,)`` log odds."""
        return self.readout(expectations.values).squeeze(-1)  # type: ignore[no-any-return]

    def forward(self, features: Tensor, backend: Backend) -> Tensor:
        """Return log odds ``(batch,)`` of features ``(batch, n_features)``."""
        return self.logits(self.expectations(features, backend))
