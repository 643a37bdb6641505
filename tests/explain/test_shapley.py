"""Exact Shapley values against their definition over all orders, and the axioms that define them."""

from collections.abc import Callable
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from numpy.typing import NDArray

from qcore.explain.shapley import MAX_FEATURES, exact_shapley

Array = NDArray[np.float64]
Predict = Callable[[Array], Array]


def over_all_orders(predict: Predict, x: Array, reference: Array) -> Array:
    """Mean marginal contribution over every order in which the features can be switched from reference to x."""
    total = np.zeros(len(x))
    for order in permutations(range(len(x))):
        mixture, before = reference.copy(), predict(reference[None])[0]
        for feature in order:
            mixture[feature] = x[feature]
            after = predict(mixture[None])[0]
            total[feature] += after - before
            before = after
    return total / factorial(len(x))


def curved(rows: Array) -> Array:
    a, b, c, d = rows.T
    return np.asarray(1 / (1 + np.exp(-(a * b - 2 * np.sin(c) + d**2 * a))))


X, REFERENCE = np.array([0.7, -1.2, 2.0, 0.4]), np.array([-0.3, 0.5, 0.1, 1.1])
NAMES = ("a", "b", "c", "d")


def test_as_defined_over_all_orders() -> None:
    found = exact_shapley(curved, X, REFERENCE, NAMES)
    np.testing.assert_allclose(found.attributions, over_all_orders(curved, X, REFERENCE), rtol=0, atol=1e-10)
    assert found.names == NAMES
    assert found.base_value == pytest.approx(curved(REFERENCE[None])[0], abs=1e-12)
    assert (found.standard_error == np.zeros(4)).all()


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_the_parts_add_up_to_the_difference(n: int) -> None:
    rng = np.random.default_rng(n)
    matrix, x, reference = rng.normal(size=(n, n)), rng.normal(size=n), rng.normal(size=n)

    def predict(rows: Array) -> Array:
        return np.asarray(np.tanh(rows @ matrix).prod(axis=1) + np.cos(rows).sum(axis=1))

    found = exact_shapley(predict, x, reference, [str(i) for i in range(n)])
    difference = predict(x[None])[0] - predict(reference[None])[0]
    assert found.attributions.sum() == pytest.approx(difference, abs=1e-10)
    assert abs(found.efficiency_residual) < 1e-10


def test_a_feature_that_is_not_used_gets_nothing() -> None:
    found = exact_shapley(lambda rows: rows[:, 0] * rows[:, 2] ** 3, X, REFERENCE, NAMES)
    assert found.attributions[[1, 3]] == pytest.approx([0, 0], abs=1e-12)
    assert abs(found.attributions[0]) > 0.1


def test_features_that_act_alike_get_the_same() -> None:
    x, reference = np.array([1.5, 1.5, -1.0]), np.array([0.2, 0.2, 0.3])
    found = exact_shapley(lambda rows: (rows[:, 0] * rows[:, 1] + rows[:, 2]) ** 2, x, reference, "abc")
    assert found.attributions[0] == pytest.approx(found.attributions[1], abs=1e-12)


def test_a_linear_model_gives_each_weight_times_its_distance() -> None:
    weights = np.array([2.0, -1.0, 0.5, 3.0])
    found = exact_shapley(lambda rows: rows @ weights, X, REFERENCE, NAMES)
    np.testing.assert_allclose(found.attributions, weights * (X - REFERENCE), atol=1e-12)


def test_the_reference_itself_needs_no_explanation() -> None:
    found = exact_shapley(curved, REFERENCE, REFERENCE, NAMES)
    assert found.attributions == pytest.approx(np.zeros(4), abs=1e-12)


def test_more_features_than_can_be_enumerated_are_refused() -> None:
    n = MAX_FEATURES + 1
    with pytest.raises(ValueError, match="at most 15"):
        exact_shapley(lambda rows: rows.sum(axis=1), np.ones(n), np.zeros(n), ["x"] * n)


@pytest.mark.parametrize(("n_x", "n_reference"), [(3, 4), (4, 3), (3, 3)])
def test_vectors_of_another_length_are_refused(n_x: int, n_reference: int) -> None:
    with pytest.raises(ValueError, match="vectors of 4 features"):
        exact_shapley(lambda rows: rows.sum(axis=1), np.ones(n_x), np.zeros(n_reference), NAMES)
