"""The circuit of a quantum expert: the same few angles in every layer, about two axes, and a strong entangler."""

import pennylane as qml
from torch import Tensor

from qcore.circuits.ansatz import STRONG
from qcore.circuits.circuit import Circuit, Shortcut
from qcore.circuits.expert_states import expert_expectations
from qcore.circuits.recording import one_thread_at_a_time
from qcore.circuits.reuploading import xyz_and_neighbours
from qcore.errors import InvalidArgument


@one_thread_at_a_time
def expert(n_qubits: int, n_layers: int) -> Circuit:
    """Build the circuit of Team PNU's mixture of experts, as far as it is known.

    Every layer turns qubit ``q`` by RY and by RX of the same input ``q``, then trains any rotation of every qubit
    before a ring of CNOT. Known are the two rotations, the re-uploading, "strongly entangling layers" and what is
    read: X, Y, Z and neighbours' ZZ. That the ring has range 1 in every layer is our choice: longer ranges cost more
    SWAPs on a device whose qubits lie on a line.

    Args:
        n_qubits: at least 1; also the number of inputs.
        n_layers: number of layers, at least 1.

    Raises:
        InvalidArgument: fewer than one qubit or layer.
    """
    if n_qubits < 1 or n_layers < 1:
        raise InvalidArgument("An expert's circuit needs at least one qubit and one layer.")
    n_weights = STRONG.n_weights(n_qubits)

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for layer in range(n_layers):
            for qubit in range(n_qubits):
                qml.RY(inputs[..., qubit], wires=qubit)
                qml.RX(inputs[..., qubit], wires=qubit)
            STRONG.queue(weights[layer * n_weights : (layer + 1) * n_weights], n_qubits)

    observables = xyz_and_neighbours(n_qubits)
    return Circuit(
        name=f"expert-{n_qubits}x{n_layers}",
        n_qubits=n_qubits,
        n_inputs=n_qubits,
        n_weights=n_layers * n_weights,
        queue=queue,
        observables=observables,
        shortcut=Shortcut(queue, observables, expert_expectations),
    )
