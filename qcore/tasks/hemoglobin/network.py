"""The networks: features with their units in, haemoglobin in g/dL out; the circuit is all that leads from one to other.

They are the variational family, and its classical twin, between two scalings.
"""

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.circuit_head import CircuitHead
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.models.quantum_layer import ablate
from qcore.tasks.hemoglobin.features import NAMES

FAMILY = FAMILIES["variational"]
N_QUBITS = 2
HYBRID, TWIN, LINEAR = "hybrid", "control", "linear"


class Regressor(nn.Module):
    """One network with its scalings.

    Args:
        kind: ``hybrid``, ``control`` (its twin, with tanh units in the circuit's place) or ``linear`` (with a linear
            map in its place).
        n_layers: of the circuit.
    """

    mean: Tensor
    spread: Tensor
    typical_g_dl: Tensor
    scale_g_dl: Tensor

    def __init__(self, kind: str, n_layers: int) -> None:
        super().__init__()
        shape = Shape(Kind.TABLE, len(NAMES))
        made = (FAMILY.control if kind == TWIN else FAMILY.build)(shape, N_QUBITS, n_layers)
        made = ablate(made, "linear") if kind == LINEAR else made
        if not isinstance(made, CircuitHead):
            raise TypeError(f"the family {FAMILY.name} has no read-out of its own")
        self.head = made
        for name, length in (("mean", len(NAMES)), ("spread", len(NAMES)), ("typical_g_dl", 1), ("scale_g_dl", 1)):
            self.register_buffer(name, torch.ones(length))
        self.double()

    def scaled_to(self, inputs: Tensor, hemoglobin_g_dl: Tensor) -> "Regressor":
        """Learn the scalings of training inputs ``(n, 11)`` and outcomes ``(n,)``; return the network itself."""
        spread = inputs.std(0)
        self.mean.copy_(inputs.mean(0))
        # Of a finding that nobody has, nothing can be learnt.
        self.spread.copy_(torch.where(spread > 0, spread, torch.ones_like(spread)))
        self.typical_g_dl.fill_(hemoglobin_g_dl.mean())
        self.scale_g_dl.fill_(hemoglobin_g_dl.std())
        return self

    def standardized(self, inputs: Tensor) -> Tensor:
        """Return inputs ``(n, 11)`` as the head reads them."""
        return (inputs - self.mean) / self.spread

    def forward(self, inputs: Tensor, backend: Backend) -> Tensor:
        """Return haemoglobin ``(n,)`` g/dL of inputs ``(n, 11)`` with their units."""
        return self.measured(inputs, backend)[0]

    def measured(self, inputs: Tensor, backend: Backend) -> tuple[Tensor, Tensor]:
        """Return what `forward` does and its standard error from shots, ``(n,)`` g/dL each; 0 where exact."""
        outputs, errors = self.head.measured(self.standardized(inputs), backend)
        return outputs[:, 0] * self.scale_g_dl + self.typical_g_dl, errors[:, 0] * self.scale_g_dl
