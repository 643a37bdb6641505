"""Random circuits to compare backends on: one generator a family, reproducible from a seed."""

from collections.abc import Callable, Mapping

import numpy as np
import pennylane as qml
from pennylane.operation import Operator
from torch import Tensor

from qcore.circuits import Circuit, reuploading
from qcore.circuits.ansatz import ANSATZE, BRICK, STRONG
from qcore.circuits.encodings import AMPLITUDE, ENCODINGS, IQP
from qcore.circuits.experts import expert
from qcore.circuits.hqcnn import hqcnn
from qcore.circuits.kernels import fidelity, local_states
from qcore.circuits.qcnn import qcnn
from qcore.circuits.reuploading import layered

GATES_A_QUBIT = 8
NARROW = 4
"""Up to here circuits are compared whose cost grows exponentially with the qubits."""

Gate = Callable[[Tensor, Tensor, tuple[int, ...]], Operator]

# Each takes an input, a weight and its wires.
ONE_QUBIT_GATES: tuple[Gate, ...] = (
    lambda x, _, wires: qml.RX(x, wires),
    lambda x, w, wires: qml.RY(x * w, wires),
    lambda _, w, wires: qml.RZ(w, wires),
    lambda x, w, wires: qml.Rot(x, w, x, wires),
    lambda x, w, wires: qml.U3(w, x, w, wires),
    lambda _x, _w, wires: qml.Hadamard(wires),
    lambda _x, _w, wires: qml.T(wires),
)
TWO_QUBIT_GATES: tuple[Gate, ...] = (
    lambda _x, _w, wires: qml.CNOT(wires),
    lambda _x, _w, wires: qml.CZ(wires),
    lambda _, w, wires: qml.CRY(w, wires),
    lambda x, _, wires: qml.IsingZZ(x, wires),
    lambda _, w, wires: qml.ControlledPhaseShift(w, wires),
)


def mixed(n_qubits: int, seed: int) -> Circuit:
    """Return a circuit of randomly chosen gates, with observables along X, Y and Z and on two qubits."""
    rng = np.random.default_rng(seed)
    n_inputs = n_weights = 2 * n_qubits
    plan: list[tuple[Gate, tuple[int, int], tuple[int, ...]]] = []
    for _ in range(GATES_A_QUBIT * n_qubits):
        first = int(rng.integers(n_qubits))
        angles = int(rng.integers(n_inputs)), int(rng.integers(n_weights))
        if n_qubits > 1 and rng.random() < 0.3:
            neighbour = first + 1 if first == 0 or (first < n_qubits - 1 and rng.random() < 0.5) else first - 1
            plan.append((TWO_QUBIT_GATES[rng.integers(len(TWO_QUBIT_GATES))], angles, (first, neighbour)))
        else:
            plan.append((ONE_QUBIT_GATES[rng.integers(len(ONE_QUBIT_GATES))], angles, (first,)))

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for gate, (i, j), wires in plan:
            gate(inputs[..., i], weights[j], wires)

    letters = (qml.PauliZ, qml.PauliX, qml.PauliY)
    single = [letters[qubit % 3](qubit) for qubit in range(n_qubits)]
    double = [qml.PauliZ(qubit) @ qml.PauliX(qubit + 1) for qubit in range(min(2, n_qubits - 1))]
    return Circuit(f"mixed-{n_qubits}-{seed}", n_qubits, n_inputs, n_weights, queue, (*single, *double))


def of_layers(n_qubits: int, seed: int) -> Circuit:
    """Return layers of one of the encodings and one of the ansätze; of amplitudes there are 2^n."""
    encodings = [encoding for encoding in ENCODINGS.values() if n_qubits <= NARROW or encoding is not AMPLITUDE]
    ansatze = [ansatz for ansatz in ANSATZE.values() if n_qubits <= NARROW or ansatz is not STRONG]
    ansatz = ansatze[seed % len(ansatze)]
    return layered(n_qubits, 2, encodings[seed % len(encodings)], ansatz, "xyz-zz")


def of_kernels(n_qubits: int, seed: int) -> Circuit:
    """Return the circuit of a fidelity or of a projected kernel."""
    narrow = seed % 2 and n_qubits <= NARROW
    return fidelity(layered(n_qubits, 2)) if narrow else local_states(layered(n_qubits, 1, IQP))


def convolutional(n_qubits: int, _seed: int) -> Circuit:
    """Return QCNN or HQCNN where there is one of this width, else the circuit of a quanvolution."""
    if n_qubits in {2, 4, 8}:
        return qcnn(n_qubits)
    return hqcnn(n_qubits) if n_qubits == 3 else layered(n_qubits, 1, ansatz=BRICK)


def of_experts(n_qubits: int, _seed: int) -> Circuit:
    """Return the circuit of a quantum expert, and of more qubits one whose entanglers form no ring."""
    return expert(n_qubits, 1) if n_qubits <= NARROW else layered(n_qubits, 1, observables="xyz-zz")


FAMILIES: Mapping[str, Callable[[int, int], Circuit]] = {
    "re-uploading": lambda n_qubits, seed: reuploading(n_qubits, 2 + seed % 2),
    "mixed gates": mixed,
    "layers": of_layers,
    "kernels": of_kernels,
    "convolutional": convolutional,
    "experts": of_experts,
}
"""Circuit of so many qubits from a seed, by family."""
