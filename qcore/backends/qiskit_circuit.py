"""A transpiled circuit and what it measures in Qiskit's terms: what is drawn, simulated by Aer and sent to IBM."""

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import ParameterExpression, ParameterVector
from qiskit.quantum_info import PauliList, SparsePauliOp
from torch import Tensor

from qcore.circuits import Circuit
from qcore.noise.measurement import pauli_sum
from qcore.noise.transpile.isa import Angle, IsaCircuit


def to_qiskit(isa: IsaCircuit, n_device_qubits: int | None = None, dt_s: float | None = None) -> QuantumCircuit:
    """Return the instructions as a Qiskit circuit with one parameter ``s[i]`` for every slot in use; no measurement.

    Args:
        isa: the circuit as transpiled to a line of qubits.
        n_device_qubits: width of the device; the circuit then stands on its physical qubits. None numbers the
            register 0 to n - 1.
        dt_s: clock cycle of the device, s; waiting is then written as delays, which a simulator needs to let idle
            qubits relax. None leaves delays out: hardware schedules by itself.
    """
    physical = _physical_qubits(isa, n_device_qubits)
    slots = ParameterVector("s", isa.trace.n_slots)
    circuit = QuantumCircuit(n_device_qubits or len(isa.line), name=isa.trace.circuit.name)
    gates = {"sx": circuit.sx, "x": circuit.x, "cz": circuit.cz, "ecr": circuit.ecr}
    for instruction in isa.instructions:
        qubits = [physical[position] for position in instruction.qubits]
        if instruction.angle is not None:
            circuit.rz(_expression(instruction.angle, slots), *qubits)
        elif instruction.name != "delay":
            gates[instruction.name](*qubits)
        elif dt_s is not None:
            circuit.delay(round(instruction.duration_s / dt_s), *qubits, unit="dt")
    return circuit


def parameter_array(circuit: QuantumCircuit, isa: IsaCircuit, inputs: Tensor, weights: Tensor) -> NDArray[np.float64]:
    """Return the value of every parameter of a circuit made by `to_qiskit`, ``(batch, n_parameters)`` rad.

    Slots that the transpiler found to make no difference have no parameter and no column.
    """
    slots = isa.slots(inputs.detach().double(), weights.detach().double())
    return slots.numpy()[:, [parameter.index for parameter in circuit.parameters]]


def observables(circuit: Circuit, isa: IsaCircuit, n_device_qubits: int | None = None) -> list[SparsePauliOp]:
    """Return the observables on the qubits on which `to_qiskit` places the circuit.

    Raises:
        ValueError: an observable has no Pauli form.
    """
    physical = _physical_qubits(isa, n_device_qubits)
    operators = []
    for observable in circuit.observables:
        total = pauli_sum(observable).placed(isa.measured)
        terms = [
            ("".join(letter for _, letter in word), [physical[position] for position, _ in word], coefficient)
            for word, coefficient in zip(total.words, total.coefficients, strict=True)
        ]
        operators.append(SparsePauliOp.from_sparse_list(terms, n_device_qubits or len(isa.line)))
    return operators


def count_bases(measured: list[SparsePauliOp]) -> int:
    """Return how many circuits one parameter set needs: words that agree on every qubit are measured together."""
    words = PauliList.from_symplectic(
        np.concatenate([observable.paulis.z for observable in measured]),
        np.concatenate([observable.paulis.x for observable in measured]),
    )
    return len(words.unique().group_commuting(qubit_wise=True))


def _physical_qubits(isa: IsaCircuit, n_device_qubits: int | None) -> tuple[int, ...]:
    return isa.line if n_device_qubits is not None else tuple(range(len(isa.line)))


def _expression(angle: Angle, slots: ParameterVector) -> float | ParameterExpression:
    total: float | ParameterExpression = angle.offset
    for slot, coefficient in angle.terms:
        total = total + coefficient * slots[slot]
    return total
