"""PennyLane's default.mixed with the same channels, as `QubitChannel`s, and a batch by parameter broadcasting.

Gate and noise are one channel: apart they take half as long again. With plain NumPy parameters `default.mixed` takes
5 ms a patient in every batch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pennylane as qml
import torch

from tests.benchmarks.noise_rivals.problem import Array, Problem
from tests.benchmarks.noise_rivals.rival import Calls


@dataclass(frozen=True)
class PennyLaneTorch:
    """With torch, double precision, as a torch model would use it."""

    precision: str = "float64"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:
        """See `Rival.prepare`."""
        run = _qnode(problem, "torch")
        x, w, d, offset, from_inputs, from_weights, readout = (
            torch.tensor(array, dtype=torch.float64)
            for array in (
                inputs, problem.weights, direction,
                problem.offset, problem.from_inputs, problem.from_weights, problem.readout,
            )
        )  # fmt: skip
        x_free, w_free = x.clone().requires_grad_(), w.clone().requires_grad_()

        def values(some: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
            z = torch.stack(run(offset + some @ from_inputs + weights @ from_weights), dim=-1)
            return readout[0] + readout[1] * z

        def forward() -> Array:
            with torch.no_grad():
                return values(x, w).numpy()

        def gradient() -> tuple[Array, Array]:
            total = (values(x_free, w_free) * d).sum()
            by_inputs, by_weights = torch.autograd.grad(total, (x_free, w_free))
            return by_inputs.numpy(), by_weights.numpy()

        return Calls(forward, gradient)


@dataclass(frozen=True)
class PennyLaneJax:
    """Compiled by JAX (jit + vmap), in the single precision that is JAX's default."""

    precision: str = "float32"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:
        """See `Rival.prepare`."""
        from tests.benchmarks.noise_rivals.jax_calls import jax_calls

        run = _qnode(problem, "jax")
        return jax_calls(run, run, problem, inputs, direction)


def _qnode(problem: Problem, interface: str) -> Callable[[Any], Any]:
    def run(slots: Any) -> list[Any]:
        for step in problem.steps:
            if step.angle is not None:
                angle = step.angle.offset
                for slot, factor in step.angle.terms:
                    angle = angle + factor * slots[..., slot]
                qml.RZ(angle, wires=step.qubits)
            else:
                qml.QubitChannel([np.asarray(operator) for operator in step.kraus], wires=step.qubits)
        return [qml.expval(qml.Z(position)) for position in problem.measured]

    device = qml.device("default.mixed", wires=problem.n_qubits)
    return qml.QNode(run, device, interface=interface, diff_method="backprop")  # type: ignore[no-any-return]
