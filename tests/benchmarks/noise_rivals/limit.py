"""The machine's own limit: nothing but the matrix products, at the rate torch reaches for their shapes here."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from qcore.noise.compile import expectation_program
from qcore.noise.measurement import pauli_sum
from qcore.noise.model import CalibratedNoise
from qcore.noise.transpile.trace import symbolic_trace
from tests.benchmarks.noise_rivals.problem import Array, Problem
from tests.benchmarks.noise_rivals.rival import Calls


@dataclass(frozen=True)
class DenseLayers:
    """One product with a dense map of the whole register, ``(4^n, 4^n)``, a layer."""

    precision: str = "float32"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:  # noqa: ARG002 - no answers
        """See `Rival.prepare`; what is returned means nothing."""
        size = 4**problem.n_qubits
        layers = problem.circuit.n_inputs // problem.n_qubits
        return _products([torch.randn(size, size) / size**0.5 for _ in range(layers)], len(inputs))


@dataclass(frozen=True)
class OwnProducts:
    """The products of our compiled program, without the rotations between them and without all else."""

    precision: str = "float32"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:  # noqa: ARG002 - no answers
        """See `Rival.prepare`; what is returned means nothing."""
        program = expectation_program(
            symbolic_trace(problem.circuit),
            CalibratedNoise(problem.device),
            [pauli_sum(observable) for observable in problem.circuit.observables],
            torch.float32,
        )
        if program.front is not None:
            raise ValueError("this circuit begins on the register, not with matrix products")
        return _products([torch.cat([layer.from_real, layer.from_complex]) for layer in program.layers], len(inputs))


def _products(matrices: Sequence[Tensor], batch: int) -> Calls:
    states = [torch.randn(batch, matrix.shape[0]) for matrix in matrices]
    gradients = [torch.randn(batch, matrix.shape[1]) for matrix in matrices]

    def forward() -> Array:
        for state, matrix in zip(states, matrices, strict=True):
            last = state @ matrix
        return last.numpy()

    def gradient() -> tuple[Array, Array]:
        forward()
        for outer, matrix in zip(gradients, matrices, strict=True):
            last = outer @ matrix.T
        return last.numpy(), last[0].numpy()

    return Calls(forward, gradient)
