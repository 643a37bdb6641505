"""Our engine, called as the models call it."""

from dataclasses import dataclass

import torch

from qcore.backends.noisy import NoisyBackend
from qcore.noise.model import CalibratedNoise
from tests.benchmarks.noise_rivals.problem import Array, Problem
from tests.benchmarks.noise_rivals.rival import Calls


@dataclass(frozen=True)
class Ours:
    """The noisy backend; weights are bound for `forward` and symbolic for `gradient`."""

    precision: str

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:
        """See `Rival.prepare`."""
        dtype = getattr(torch, self.precision)
        backend = NoisyBackend(CalibratedNoise(problem.device))
        x, w, d = (torch.tensor(array, dtype=dtype) for array in (inputs, problem.weights, direction))
        x_free, w_free = x.clone().requires_grad_(), w.clone().requires_grad_()

        def forward() -> Array:
            with torch.no_grad():
                return backend.expectations(problem.circuit, x, w).values.numpy()

        def gradient() -> tuple[Array, Array]:
            values = backend.expectations(problem.circuit, x_free, w_free).values
            by_inputs, by_weights = torch.autograd.grad((values * d).sum(), (x_free, w_free))
            return by_inputs.numpy(), by_weights.numpy()

        return Calls(forward, gradient)
