"""Random circuits to compare backends on: one generator a family, reproducible from a seed."""

from collections.abc import Callable, Mapping

import numpy as np
import pennylane as qml
from pennylane.operation import Operator
from torch import Tensor

from qcore.circuits import Circuit, reuploading

GATES_A_QUBIT = 8

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


FAMILIES: Mapping[str, Callable[[int, int], Circuit]] = {
    "re-uploading": lambda n_qubits, seed: reuploading(n_qubits, 2 + seed % 2),
    "mixed gates": mixed,
}
"""Circuit of so many qubits from a seed, by family."""
