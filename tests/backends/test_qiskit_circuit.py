"""The circuit Qiskit gets: same values as without Qiskit, on the right qubits, in the right direction."""

import numpy as np
import pennylane as qml
import pytest
import torch
from qiskit.quantum_info import SparsePauliOp, Statevector
from torch import Tensor

from qcore.backends import qiskit_circuit
from qcore.backends.ideal import IdealBackend
from qcore.circuits import Circuit, reuploading
from qcore.noise.device.calibration import load
from qcore.noise.transpile.isa import Angle, Instruction, IsaCircuit
from qcore.noise.transpile.to_device import transpile
from qcore.noise.transpile.trace import trace

DT_S = 4e-9


def rotations(observables: tuple[qml.operation.Operator, ...] = (qml.PauliZ(0),)) -> Circuit:
    """Two qubits, one angle each."""

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for qubit in range(2):
            qml.RZ(inputs[..., qubit] + 0 * weights.sum(), wires=qubit)

    return Circuit("rotations", 2, 2, 0, queue, observables)


def by_hand(
    *instructions: Instruction, line: tuple[int, ...] = (5, 3), measured: tuple[int, ...] = (0, 1)
) -> IsaCircuit:
    return IsaCircuit(trace(rotations()), line, instructions, measured, duration_s=1e-6)


def expectations(isa: IsaCircuit, circuit: Circuit, inputs: Tensor, weights: Tensor) -> np.ndarray:
    placed = qiskit_circuit.to_qiskit(isa)
    values = qiskit_circuit.parameter_array(placed, isa, inputs, weights)
    states = [Statevector(placed.assign_parameters(row)) for row in values]
    measured = qiskit_circuit.observables(circuit, isa)
    return np.array([[state.expectation_value(observable).real for observable in measured] for state in states])


def test_each_slot_is_a_parameter_in_an_affine_angle() -> None:
    circuit = qiskit_circuit.to_qiskit(
        by_hand(
            Instruction("rz", (0,), Angle(0.25, ((0, 2.0), (1, -1.0)))),
            Instruction("rz", (1,), Angle(1.5)),
        )
    )
    assert [parameter.name for parameter in circuit.parameters] == ["s[0]", "s[1]"]
    bound = circuit.assign_parameters([0.5, 0.125])
    assert [float(item.operation.params[0]) for item in bound.data] == [1.125, 1.5]


def test_a_slot_that_makes_no_difference_has_no_column() -> None:
    isa = by_hand(Instruction("rz", (1,), Angle(0.0, ((1, 1.0),))))
    inputs = torch.tensor([[0.1, 0.2], [0.3, 0.4]], requires_grad=True)
    values = qiskit_circuit.parameter_array(qiskit_circuit.to_qiskit(isa), isa, inputs, torch.zeros(0))
    np.testing.assert_allclose(values, [[0.2], [0.4]], atol=1e-7)


def test_instructions_stand_on_the_physical_qubits_and_ecr_keeps_its_direction() -> None:
    isa = by_hand(
        Instruction("sx", (0,)), Instruction("ecr", (1, 0)), Instruction("x", (1,)), Instruction("cz", (0, 1))
    )
    placed = qiskit_circuit.to_qiskit(isa, n_device_qubits=7)
    found = [(item.operation.name, [placed.find_bit(q).index for q in item.qubits]) for item in placed.data]
    assert placed.num_qubits == 7
    assert found == [("sx", [5]), ("ecr", [3, 5]), ("x", [3]), ("cz", [5, 3])]
    assert qiskit_circuit.to_qiskit(isa).num_qubits == 2


def test_waiting_is_written_out_only_where_asked_for() -> None:
    isa = by_hand(Instruction("delay", (1,), duration_s=21 * DT_S), Instruction("x", (0,)))
    assert [item.operation.name for item in qiskit_circuit.to_qiskit(isa).data] == ["x"]
    delay = qiskit_circuit.to_qiskit(isa, 7, DT_S).data[0]
    assert (delay.operation.duration, delay.operation.unit) == (21, "dt")


def test_observables_follow_the_circuit_to_where_it_ends() -> None:
    wanted = (
        qml.PauliZ(0),
        qml.PauliX(0) @ qml.PauliY(1),
        0.5 * qml.PauliZ(1) - 2.0 * qml.PauliX(0) + 0.25 * qml.Identity(0),
    )
    isa = by_hand(line=(5, 3), measured=(1, 0))
    found = qiskit_circuit.observables(rotations(wanted), isa, n_device_qubits=6)
    assert found == [
        SparsePauliOp("IIZIII"),
        SparsePauliOp("YIXIII"),
        SparsePauliOp(["ZIIIII", "IIXIII", "IIIIII"], [0.5, -2.0, 0.25]),
    ]


def test_an_observable_without_a_pauli_form_is_refused() -> None:
    odd = qml.NumberOperator(0)
    with pytest.raises(ValueError, match="cannot be written in Pauli words"):
        qiskit_circuit.observables(rotations((odd,)), by_hand())


@pytest.mark.parametrize(
    ("words", "bases"), [(["ZI", "IZ", "ZZ"], 1), (["ZI", "XI"], 2), (["XI", "IZ", "XZ"], 1), (["II"], 1)]
)
def test_words_that_agree_on_every_qubit_share_a_basis(words: list[str], bases: int) -> None:
    assert qiskit_circuit.count_bases([SparsePauliOp(word) for word in words]) == bases


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize(("qubits", "layers"), [(1, 1), (2, 2), (3, 2), (4, 3)])
@pytest.mark.parametrize("device_name", ["fez", "sherbrooke"])
def test_a_transpiled_circuit_has_the_noiseless_values(device_name: str, qubits: int, layers: int, bound: bool) -> None:
    circuit = reuploading(qubits, layers)
    inputs = torch.linspace(-3, 3, 2 * circuit.n_inputs, dtype=torch.float64).reshape(2, -1)
    weights = torch.linspace(2, -1, circuit.n_weights, dtype=torch.float64)
    isa = transpile(circuit, load(device_name), weights if bound else None)
    ideal = IdealBackend().expectations(circuit, inputs, weights).values
    np.testing.assert_allclose(expectations(isa, circuit, inputs, weights), ideal, atol=1e-9)
