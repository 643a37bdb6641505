"""What a circuit is: the gates it queues and the observables it measures (PennyLane)."""

from collections.abc import Callable
from dataclasses import dataclass

import pennylane as qml
import torch
from pennylane.operation import Operator
from torch import Tensor

Queue = Callable[[Tensor, Tensor], None]


@dataclass(frozen=True, eq=False)
class Circuit:
    """A parameterised circuit; immutable, and the same on every backend; equal to itself alone.

    Attributes:
        name: identifies gates and shape, e.g. ``reuploading-4x3``.
        n_qubits: width of the register.
        n_inputs: rotation angles that differ from patient to patient.
        n_weights: rotation angles that are trained and shared by all patients.
        queue: queues the PennyLane gates for inputs ``(..., n_inputs)`` rad and weights
            ``(n_weights,)`` rad; a leading axis of the inputs is a batch.
        observables: what is measured, in order.
    """

    name: str
    n_qubits: int
    n_inputs: int
    n_weights: int
    queue: Queue
    observables: tuple[Operator, ...]


def reuploading(n_qubits: int, n_layers: int) -> Circuit:
    """Build a data-re-uploading circuit with a linear CZ entangler and Z read on every qubit.

    Every layer turns qubit ``q`` by RY(input) and RY(weight); between layers stands a chain of CZ along the line
    of qubits, which needs no SWAP on a heavy-hex device. Inputs and weights are ordered ``(layer, qubit)``.
    Method: Pérez-Salinas et al. 2020, doi:10.22331/q-2020-02-06-226.

    Args:
        n_qubits: at least 1.
        n_layers: at least 1.

    Raises:
        ValueError: fewer than one qubit or layer.
    """
    if n_qubits < 1 or n_layers < 1:
        raise ValueError("a re-uploading circuit needs at least one qubit and one layer")

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for layer in range(n_layers):
            if layer:
                for qubit in range(n_qubits - 1):
                    qml.CZ(wires=[qubit, qubit + 1])
            for qubit in range(n_qubits):
                position = layer * n_qubits + qubit
                qml.RY(inputs[..., position], wires=qubit)
                qml.RY(weights[position], wires=qubit)

    return Circuit(
        name=f"reuploading-{n_qubits}x{n_layers}",
        n_qubits=n_qubits,
        n_inputs=n_qubits * n_layers,
        n_weights=n_qubits * n_layers,
        queue=queue,
        observables=tuple(qml.PauliZ(qubit) for qubit in range(n_qubits)),
    )


@dataclass(frozen=True)
class Gate:
    """One gate of a circuit, for drawing.

    Attributes:
        name: as PennyLane calls it.
        wires: qubits it acts on.
        source: "input", "weight" or "fixed": where its angle comes from.
    """

    name: str
    wires: tuple[int, ...]
    source: str


def gates(circuit: Circuit) -> list[Gate]:
    """Return the gates of a circuit in order."""
    # An input angle of 1 and a weight of 2 tell where each angle comes from.
    inputs, weights = torch.ones(circuit.n_inputs), torch.full((circuit.n_weights,), 2.0)
    tape = qml.tape.make_qscript(circuit.queue)(inputs, weights)
    source = {1.0: "input", 2.0: "weight"}
    return [
        Gate(
            name=operation.name,
            wires=tuple(operation.wires),
            source=source[float(operation.parameters[0])] if operation.parameters else "fixed",
        )
        for operation in tape.operations
    ]


def depth(circuit: Circuit) -> int:
    """Return the longest chain of gates that must follow each other."""
    level = [0] * circuit.n_qubits
    for gate in gates(circuit):
        reached = 1 + max(level[wire] for wire in gate.wires)
        for wire in gate.wires:
            level[wire] = reached
    return max(level)
