"""A function of one patient's angles, made by JAX into calls for a batch: jit, vmap, value_and_grad."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.benchmarks.noise_rivals.problem import Array, Problem
from tests.benchmarks.noise_rivals.rival import Calls


def jax_calls(
    fast_forward: Callable[[Any], Any],
    fast_backward: Callable[[Any], Any],
    problem: Problem,
    inputs: Array,
    direction: Array,
) -> Calls:
    """Compile for a batch; both functions map slots ``(n_slots,)`` rad to the list of ``<Z>``.

    Args:
        fast_forward: the way that is fastest without gradients.
        fast_backward: the way that is fastest with gradients.
        problem: circuit, noise and weights.
        inputs: ``(batch, n_inputs)`` rad.
        direction: ``(batch, n_qubits)``.
    """
    x, w, d, offset, from_inputs, from_weights, readout = (
        jnp.asarray(array, dtype=jnp.float32)
        for array in (
            inputs, problem.weights, direction,
            problem.offset, problem.from_inputs, problem.from_weights, problem.readout,
        )
    )  # fmt: skip

    def values(run: Callable[[Any], Any], some: Any, weights: Any) -> Any:
        slots = offset + some @ from_inputs + weights @ from_weights
        z = jax.vmap(lambda angles: jnp.stack(run(angles)))(slots)
        return readout[0] + readout[1] * z

    forward = jax.jit(lambda some, weights: values(fast_forward, some, weights))
    gradient = jax.jit(
        jax.value_and_grad(lambda some, weights: (values(fast_backward, some, weights) * d).sum(), argnums=(0, 1))
    )

    def by_inputs_and_weights() -> tuple[Array, Array]:
        _, (by_inputs, by_weights) = gradient(x, w)
        return np.asarray(by_inputs), np.asarray(by_weights)

    return Calls(lambda: np.asarray(forward(x, w)), by_inputs_and_weights)
