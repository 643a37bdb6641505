"""PennyLane in one thread at a time.

It keeps one list of open recordings for all threads. A gate or observable made in one session of the dashboard while
another session records a circuit would become part of that circuit, and whatever pauses recording pauses it for both.
Every function that builds, records or runs a circuit with PennyLane therefore waits for its turn.
"""

from collections.abc import Callable
from functools import wraps
from threading import RLock
from typing import ParamSpec, TypeVar

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
