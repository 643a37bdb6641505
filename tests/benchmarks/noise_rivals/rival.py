"""What the benchmark asks of every simulator, ours included."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from tests.benchmarks.noise_rivals.problem import Array, Problem


@dataclass(frozen=True)
class Calls:
    """One batch, ready to be run again and again; what is built once is built here or at the first call.

    Attributes:
        forward: returns the expectations ``(batch, n_qubits)``, read-out error included.
        gradient: returns the gradients of ``sum(direction * expectations)`` by inputs ``(batch, n_inputs)`` and by
            weights ``(n_weights,)``; None where the simulator has none.
    """

    forward: Callable[[], Array]
    gradient: Callable[[], tuple[Array, Array]] | None = None


class Rival(Protocol):
    """A simulator as its users would call it, with the options that make it fastest here."""

    @property
    def precision(self) -> str:
        """Return ``float32`` or ``float64``: ours runs in the same."""
        ...

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:
        """Build everything that patients do not change.

        Args:
            problem: circuit, noise and weights.
            inputs: ``(batch, n_inputs)`` rad.
            direction: ``(batch, n_qubits)``; see `Calls`.
        """
        ...
