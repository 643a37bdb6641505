"""QUBOs: values, the same function of spins, and the minimum, against sums written out over every string."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qcore.errors import InvalidValue
from qcore.optimisation.qubo import MAX_BITS, Qubo, bits, brute_force, from_form

COEFFICIENTS = st.floats(-100, 100, allow_subnormal=False)


@st.composite
def forms(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, float]:
    n = draw(st.integers(1, 5))
    matrix = draw(arrays(float, (n, n), elements=COEFFICIENTS))
    return matrix, draw(arrays(float, n, elements=COEFFICIENTS)), draw(COEFFICIENTS)


def strings(n_bits: int) -> list[np.ndarray]:
    """All strings in the order of their numbers, bit 0 the fastest."""
    return [np.array(digits[::-1]) for digits in product((0, 1), repeat=n_bits)]


@given(forms())
def test_values_are_those_of_the_form_for_every_string(form: tuple[np.ndarray, np.ndarray, float]) -> None:
    matrix, linear, offset = form
    expected = [x @ matrix @ x + linear @ x + offset for x in strings(len(linear))]
    np.testing.assert_allclose(from_form(*form).values, expected, rtol=0, atol=1e-10)


@given(forms())
def test_spins_give_the_same_values_for_every_string(form: tuple[np.ndarray, np.ndarray, float]) -> None:
    qubo = from_form(*form)
    ising = qubo.ising
    spins = [1 - 2 * x for x in strings(qubo.n_bits)]
    found = [ising.constant + ising.fields @ z + z @ ising.couplings @ z for z in spins]
    np.testing.assert_allclose(found, qubo.values, rtol=0, atol=1e-10)
    assert ising.constant == pytest.approx(qubo.values.mean(), abs=1e-10)
    assert ising.spread == pytest.approx(qubo.values.std(), abs=1e-10)


@given(forms())
def test_brute_force_finds_the_least_value(form: tuple[np.ndarray, np.ndarray, float]) -> None:
    qubo = from_form(*form)
    found = brute_force(qubo)
    assert found.value == min(qubo.values)
    assert int(np.argmin(qubo.values)) in found.strings
    np.testing.assert_allclose(qubo.values[list(found.strings)], found.value, rtol=0, atol=1e-6)


def test_all_strings_of_equal_value_are_optimal_even_where_they_differ_by_rounding() -> None:
    # Exactly one of two bits: (x0 + x1 - 1)^2, and a third bit that costs next to nothing.
    qubo = Qubo(np.array([-1.0, -1.0, 1e-15]), np.array([[0.0, 2.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]), 1.0)
    assert brute_force(qubo).strings == (0b001, 0b010, 0b101, 0b110)


def test_a_million_strings_are_tried_and_no_more() -> None:
    n = MAX_BITS
    hidden = np.random.default_rng(4).integers(0, 2, n)
    # The squared distance from the hidden string.
    qubo = Qubo(1.0 - 2.0 * hidden, np.zeros((n, n)), float(hidden.sum()))
    assert brute_force(qubo).value == 0
    (found,) = brute_force(qubo).strings
    assert bits(found, n).tolist() == hidden.tolist()
    with pytest.raises(InvalidValue, match="21 bits are too many to try all of their strings: at most 20"):
        brute_force(Qubo(np.ones(n + 1), np.zeros((n + 1, n + 1))))


@pytest.mark.parametrize(
    ("linear", "quadratic", "offset"),
    [
        (np.zeros(0), np.zeros((0, 0)), 0.0),
        (np.zeros(2), np.zeros((3, 3)), 0.0),
        (np.zeros((2, 2)), np.zeros((2, 2)), 0.0),
        (np.array([0.0, np.nan]), np.zeros((2, 2)), 0.0),
        (np.zeros(2), np.array([[0.0, np.inf], [0.0, 0.0]]), 0.0),
        (np.zeros(2), np.zeros((2, 2)), np.nan),
        (np.zeros(2), np.eye(2), 0.0),
        (np.zeros(2), np.array([[0.0, 0.0], [1.0, 0.0]]), 0.0),
    ],
)
def test_malformed_coefficients_are_refused(linear: np.ndarray, quadratic: np.ndarray, offset: float) -> None:
    with pytest.raises(ValueError, match="QUBO"):
        Qubo(linear, quadratic, offset)
