"""A density matrix moved on gate by gate with Kraus operators: slow, short, and nothing in it is fused or skipped.

Axis q of the state belongs to position q of the register. Unitaries come from Qiskit, errors from the noise model.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from qiskit.circuit import library
from qiskit.quantum_info import Operator
from torch import Tensor

from qcore.noise.channels import to_kraus
from qcore.noise.measurement import PauliSum
from qcore.noise.model import NoiseModel
from qcore.noise.transpile.isa import IsaCircuit

Complex = NDArray[np.complex128]
Array = NDArray[np.float64]

UNITARIES = {"sx": library.SXGate(), "x": library.XGate(), "cz": library.CZGate(), "ecr": library.ECRGate()}


def unitary(name: str) -> Complex:
    """Matrix whose first qubit is the most significant."""
    return np.asarray(Operator(UNITARIES[name]).reverse_qargs().data)


def rz(angle_rad: float) -> Complex:
    return np.diag(np.exp([-0.5j * angle_rad, 0.5j * angle_rad]))


def applied(state: Complex, operators: Sequence[Complex], qubits: Sequence[int]) -> Complex:
    """Sum of K state K^† over the operators."""
    n, k = state.ndim // 2, len(qubits)
    total = np.zeros_like(state)
    for operator in operators:
        tensor = np.reshape(operator, (2,) * 2 * k)
        left = np.tensordot(tensor, state, axes=(range(k, 2 * k), qubits))
        left = np.moveaxis(left, range(k), qubits)
        columns = [n + qubit for qubit in qubits]
        both = np.tensordot(tensor.conj(), left, axes=(range(k, 2 * k), columns))
        total += np.moveaxis(both, range(k), columns)
    return total


class Simulator:
    """One circuit under one noise model."""

    def __init__(self, isa: IsaCircuit, noise: NoiseModel) -> None:
        self.isa, self.noise = isa, noise
        self.error = lru_cache(lambda name, qubits: to_kraus(noise.gate(name, qubits)))
        self.waiting = lru_cache(lambda qubit, time_s: to_kraus(noise.idle(qubit, time_s)))

    def state(self, slots: Sequence[float]) -> Complex:
        n = len(self.isa.line)
        state = np.zeros((2,) * 2 * n, dtype=np.complex128)
        state[(0,) * 2 * n] = 1.0
        for instruction in self.isa.instructions:
            physical = tuple(self.isa.line[position] for position in instruction.qubits)
            if instruction.angle is not None:
                angle = instruction.angle.offset + sum(c * slots[slot] for slot, c in instruction.angle.terms)
                state = applied(state, [rz(angle)], instruction.qubits)
            elif instruction.name == "delay":
                state = applied(state, self.waiting(physical[0], instruction.duration_s), instruction.qubits)
            else:
                state = applied(state, [unitary(instruction.name)], instruction.qubits)
                state = applied(state, self.error(instruction.name, physical), instruction.qubits)
        return state

    def outcomes(self, state: Complex, letters: dict[int, str], read_with_error: bool = True) -> Array:
        """Probabilities ``(2,) * n``, axis q the qubit q of the circuit, each read along its letter."""
        for qubit, letter in letters.items():
            position = self.isa.measured[qubit]
            if letter == "Z":
                continue
            if letter == "X":
                state = applied(state, [rz(np.pi / 2)], [position])
            state = applied(state, [unitary("sx")], [position])
            state = applied(state, self.error("sx", (self.isa.line[position],)), [position])
        n = len(self.isa.line)
        probabilities = np.reshape(state, (2**n, 2**n)).diagonal().real.reshape((2,) * n)
        for position, physical in enumerate(self.isa.line):
            p10, p01 = self.noise.readout(physical) if read_with_error else (0.0, 0.0)
            confusion = np.array([[1 - p10, p01], [p10, 1 - p01]])
            probabilities = np.moveaxis(np.tensordot(confusion, probabilities, axes=(1, position)), 0, position)
        return np.transpose(probabilities, self.isa.measured)

    def expectation(self, state: Complex, observable: PauliSum, read_with_error: bool = True) -> float:
        total = 0.0
        for word, coefficient in zip(observable.words, observable.coefficients, strict=True):
            seen = self.outcomes(state, dict(word), read_with_error)
            for qubit in range(seen.ndim):
                sign = np.array([1.0, -1.0 if qubit in dict(word) else 1.0])
                seen = seen * sign.reshape([2 if axis == qubit else 1 for axis in range(seen.ndim)])
            total += coefficient * float(seen.sum())
        return total

    def expectations(
        self, observables: Sequence[PauliSum], inputs: Tensor, weights: Tensor, read_with_error: bool = True
    ) -> Tensor:
        """``(batch, n_observables)``."""
        states = [self.state(row) for row in self.isa.slots(inputs, weights).tolist()]
        return torch.tensor(
            [[self.expectation(state, o, read_with_error) for o in observables] for state in states],
            dtype=torch.float64,
        )
