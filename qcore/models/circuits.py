"""The circuits inside a model, whatever it is made of."""

from torch import nn

from qcore.models.quantum_layer import QuantumLayer
from qcore.models.variational import VariationalClassifier

CircuitLayer = QuantumLayer | VariationalClassifier
"""What holds a ``circuit``, its trained ``weights`` and, where there is one, a ``normalization``."""


def circuit_layers(model: nn.Module) -> list[CircuitLayer]:
    """Return everything in a model that runs a circuit, in the order of its modules."""
    return [module for module in model.modules() if isinstance(module, CircuitLayer)]
