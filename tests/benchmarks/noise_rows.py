"""One row of the comparison: are the answers the same, and how long does each take, measured in turns."""

import importlib
import math
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from tests.benchmarks.noise_rivals.ours import Ours
from tests.benchmarks.noise_rivals.problem import problem
from tests.benchmarks.noise_rivals.rival import Calls, Rival

TOLERANCE = {"float64": 1e-6, "float32": 1e-4}
TURNS = 7
SLOW_S = 1.0
"""Such calls are timed twice, and those of ten times as much once: nothing about them hangs on a tenth."""
BURST_S = 0.2
"""Both are called for so long in each turn, so that what is still in the caches from the other one does not count."""
INSTALL = "pip install -e .[bench] -c constraints.txt"


@dataclass(frozen=True)
class Choice:
    """A simulator in the table.

    Attributes:
        title: for people.
        module: in ``tests.benchmarks.noise_rivals``; imported only when it runs.
        make: builds the rival from its module.
        answers: False for bare matrix products, which compute nothing to compare.
    """

    title: str
    module: str
    make: Callable[[Any], Rival]
    answers: bool = True


RIVALS: Mapping[str, Choice] = {
    "aer-estimator": Choice("Aer EstimatorV2, as called", "aer_estimator", lambda module: module.AerEstimator()),
    "aer-pruned": Choice("Aer, noise model pruned", "aer", lambda module: module.Aer("pruned")),
    "aer-superop": Choice("Aer, superoperators", "aer", lambda module: module.Aer("superop")),
    "pennylane-torch": Choice("PennyLane mixed, torch", "pennylane_mixed", lambda module: module.PennyLaneTorch()),
    "pennylane-jax": Choice("PennyLane mixed, JAX jit", "pennylane_mixed", lambda module: module.PennyLaneJax()),
    "tensorcircuit": Choice("TensorCircuit-NG", "tensorcircuit_dm", lambda module: module.TensorCircuit("greedy")),
    "tensorcircuit-cotengra": Choice(
        "TensorCircuit-NG + cotengra", "tensorcircuit_dm", lambda module: module.TensorCircuit("cotengra")
    ),
    "deepquantum": Choice("DeepQuantum", "deepquantum_dm", lambda module: module.DeepQuantum()),
    "limit-dense": Choice("limit: 4^n products", "limit", lambda module: module.DenseLayers(), answers=False),
    "limit-own": Choice("limit: our products", "limit", lambda module: module.OwnProducts(), answers=False),
}


@dataclass(frozen=True)
class Case:
    """What is measured; `goal` is the least ratio of times (theirs / ours) that we want, None where none was set."""

    rival: str
    qubits: int
    layers: int
    batch: int
    mode: str
    goal: float | None


@dataclass(frozen=True)
class Row:
    """A measured case.

    Attributes:
        rival: key of `RIVALS`.
        qubits, layers, batch: shape.
        mode: ``forward`` or ``forward_backward`` (gradients by inputs and weights).
        ours_us, rival_us: time per patient, µs; None where nothing comparable ran.
        ratio: rival_us / ours_us.
        goal: least ratio wanted.
        precision: of both.
        difference: greatest absolute difference of the expectations, or greatest difference of a gradient relative
            to the greatest gradient.
        first_call_s: the rival's own preparation and first call (compiling, searching), s.
        note: why there is no number.
    """

    rival: str
    qubits: int
    layers: int
    batch: int
    mode: str
    ours_us: float | None = None
    rival_us: float | None = None
    ratio: float | None = None
    goal: float | None = None
    precision: str = ""
    difference: float | None = None
    first_call_s: float | None = None
    note: str = ""


def rows(cases: Iterable[Case], until: float = math.inf) -> Iterator[Row]:
    """Measure cases; those of one rival and shape should follow each other, so that it prepares once.

    Args:
        cases: what to measure.
        until: time of `time.monotonic` from which on nothing more is begun.
    """
    for (key, qubits, layers, batch), group in groupby(cases, lambda c: (c.rival, c.qubits, c.layers, c.batch)):
        choice, same = RIVALS[key], list(group)
        if time.monotonic() > until:
            for case in same:
                yield _empty(case, f"left out: the time is over. Alone: --only {key}")
            continue
        task = problem(qubits, layers)
        generator = np.random.default_rng(1)
        inputs = generator.uniform(-np.pi, np.pi, (batch, task.circuit.n_inputs))
        direction = generator.normal(size=(batch, qubits)) / batch
        try:
            rival = choice.make(importlib.import_module(f"tests.benchmarks.noise_rivals.{choice.module}"))
            start = time.perf_counter()
            theirs = rival.prepare(task, inputs, direction)
            prepared_s = time.perf_counter() - start
        except ModuleNotFoundError as missing:
            for case in same:
                yield _empty(case, f"{missing.name} is not installed: {INSTALL}")
            continue
        ours = Ours(rival.precision).prepare(task, inputs, direction)
        for case in same:
            yield _row(case, rival.precision, ours, theirs, prepared_s, choice.answers)


def _row(case: Case, precision: str, ours: Calls, theirs: Calls, prepared_s: float, answers: bool) -> Row:
    our_call, their_call = (_call(calls, case.mode) for calls in (ours, theirs))
    if our_call is None or their_call is None:
        return _empty(case, "has no gradients")
    expected = our_call()
    start = time.perf_counter()
    found = their_call()
    first_call_s = prepared_s + time.perf_counter() - start
    difference = _difference(expected, found) if answers else None
    if difference is not None and not difference < TOLERANCE[precision]:
        return _empty(case, f"answers differ by {difference:.1e}: times would mean nothing")
    our_s, their_s = in_turns(our_call, their_call)
    return Row(
        **vars(case),
        ours_us=our_s / case.batch * 1e6,
        rival_us=their_s / case.batch * 1e6,
        ratio=their_s / our_s,
        precision=precision,
        difference=difference,
        first_call_s=first_call_s if answers else None,
    )


def _empty(case: Case, note: str) -> Row:
    return Row(**vars(case), note=note)


def _call(calls: Calls, mode: str) -> Callable[[], Any] | None:
    return calls.forward if mode == "forward" else calls.gradient


def _difference(expected: Any, found: Any) -> float:
    if isinstance(expected, tuple):
        return max(float(np.abs(e - f).max() / np.abs(e).max()) for e, f in zip(expected, found, strict=True))
    return float(np.abs(expected - found).max())


def in_turns(first: Callable[[], object], second: Callable[[], object], turns: int = TURNS) -> tuple[float, float]:
    """Return the median time of one call of each, s, measured in so many turns."""
    times = [(_timed(first), _timed(second))]
    slowest = max(times[0])
    if slowest <= SLOW_S:
        times = [(_burst(first), _burst(second)) for _ in range(turns)]
    elif slowest <= 10 * SLOW_S:
        times.append((_timed(first), _timed(second)))
    return statistics.median(t for t, _ in times), statistics.median(t for _, t in times)


def _burst(call: Callable[[], object]) -> float:
    """Return the median time of calls in a row, s; the first one does not count."""
    call()
    times: list[float] = []
    end = time.perf_counter() + BURST_S
    while not times or time.perf_counter() < end:
        times.append(_timed(call))
    return statistics.median(times)


def _timed(call: Callable[[], object]) -> float:
    # What the processor did for this process: on one core the time by the clock, less what others took of it.
    start = time.process_time()
    call()
    return time.process_time() - start
