"""PennyLane in one thread at a time.

It keeps one list of open recordings for all threads. A gate or observable made in one session of the dashboard while
another session records a circuit would become part of that circuit, and whatever pauses recording pauses it for both.
Every function that builds, records or runs a circuit with PennyLane therefore waits for its turn.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

from torch import Tensor

from qcore.errors import UnsuitableCircuit

P = ParamSpec("P")
R = TypeVar("R")
_turn = RLock()


def one_thread_at_a_time(function: Callable[P, R]) -> Callable[P, R]:
    """Let no other such function run meanwhile in another thread; within one thread they may call each other."""

    @wraps(function)
    def alone(*args: P.args, **kwargs: P.kwargs) -> R:
        with _turn:
            return function(*args, **kwargs)

    return alone


def batch_or_rows(run: Callable[[Tensor], R], inputs: Tensor) -> list[tuple[Sequence[int], R]]:
    """Run something for a batch ``(batch, n_inputs)``, or patient by patient where it does not take a batch.

    Some gates of PennyLane take no batch, and neither does a choice in Python, as in ``if inputs[..., 0] > 1``.

    Args:
        run: takes inputs ``(batch, n_inputs)`` or ``(n_inputs,)``.
        inputs: ``(batch, n_inputs)`` angles of the patients, rad.

    Returns:
        Rows of the batch, and what was returned for them.
    """
    try:
        return [(range(len(inputs)), run(inputs))]
    except UnsuitableCircuit:
        raise
    except (RuntimeError, TypeError, ValueError, NotImplementedError):
        # An error of the circuit itself is raised again by the first row.
        return [([row], run(row_inputs)) for row, row_inputs in enumerate(inputs.unbind())]
