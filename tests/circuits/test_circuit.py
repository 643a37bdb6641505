"""Circuits: what they are made of, and what a drawing says of them."""

import pytest
import torch

from qcore.circuits import Circuit, Gate, depth, gates, reuploading

SIZES = [(qubits, layers) for qubits in (1, 2, 4) for layers in (1, 2, 3)]


@pytest.mark.parametrize(("qubits", "layers"), SIZES)
def test_every_input_and_every_weight_turns_one_gate(qubits: int, layers: int) -> None:
    circuit = reuploading(qubits, layers)
    drawn = gates(circuit)
    assert sum(gate.source == "input" for gate in drawn) == circuit.n_inputs == qubits * layers
    assert sum(gate.source == "weight" for gate in drawn) == circuit.n_weights == qubits * layers
    assert sum(gate.source == "fixed" for gate in drawn) == (layers - 1) * (qubits - 1)
    assert len(circuit.observables) == circuit.n_qubits == qubits


def test_entanglers_stand_between_layers_and_join_neighbours_only() -> None:
    drawn = gates(reuploading(3, 2))
    assert drawn[:2] == [Gate("RY", (0,), "input"), Gate("RY", (0,), "weight")]
    assert drawn[6:8] == [Gate("CZ", (0, 1), "fixed"), Gate("CZ", (1, 2), "fixed")]
    assert {gate.name for gate in drawn[8:]} == {"RY"}


# By hand: two rotations a layer and qubit; a chain of CZ runs along the line while the first qubits go on.
@pytest.mark.parametrize(
    ("qubits", "layers", "expected"), [(1, 1, 2), (1, 3, 6), (2, 2, 5), (3, 1, 2), (4, 2, 7), (4, 3, 11)]
)
def test_depth_is_the_longest_chain(qubits: int, layers: int, expected: int) -> None:
    assert depth(reuploading(qubits, layers)) == expected


def test_the_name_tells_circuits_apart() -> None:
    assert len({reuploading(*size).name for size in SIZES}) == len(SIZES)


@pytest.mark.parametrize(("qubits", "layers"), [(0, 1), (1, 0), (-1, 3)])
def test_a_circuit_without_qubits_or_layers_is_refused(qubits: int, layers: int) -> None:
    with pytest.raises(ValueError, match="must be a whole number, 1 or more"):
        reuploading(qubits, layers)


def test_a_circuit_cannot_be_changed() -> None:
    circuit: Circuit = reuploading(2, 1)
    with pytest.raises(AttributeError):
        circuit.n_qubits = 3  # type: ignore[misc]


def test_drawing_leaves_no_trace_in_what_is_computed() -> None:
    circuit = reuploading(2, 2)
    assert gates(circuit) == gates(circuit)
    torch.manual_seed(0)
    before = torch.rand(1)
    torch.manual_seed(0)
    gates(circuit)
    assert torch.equal(torch.rand(1), before)
