"""The best line of qubits against trying all of them, on small processors made of random numbers."""

import math
from dataclasses import replace
from itertools import pairwise, permutations
from statistics import median

import made_up_devices as made_up
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qcore.errors import InvalidValue
from qcore.noise.device.calibration import load, shipped
from qcore.noise.device.line import MAX_QUBITS, TYPICAL_LAYERS, best_line
from qcore.noise.device.processor import Device


def cost(device: Device, path: tuple[int, ...]) -> float:
    """What a circuit of three layers suffers on a path, as `best_line` documents it."""
    wait_s = median(edge.duration_s for edge in device.edges)
    total = 0.0
    for number in path:
        qubit = device.qubits[number]
        total -= 2 * TYPICAL_LAYERS * math.log(1 - qubit.sx_error)
        total -= math.log(1 - (qubit.p1_given_0 + qubit.p0_given_1) / 2)
        total += TYPICAL_LAYERS * wait_s * (1 / qubit.t1_s + 1 / qubit.t2_s) / 2
    errors = {frozenset(edge.qubits): edge.error for edge in device.edges}
    return total - sum(TYPICAL_LAYERS * math.log(1 - errors[frozenset(pair)]) for pair in pairwise(path))


def paths(device: Device, n_qubits: int) -> list[tuple[int, ...]]:
    coupled = {pair for edge in device.edges for pair in (edge.qubits, edge.qubits[::-1])}
    orders = permutations(range(len(device.qubits)), n_qubits)
    return [path for path in orders if all(pair in coupled for pair in pairwise(path))]


@st.composite
def devices(draw: st.DrawFn) -> Device:
    n_qubits = draw(st.integers(2, 6))
    possible = [(a, b) for a in range(n_qubits) for b in range(n_qubits) if a < b]
    pairs = draw(st.lists(st.sampled_from(possible), min_size=1, unique=True))
    return made_up.device(n_qubits, pairs, seed=draw(st.integers(0, 1000)))


@settings(max_examples=60)
@given(device=devices(), n_qubits=st.integers(1, 6))
def test_no_other_line_is_better(device: Device, n_qubits: int) -> None:
    everything = paths(device, n_qubits)
    if not everything:
        with pytest.raises(InvalidValue, match=f"Made-up has no {n_qubits} working qubits in a line"):
            best_line(device, n_qubits)
        return
    found = best_line(device, n_qubits)
    assert found in everything
    assert cost(device, found) == pytest.approx(min(cost(device, path) for path in everything), rel=1e-12)
    assert found == min(found, found[::-1])


@pytest.mark.parametrize("name", shipped())
def test_on_a_real_processor_neighbours_are_coupled_and_the_answer_is_always_the_same(name: str) -> None:
    device = load(name)
    for n_qubits in range(1, MAX_QUBITS + 1):
        line = best_line(device, n_qubits)
        assert len(set(line)) == n_qubits
        assert {frozenset(pair) for pair in pairwise(line)} <= {frozenset(edge.qubits) for edge in device.edges}
        assert best_line.__wrapped__(device, n_qubits) == line


@pytest.mark.parametrize(
    ("n_qubits", "wrong"),
    [
        (1, {"p1_given_0": 0.6, "p0_given_1": 0.6}),
        (1, {"sx_error": 1.0}),
    ],
)
def test_a_qubit_that_does_not_work_is_left_out(n_qubits: int, wrong: dict[str, float]) -> None:
    device = made_up.device(3, [(0, 1), (1, 2)])
    (best,) = best_line(device, n_qubits)
    broken = tuple(replace(q, **wrong) if number == best else q for number, q in enumerate(device.qubits))
    assert best_line(replace(device, qubits=broken), n_qubits) != (best,)


def test_a_qubit_that_is_slow_to_relax_is_preferred() -> None:
    device = made_up.device(2, [(0, 1)])
    same = replace(device, qubits=(device.qubits[0], replace(device.qubits[0])))
    assert best_line(same, 1) == (0,)
    short_lived = replace(device.qubits[0], t1_s=device.qubits[0].t1_s / 2)
    assert best_line(replace(same, qubits=(short_lived, same.qubits[1])), 1) == (1,)


def test_a_pair_that_does_not_work_is_left_out() -> None:
    device = made_up.device(3, [(0, 1), (1, 2)])
    edges = (replace(device.edges[0], error=0.5), device.edges[1])
    assert best_line(replace(device, edges=edges), 2) == (1, 2)
    with pytest.raises(InvalidValue, match=r"no 3 working qubits in a line\. Choose another device or"):
        best_line(replace(device, edges=edges), 3)


@pytest.mark.parametrize("n_qubits", [-1, 0, 10])
def test_a_line_has_one_to_nine_qubits(n_qubits: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 9 qubits, not {n_qubits}"):
        best_line(load("fez"), n_qubits)
