"""The hybrid classifier: one linear map to rotation angles, a re-uploading circuit, one linear read-out."""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend, Expectations
from qcore.circuits import Circuit
from qcore.models.basis import Basis

RARE_EVENT_LOGIT = -2.0
"""Training starts at a risk of 12 %, not at even odds."""
ANGLE_SCALE_RAD = 0.4
READOUT_SCALE = 0.3


class VariationalClassifier(nn.Module):
    """A binary classifier whose only learnt non-linearity is the circuit.

    ``angles = W basis(features)``, circuit, ``logit = v . <O> + c``. Where to run is an argument of every call, so one
    set of weights runs everywhere.

    Args:
        circuit: what to run between the two linear maps.
        basis: fixed functions of the features that W reads.
    """

    def __init__(self, circuit: Circuit, basis: Basis) -> None:
        super().__init__()
        self.circuit = circuit
        self.basis = basis
        self.angles = nn.Linear(basis.n_out, circuit.n_inputs, bias=False)
        nn.init.normal_(self.angles.weight, std=ANGLE_SCALE_RAD / math.sqrt(basis.n_out))
        # Half-way between the poles a small input moves <Z> most.
        signs = torch.randint(0, 2, (circuit.n_weights,)) * 2.0 - 1.0
        self.weights = nn.Parameter(signs * math.pi / 2)
        self.readout = nn.Linear(len(circuit.observables), 1)
        nn.init.normal_(self.readout.weight, std=READOUT_SCALE)
        nn.init.constant_(self.readout.bias, RARE_EVENT_LOGIT)

    def expectations(self, features: Tensor, backend: Backend) -> Expectations:
        """Run the circuit.

        Args:
            features: ``(batch, n_features)`` standardised, dimensionless.
            backend: where to run.
        """
        return backend.expectations(self.circuit, self.angles(self.basis(features)), self.weights)

    def logits(self, expectations: Expectations) -> Tensor:
        """Read the circuit out: ``(batch,)`` log odds."""
        return self.readout(expectations.values).squeeze(-1)  # type: ignore[no-any-return]

    def forward(self, features: Tensor, backend: Backend) -> Tensor:
        """Return log odds ``(batch,)`` of features ``(batch, n_features)``."""
        return self.logits(self.expectations(features, backend))
