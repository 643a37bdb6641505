"""A circuit as a torch layer, and what an ablation puts in its place."""

from collections.abc import Callable
from dataclasses import replace

import pennylane as qml
import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit

INITIAL_SD_RAD = 0.5


class QuantumLayer(nn.Module):
    """Rotation angles in, expectations out; where to run is an argument of every call.

    Args:
        circuit: what runs.
        normalize: bring every observable to mean 0 and variance 1 over the batch in training and by the running mean
            and variance afterwards (post-measurement normalisation, QuantumNAT, arXiv:2110.11331).
    """

    def __init__(self, circuit: Circuit, normalize: bool = False) -> None:
        super().__init__()
        self.circuit = circuit
        # Near 0 the slopes by the inputs are steepest for every circuit here; at +-pi/2, which suits RY alone, three to
        # five times flatter where there are RZ or CNOT.
        self.weights = nn.Parameter(INITIAL_SD_RAD * torch.randn(circuit.n_weights))
        self.normalization = nn.BatchNorm1d(len(circuit.observables), affine=False) if normalize else None

    @property
    def n_inputs(self) -> int:
        """Angles a call takes."""
        return self.circuit.n_inputs

    @property
    def n_outputs(self) -> int:
        """Expectations a call returns."""
        return len(self.circuit.observables)

    def forward(self, angles: Tensor, backend: Backend) -> Tensor:
        """Return ``(..., n_outputs)`` expectations of angles ``(..., n_inputs)`` rad; leading axes are one batch."""
        flat = angles.reshape(-1, self.circuit.n_inputs)
        values = backend.expectations(self.circuit, flat, self.weights.to(flat.dtype)).values
        if self.normalization is not None:
            values = self.normalization(values)
        return values.reshape(*angles.shape[:-1], self.n_outputs)


class ClassicalLayer(nn.Module):
    """What takes a circuit's place: a linear map of the same width, bounded as expectations are or left linear.

    Args:
        layer: the layer that is replaced; where it is not trained, this one is not either.
        bounded: True for a control (a layer of tanh units), False for an ablation.
    """

    def __init__(self, layer: QuantumLayer, bounded: bool) -> None:
        super().__init__()
        self.bounded = bounded
        self.linear = nn.Linear(layer.n_inputs, layer.n_outputs).requires_grad_(layer.weights.requires_grad)
        self.normalization = nn.BatchNorm1d(layer.n_outputs, affine=False) if layer.normalization is not None else None

    def forward(self, angles: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return ``(..., n_outputs)`` of angles ``(..., n_inputs)``."""
        values = self.linear(angles.reshape(-1, self.linear.in_features))
        if self.bounded:
            values = torch.tanh(values)
        if self.normalization is not None:
            values = self.normalization(values)
        return values.reshape(*angles.shape[:-1], self.linear.out_features)  # type: ignore[no-any-return]


def quantum_layers(model: nn.Module) -> list[QuantumLayer]:
    """Return every circuit of a model, in the order of its modules."""
    return [module for module in model.modules() if isinstance(module, QuantumLayer)]


def without_entanglers(circuit: Circuit) -> Circuit:
    """Return the circuit with every gate on more than one qubit left out."""

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for operation in qml.tape.make_qscript(circuit.queue)(inputs, weights).operations:
            if len(operation.wires) == 1:
                qml.apply(operation)

    return replace(circuit, name=f"{circuit.name}-unentangled", queue=queue)


def _frozen(layer: QuantumLayer) -> nn.Module:
    layer.weights.requires_grad_(False)
    return layer


def _unentangled(layer: QuantumLayer) -> nn.Module:
    bare = QuantumLayer(without_entanglers(layer.circuit), layer.normalization is not None)
    return bare.requires_grad_(layer.weights.requires_grad)


def _linear(layer: QuantumLayer) -> nn.Module:
    return ClassicalLayer(layer, bounded=False)


def _classical(layer: QuantumLayer) -> nn.Module:
    return ClassicalLayer(layer, bounded=True)


ABLATIONS: dict[str, Callable[[QuantumLayer], nn.Module]] = {
    "frozen": _frozen,
    "unentangled": _unentangled,
    "linear": _linear,
}
"""What the circuit contributes: its weights left at random, its entanglers removed, a linear map in its place."""


def ablate(model: nn.Module, kind: str) -> nn.Module:
    """Change every circuit of an untrained model in place, and return it.

    Args:
        model: to be trained afterwards.
        kind: one of `ABLATIONS`.
    """
    return _replace_circuits(model, ABLATIONS[kind])


def classical_twin(model: nn.Module) -> nn.Module:
    """Put a layer of tanh units in the place of every circuit of an untrained model, and return it: its control."""
    return _replace_circuits(model, _classical)


def _replace_circuits(model: nn.Module, other: Callable[[QuantumLayer], nn.Module]) -> nn.Module:
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, QuantumLayer):
                setattr(parent, name, other(child))
    return model
