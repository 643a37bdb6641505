"""Which rivals are measured on which shapes, and the ratio of times we want: the goals of the noise engine."""

from collections.abc import Iterator

from tests.benchmarks.noise_rows import Case

BOTH, FORWARD = ("forward", "forward_backward"), ("forward",)
GOAL_LAYERS = 3

SHAPES = {
    "tensorcircuit": ((4, 3, (1, 64, 1024), BOTH), (8, 3, (1, 64, 1024), BOTH)),
    "tensorcircuit-cotengra": (
        (4, 3, (1, 64, 1024), BOTH),
        (8, 3, (1, 64, 1024), BOTH),
        (4, 9, (1024,), BOTH),
        (8, 4, (64,), BOTH),
        (8, 6, (64,), BOTH),
    ),
    "deepquantum": ((4, 3, (1, 64, 1024), BOTH), (8, 3, (1,), BOTH)),
    "limit-own": ((4, 3, (1024,), BOTH), (8, 3, (1024,), BOTH)),
    "limit-dense": ((4, 3, (1024,), BOTH),),
    "pennylane-torch": ((4, 3, (1, 64, 1024), BOTH), (8, 3, (1,), BOTH)),
    "pennylane-jax": ((4, 3, (1, 64, 1024), BOTH), (8, 3, (1,), BOTH)),
    "aer-superop": ((4, 3, (1, 64, 1024), FORWARD), (8, 3, (1, 64, 1024), FORWARD)),
    "aer-pruned": ((4, 3, (1, 64, 1024), FORWARD), (8, 3, (1, 64), FORWARD)),
    "aer-estimator": ((4, 3, (1, 64, 1024), FORWARD),),
}
"""Rival: (qubits, layers, batches, modes); the fastest first, in case the time is over before all were measured. At 8
qubits a batch of the slow ones would take minutes a call; deeper circuits, for which no goal was set, are measured
against the fastest rival."""


def cases() -> Iterator[Case]:
    """Return every case, those of one rival and shape together."""
    for rival, shapes in SHAPES.items():
        for qubits, layers, batches, modes in shapes:
            for batch in batches:
                for mode in modes:
                    goal = _goal(rival, qubits, batch, mode) if layers == GOAL_LAYERS else None
                    yield Case(rival, qubits, layers, batch, mode, goal)


def _goal(rival: str, qubits: int, batch: int, mode: str) -> float | None:
    match rival, qubits, batch:
        case "aer-estimator", 4, 1:
            return 500.0
        case "aer-estimator", 4, 1024:
            return 200.0
        case "aer-pruned" | "aer-superop", 4, 1:
            return 10.0
        case "aer-pruned" | "aer-superop", 4, 1024:
            return 40.0
        case "aer-pruned" | "aer-superop", 8, _:
            return 8.0
        case "pennylane-torch" | "pennylane-jax", 4, _:
            return 100.0
        case "tensorcircuit" | "tensorcircuit-cotengra", 4, 1024:
            return 3.0 if mode == "forward" else 2.0
        case "tensorcircuit" | "tensorcircuit-cotengra", 8, 1024:
            return 2.0
        case "deepquantum", _, _:
            return 1.0
        case "limit-dense", _, _:
            return 0.5
        case _:
            return None
