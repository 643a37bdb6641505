"""The circuit of HQCNN: RY encoding, U3 rotations, cyclic CNOTs, Toffoli attention, Fourier phases; X and Z read.

Source: arXiv:2509.14277. The paper gives the stages and not every gate: which qubits a Toffoli joins (here each qubit
is turned where the two before it are set, cyclically) and the phases (those of the quantum Fourier transform, without
its final swaps) are our reading. A third party reports the paper withdrawn for an error in this last stage.
"""

import math

import pennylane as qml
from torch import Tensor

from qcore.circuits.circuit import Circuit
from qcore.circuits.recording import one_thread_at_a_time
from qcore.errors import InvalidArgument


@one_thread_at_a_time
def hqcnn(n_qubits: int = 4) -> Circuit:
    """Build the circuit of HQCNN, with its Toffoli attention and its pooling.

    Args:
        n_qubits: 4 in the paper; at least 3, the width of a Toffoli gate.

    Raises:
        InvalidArgument: fewer than three qubits.
    """
    if n_qubits < 3:
        raise InvalidArgument("The Toffoli attention of HQCNN needs at least three qubits.")

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for qubit in range(n_qubits):
            qml.RY(inputs[..., qubit], wires=qubit)
        for qubit in range(n_qubits):
            # U3(theta, phi, delta) but for a phase nobody can measure.
            theta, phi, delta = (weights[3 * qubit + axis] for axis in range(3))
            qml.RZ(delta, wires=qubit)
            qml.RY(theta, wires=qubit)
            qml.RZ(phi, wires=qubit)
        for qubit in range(n_qubits):
            qml.CNOT(wires=[qubit, (qubit + 1) % n_qubits])
        for qubit in range(n_qubits):
            qml.Toffoli(wires=[(qubit + offset) % n_qubits for offset in range(3)])
        for qubit in range(n_qubits):
            qml.Hadamard(wires=qubit)
            for later in range(qubit + 1, n_qubits):
                qml.ControlledPhaseShift(math.pi / 2 ** (later - qubit), wires=[later, qubit])

    singles = (pauli(qubit) for pauli in (qml.PauliX, qml.PauliZ) for qubit in range(n_qubits))
    return Circuit(
        name=f"hqcnn-{n_qubits}",
        n_qubits=n_qubits,
        n_inputs=n_qubits,
        n_weights=3 * n_qubits,
        queue=queue,
        observables=tuple(singles),
    )
