"""Fixed stretches of a circuit: fused into blocks, or pulled back to what is measured, they are the same linear map."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_devices import kraus
from numpy.typing import NDArray

from qcore.noise.channels import from_kraus
from qcore.noise.noisy_circuit import Local, swapped
from qcore.noise.propagate import Rows, pulled_back, summed
from qcore.noise.register import MAX_BLOCK_QUBITS, apply_block, blocks, on_zeros, rotate

N_QUBITS = 5
Array = NDArray[np.float64]


@st.composite
def stretches(draw: st.DrawFn) -> list[Local]:
    """Random channels on one qubit or on two, neighbours or not, in either order."""
    made = []
    for _ in range(draw(st.integers(0, 14))):
        qubits = draw(st.lists(st.integers(0, N_QUBITS - 1), min_size=1, max_size=2, unique=True))
        made.append(Local(tuple(qubits), from_kraus(kraus(len(qubits), 2, draw(st.integers(0, 5))))))
    return made


def applied(state: Array, stretch: list[Local]) -> Array:
    """One map after the other on a tensor ``(4,) * n``, axis q the qubit q."""
    for local in stretch:
        k = len(local.qubits)
        tensor = local.matrix.reshape((4,) * 2 * k)
        state = np.tensordot(tensor, state, axes=(range(k, 2 * k), local.qubits))
        state = np.moveaxis(state, range(k), local.qubits)
    return state


def as_vector(state: Array) -> Array:
    """Qubit 0 is the lowest digit."""
    return state.transpose().reshape(-1)


@settings(max_examples=60)
@given(stretch=stretches(), seed=st.integers(0, 100))
def test_blocks_do_what_the_maps_do_in_order(stretch: list[Local], seed: int) -> None:
    state = np.random.default_rng(seed).normal(size=(4,) * N_QUBITS)
    found = torch.from_numpy(as_vector(state))[:, None]
    widest = max((1 + abs(local.qubits[0] - local.qubits[-1]) for local in stretch), default=1)
    for block in blocks(stretch):
        assert len(block.matrix) <= 4 ** max(MAX_BLOCK_QUBITS, widest)
        found = apply_block(found, block.lowest, torch.from_numpy(block.matrix))
    np.testing.assert_allclose(found[:, 0], as_vector(applied(state, stretch)), rtol=0, atol=1e-10)


@settings(max_examples=60)
@given(stretch=stretches(), seed=st.integers(0, 100))
def test_rows_pulled_back_read_before_what_they_read_after(stretch: list[Local], seed: int) -> None:
    rng = np.random.default_rng(seed)
    state = rng.normal(size=(4,) * N_QUBITS)
    size = 12
    rows = summed(rng.integers(0, 3, size), rng.integers(0, 4**N_QUBITS, size), rng.normal(size=size))

    def read(rows: Rows, state: Array) -> Array:
        return np.bincount(rows.row, rows.value * as_vector(state)[rows.pauli], minlength=3)

    before = pulled_back(rows, stretch, 10**6)
    assert before is not None
    np.testing.assert_allclose(read(before, state), read(rows, applied(state, stretch)), rtol=0, atol=1e-10)


def test_rows_that_grow_too_many_are_given_up() -> None:
    stretch = [Local((0, 1), from_kraus(kraus(2, 2, 0)))]
    rows = summed(np.array([0]), np.array([5]), np.array([1.0]))
    assert pulled_back(rows, stretch, 16) is not None
    assert pulled_back(rows, stretch, 15) is None


def test_equal_places_are_added_and_what_cancels_is_dropped() -> None:
    found = summed(np.array([1, 0, 1, 0]), np.array([3, 2, 3, 2]), np.array([0.5, 1.0, 0.25, -1.0]))
    assert (found.row.tolist(), found.pauli.tolist(), found.value.tolist()) == ([1], [3], [0.75])


def test_exchanging_two_qubits_twice_changes_nothing() -> None:
    first, second = (from_kraus(kraus(1, 2, seed)) for seed in (1, 2))
    np.testing.assert_array_equal(swapped(np.kron(first, second)), np.kron(second, first))


@pytest.mark.parametrize("qubit", range(3))
def test_the_register_starts_in_zeros_and_turns_one_qubit(qubit: int) -> None:
    state = on_zeros(3)
    assert state[:, 0].reshape(4, 4, 4)[:2, :2, :2].eq(1).all()
    assert state.sum() == 8
    angle = torch.tensor([0.3, -1.0], dtype=torch.float64)
    x = 2 << 2 * qubit
    one = torch.zeros(64, 2, dtype=torch.float64)
    one[x] = 1.0
    turned = rotate(one, qubit, angle)
    torch.testing.assert_close(turned[x], angle.cos())
    torch.testing.assert_close(turned[x | 1 << 2 * qubit], angle.sin())
    assert turned.abs().gt(0).sum() == 4
