"""DeepQuantum's density-matrix circuit in torch, complex64; a batch is one call (torch.vmap inside).

Its own channels act on one qubit and have one parameter each, which a calibrated two-qubit gate does not fit. So the
same Kraus operators go through its `Channel` class, as its own channels do. `<Z>` is read from the diagonal, which is
faster than its `expectation`.
"""

from dataclasses import dataclass

import deepquantum as dq
import numpy as np
import torch
from deepquantum.operation import Channel
from torch import Tensor

from tests.benchmarks.noise_rivals.problem import Array, Problem, Step
from tests.benchmarks.noise_rivals.rival import Calls


class KrausChannel(Channel):  # type: ignore[misc]
    """A channel given by its Kraus operators."""

    def __init__(self, step: Step, n_qubits: int) -> None:
        self.operators = torch.from_numpy(np.stack(step.kraus)).to(torch.complex64)
        super().__init__(inputs=0.0, name="kraus", nqubit=n_qubits, wires=list(step.qubits), tsr_mode=True)
        self.npara = 0

    def update_matrix(self) -> Tensor:
        """Return the Kraus operators, ``(k, 2^n, 2^n)``."""
        return self.operators


@dataclass(frozen=True)
class DeepQuantum:
    """`QubitCircuit` with ``den_mat=True``."""

    precision: str = "float32"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:
        """See `Rival.prepare`."""
        circuit, encoded = _circuit(problem)
        offsets = torch.tensor([problem.steps[place].angle.offset for place in encoded])
        from_slots = torch.zeros(problem.n_slots, len(encoded))
        for column, place in enumerate(encoded):
            for slot, factor in problem.steps[place].angle.terms:
                from_slots[slot, column] = factor
        x, w, d, offset, from_inputs, from_weights, readout = (
            torch.tensor(array, dtype=torch.float32)
            for array in (
                inputs, problem.weights, direction,
                problem.offset, problem.from_inputs, problem.from_weights, problem.readout,
            )
        )  # fmt: skip
        x_free, w_free = x.clone().requires_grad_(), w.clone().requires_grad_()
        strings = torch.arange(2**problem.n_qubits)
        # Qubit 0 is the most significant bit.
        places = [problem.n_qubits - 1 - position for position in problem.measured]
        signs = torch.stack([1.0 - 2.0 * (strings >> place & 1) for place in places], dim=1)

        def values(some: Tensor, weights: Tensor) -> Tensor:
            slots = offset + some @ from_inputs + weights @ from_weights
            state = circuit(offsets + slots @ from_slots)
            z = state.diagonal(dim1=-2, dim2=-1).real @ signs
            return readout[0] + readout[1] * z

        def forward() -> Array:
            with torch.no_grad():
                return values(x, w).numpy()

        def gradient() -> tuple[Array, Array]:
            total = (values(x_free, w_free) * d).sum()
            by_inputs, by_weights = torch.autograd.grad(total, (x_free, w_free))
            return by_inputs.numpy(), by_weights.numpy()

        return Calls(forward, gradient)


def _circuit(problem: Problem) -> tuple[dq.QubitCircuit, list[int]]:
    """Return the circuit and the places of the steps whose angles are its data, in order."""
    circuit = dq.QubitCircuit(problem.n_qubits, den_mat=True)
    encoded = []
    for place, step in enumerate(problem.steps):
        if step.angle is None:
            circuit.add(KrausChannel(step, problem.n_qubits))
        elif step.angle.terms:
            circuit.rz(step.qubits[0], encode=True)
            encoded.append(place)
        else:
            circuit.rz(step.qubits[0], step.angle.offset)
    return circuit, encoded
