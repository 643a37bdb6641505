"""Random circuits: reproducible, different, of every kind of gate, and such that every angle matters somewhere."""

import pennylane as qml
import pytest
import torch

from qcore.circuits import Circuit
from qcore.parity.random_circuits import FAMILIES, mixed


def angles(circuit: Circuit) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.linspace(-1, 2, circuit.n_inputs), torch.linspace(1, -2, circuit.n_weights)


def operations(circuit: Circuit) -> list[qml.operation.Operator]:
    tape = qml.tape.make_qscript(circuit.queue)(*angles(circuit))
    return list(tape.operations)


def queued(circuit: Circuit) -> list[str]:
    return [repr(operation) for operation in operations(circuit)]


@pytest.mark.parametrize("n_qubits", range(1, 10))
@pytest.mark.parametrize("family", FAMILIES)
def test_a_circuit_has_the_width_asked_for_and_is_the_same_again(family: str, n_qubits: int) -> None:
    first, second = (FAMILIES[family](n_qubits, 5) for _ in range(2))
    assert first.n_qubits == n_qubits
    assert queued(first) == queued(second)
    assert {wire for operation in operations(first) for wire in operation.wires} == set(range(n_qubits))
    read = {wire for observable in first.observables for wire in observable.wires}
    # A quantum convolution ends in its last qubit.
    assert read == ({n_qubits - 1} if first.name.startswith("qcnn") else set(range(n_qubits)))


def test_another_seed_is_another_circuit() -> None:
    assert len({tuple(queued(mixed(3, seed))) for seed in range(6)}) == 6


def test_every_kind_of_gate_and_every_letter_occurs() -> None:
    circuits = [mixed(n_qubits, seed) for n_qubits in (2, 3, 4) for seed in range(4)]
    names = {operation.name for circuit in circuits for operation in operations(circuit)}
    assert {"RX", "RY", "RZ", "Rot", "U3", "Hadamard", "T", "CNOT", "CZ", "CRY", "IsingZZ"} <= names
    words = [word for circuit in circuits for observable in circuit.observables for word in observable.pauli_rep]
    observed = {letter for word in words for letter in word.values()}
    assert observed == {"X", "Y", "Z"}


@pytest.mark.parametrize("n_qubits", [2, 5, 9])
def test_pairs_are_neighbours_on_a_line(n_qubits: int) -> None:
    for operation in operations(mixed(n_qubits, 1)):
        if len(operation.wires) == 2:
            first, second = operation.wires
            assert abs(first - second) == 1
