"""TensorCircuit-NG's density-matrix circuit under JAX: jit + vmap, complex64, every channel one superoperator.

Every observable is contracted with the part of the circuit it sees (``reuse=False``); with gradients on few qubits, the
density matrix is contracted once for all. The order of contraction is TensorCircuit's default (greedy) or searched
by cotengra, for some seconds at the first call. Tried and not faster: `DMCircuit` (sums Kraus operators), fixed
steps fused by hand, batches in chunks that fit the cache.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax.numpy as jnp
import tensorcircuit as tc

from tests.benchmarks.noise_rivals.jax_calls import jax_calls
from tests.benchmarks.noise_rivals.problem import Array, Problem
from tests.benchmarks.noise_rivals.rival import Calls

SEARCH_S = 10
WHOLE_STATE_QUBITS = 4


@dataclass(frozen=True)
class TensorCircuit:
    """`DMCircuit2`.

    Attributes:
        order: of contraction, ``greedy`` or ``cotengra``.
    """

    order: str
    precision: str = "float32"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:
        """See `Rival.prepare`."""
        tc.set_backend("jax")
        tc.set_dtype("complex64")
        _set_order(self.order)
        small = problem.n_qubits <= WHOLE_STATE_QUBITS
        return jax_calls(
            lambda slots: _by_observable(problem, slots),
            (lambda slots: _by_state(problem, slots)) if small else (lambda slots: _by_observable(problem, slots)),
            problem,
            inputs,
            direction,
        )


def _set_order(order: str) -> None:
    if order == "greedy":
        tc.set_contractor("greedy")
        return
    import cotengra

    search: Callable[..., Any] = cotengra.ReusableHyperOptimizer(
        methods=["greedy", "labels"], minimize="flops", max_time=SEARCH_S, max_repeats=256, parallel=False
    )
    tc.set_contractor("custom", optimizer=search, preprocessing=True)


def _circuit(problem: Problem, slots: Any) -> Any:
    circuit = tc.DMCircuit2(problem.n_qubits)
    for step in problem.steps:
        if step.angle is not None:
            angle = step.angle.offset + sum(factor * slots[slot] for slot, factor in step.angle.terms)
            circuit.rz(*step.qubits, theta=angle)
        else:
            circuit.general_kraus([jnp.asarray(operator, dtype=jnp.complex64) for operator in step.kraus], *step.qubits)
    return circuit


def _by_observable(problem: Problem, slots: Any) -> list[Any]:
    circuit = _circuit(problem, slots)
    return [jnp.real(circuit.expectation((tc.gates.z(), [position]), reuse=False)) for position in problem.measured]


def _by_state(problem: Problem, slots: Any) -> list[Any]:
    state = _circuit(problem, slots).densitymatrix()
    probabilities = jnp.real(jnp.diagonal(state)).reshape([2] * problem.n_qubits)
    axes = range(problem.n_qubits)
    marginals = [probabilities.sum([axis for axis in axes if axis != position]) for position in problem.measured]
    return [marginal[0] - marginal[1] for marginal in marginals]
