"""The best line of neighbouring qubits on a device, by its calibration."""

import math
import statistics
from dataclasses import dataclass
from threading import Lock

from cachetools import LRUCache, cached

from qcore.errors import InvalidValue
from qcore.noise.device.processor import Device

MAX_QUBITS = 9
TYPICAL_LAYERS = 3
"""How often every gate of a line is counted against one read-out."""
USELESS = 0.5
"""A qubit or pair that is wrong this often is left out."""


@dataclass(frozen=True)
class _Costs:
    qubit: dict[int, float]
    edge: dict[int, dict[int, float]]


@cached(LRUCache(128), key=lambda device, n_qubits: (device.fingerprint, n_qubits), lock=Lock())
def best_line(device: Device, n_qubits: int) -> tuple[int, ...]:
    """Return the path of neighbouring qubits with the least expected error, from its lower-numbered end.

    Suits a circuit with a linear entangler, which runs on a line without SWAPs. The cost of a path is what such a
    circuit of L = 3 layers would suffer, one CZ a pair and two SX a qubit in every layer and one read-out at the end:

        sum over its pairs of    -L log(1 - e2)
        sum over its qubits of   -2 L log(1 - e1) - log(1 - (P(1|0) + P(0|1)) / 2) + L t (1/T1 + 1/T2) / 2

    with e2 and e1 the infidelities of the pair's gate and of SX, and t the device's median two-qubit gate length: a
    qubit waits about that long in a layer. Qubits and pairs with an error of one half or more are left out. The search
    is exact (branch and bound), and of equal paths always the same one is found.

    Args:
        device: calibration of the processor, errors unscaled.
        n_qubits: length of the line, 1 to 9.

    Raises:
        ValueError: not 1 to 9 qubits.
        InvalidValue: the device has no such line.
    """
    if not 1 <= n_qubits <= MAX_QUBITS:
        raise ValueError(f"under device noise a circuit has 1 to {MAX_QUBITS} qubits, not {n_qubits}")
    costs = _costs(device)
    cheapest_qubit = min(costs.qubit.values(), default=0.0)
    cheapest_edge = min((cost for edges in costs.edge.values() for cost in edges.values()), default=0.0)
    best_cost, best = math.inf, tuple[int, ...]()

    def extend(path: list[int], cost: float) -> None:
        nonlocal best_cost, best
        missing = n_qubits - len(path)
        if cost + missing * (cheapest_qubit + cheapest_edge) >= best_cost:
            return
        if not missing:
            best_cost, best = cost, tuple(path)
            return
        for neighbour, edge in costs.edge.get(path[-1], {}).items():
            if neighbour not in path:
                path.append(neighbour)
                extend(path, cost + edge + costs.qubit[neighbour])
                path.pop()

    for start in sorted(costs.qubit, key=costs.qubit.__getitem__):
        extend([start], costs.qubit[start])
    if not best:
        raise InvalidValue(
            f"{device.label} has no {n_qubits} working qubits in a line. Choose another device or a smaller circuit."
        )
    return min(best, best[::-1])


def _costs(device: Device) -> _Costs:
    wait_s = TYPICAL_LAYERS * statistics.median(edge.duration_s for edge in device.edges) if device.edges else 0.0
    qubits = {}
    for number, qubit in enumerate(device.qubits):
        if max(qubit.readout_error, qubit.sx_error) < USELESS:
            pulses = -2 * TYPICAL_LAYERS * math.log1p(-qubit.sx_error)
            relaxation = wait_s * (1 / qubit.t1_s + 1 / qubit.t2_s) / 2
            qubits[number] = pulses - math.log1p(-qubit.readout_error) + relaxation
    edges: dict[int, dict[int, float]] = {}
    for edge in device.edges:
        first, second = edge.qubits
        if first in qubits and second in qubits and edge.error < USELESS:
            cost = -TYPICAL_LAYERS * math.log1p(-edge.error)
            edges.setdefault(first, {})[second] = edges.setdefault(second, {})[first] = cost
    return _Costs(qubits, edges)
