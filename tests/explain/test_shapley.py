"""Exact Shapley values against their definition over all orders, the axioms that define them, and their error bars."""

import hashlib
from collections.abc import Callable
from itertools import permutations
from math import factorial

import numpy as np
import pytest
from numpy.typing import NDArray

from qcore.explain.shapley import MAX_FEATURES, exact_shapley

Array = NDArray[np.float64]
Model = Callable[[Array], Array]


def over_all_orders(predict: Model, x: Array, reference: Array) -> Array:
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


def exactly(model: Model) -> Callable[[Array], tuple[Array, Array]]:
    """A model without sampling error."""
    return lambda rows: (model(rows), np.zeros(len(rows)))


def curved(rows: Array) -> Array:
    a, b, c, d = rows.T
    return np.asarray(1 / (1 + np.exp(-(a * b - 2 * np.sin(c) + d**2 * a))))


X, REFERENCE = np.array([0.7, -1.2, 2.0, 0.4]), np.array([-0.3, 0.5, 0.1, 1.1])
NAMES = ("a", "b", "c", "d")


def test_as_defined_over_all_orders() -> None:
    found = exact_shapley(exactly(curved), X, REFERENCE, NAMES)
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

    found = exact_shapley(exactly(predict), x, reference, [str(i) for i in range(n)])
    difference = predict(x[None])[0] - predict(reference[None])[0]
    assert found.attributions.sum() == pytest.approx(difference, abs=1e-10)
    assert abs(found.efficiency_residual) < 1e-10


def test_a_feature_that_is_not_used_gets_nothing() -> None:
    found = exact_shapley(exactly(lambda rows: rows[:, 0] * rows[:, 2] ** 3), X, REFERENCE, NAMES)
    assert found.attributions[[1, 3]] == pytest.approx([0, 0], abs=1e-12)
    assert abs(found.attributions[0]) > 0.1


def test_features_that_act_alike_get_the_same() -> None:
    x, reference = np.array([1.5, 1.5, -1.0]), np.array([0.2, 0.2, 0.3])
    found = exact_shapley(exactly(lambda rows: (rows[:, 0] * rows[:, 1] + rows[:, 2]) ** 2), x, reference, "abc")
    assert found.attributions[0] == pytest.approx(found.attributions[1], abs=1e-12)


def test_a_linear_model_gives_each_weight_times_its_distance() -> None:
    weights = np.array([2.0, -1.0, 0.5, 3.0])
    found = exact_shapley(exactly(lambda rows: rows @ weights), X, REFERENCE, NAMES)
    np.testing.assert_allclose(found.attributions, weights * (X - REFERENCE), atol=1e-12)


def test_the_reference_itself_needs_no_explanation() -> None:
    found = exact_shapley(exactly(curved), REFERENCE, REFERENCE, NAMES)
    assert found.attributions == pytest.approx(np.zeros(4), abs=1e-12)


def test_more_features_than_can_be_enumerated_are_refused() -> None:
    n = MAX_FEATURES + 1
    with pytest.raises(ValueError, match="at most 15"):
        exact_shapley(exactly(lambda rows: rows.sum(axis=1)), np.ones(n), np.zeros(n), ["x"] * n)


@pytest.mark.parametrize(("n_x", "n_reference"), [(3, 4), (4, 3), (3, 3)])
def test_vectors_of_another_length_are_refused(n_x: int, n_reference: int) -> None:
    with pytest.raises(ValueError, match="vectors of 4 features"):
        exact_shapley(exactly(lambda rows: rows.sum(axis=1)), np.ones(n_x), np.zeros(n_reference), NAMES)


class Measured:
    """A model that knows its value with a sampling error: one experiment for what it makes of the features."""

    def __init__(self, seed: int, sees: Callable[[Array], Array] = lambda rows: rows, error: float = 0.1) -> None:
        self.seed, self.sees, self.error = seed, sees, error

    def __call__(self, rows: Array) -> tuple[Array, Array]:
        seen = self.sees(rows)
        errors = self.error * (1 + 0.5 * np.cos(seen.sum(axis=1)))
        drawn = [self._normal(row) for row in seen]
        return curved(seen) + errors * drawn, errors

    def _normal(self, row: Array) -> float:
        digest = hashlib.blake2b(row.tobytes(), digest_size=8, key=str(self.seed).encode()).digest()
        return float(np.random.default_rng(int.from_bytes(digest, "little")).normal())


N_SEEDS = 400
# The standard error of an empirical standard deviation is 1 / sqrt(2 n) of it.
FIVE_SIGMAS = 5 / np.sqrt(2 * N_SEEDS)


def scatter(sees: Callable[[Array], Array], x: Array = X) -> tuple[Array, Array]:
    """Empirical standard deviation over many seeds, and the standard error that one run reports."""
    runs = [exact_shapley(Measured(seed, sees), x, REFERENCE, NAMES) for seed in range(N_SEEDS)]
    reported = np.array([run.standard_error for run in runs])
    assert np.ptp(reported, axis=0).max() < 1e-12
    return np.std([run.attributions for run in runs], axis=0), reported[0]


def ignoring_the_last(rows: Array) -> Array:
    return np.where(np.arange(4) == 3, 0.5, rows)


def cut_off(rows: Array) -> Array:
    return np.minimum(rows, [9.0, 9.0, 0.0, 9.0])


def test_error_bars_are_the_scatter_over_many_seeds() -> None:
    empirical, reported = scatter(lambda rows: rows)
    assert (reported > 0.01).all()
    np.testing.assert_allclose(empirical / reported, 1, atol=FIVE_SIGMAS)


@pytest.mark.parametrize(("sees", "unseen"), [(ignoring_the_last, 3), (cut_off, 2)])
def test_what_the_model_does_not_see_is_no_experiment_of_its_own(sees: Callable[[Array], Array], unseen: int) -> None:
    empirical, reported = scatter(sees)
    assert empirical[unseen] == pytest.approx(0, abs=1e-12)
    assert reported[unseen] == 0
    seen = np.arange(4) != unseen
    np.testing.assert_allclose(empirical[seen] / reported[seen], 1, atol=FIVE_SIGMAS)


def test_a_feature_like_the_reference_has_neither_attribution_nor_error() -> None:
    x = np.where(np.arange(4) == 1, REFERENCE, X)
    empirical, reported = scatter(lambda rows: rows, x)
    assert empirical[1] == pytest.approx(0, abs=1e-12)
    assert reported[1] == 0
    others = np.arange(4) != 1
    np.testing.assert_allclose(empirical[others] / reported[others], 1, atol=FIVE_SIGMAS)


def test_the_error_bar_of_a_single_feature_is_that_of_a_difference() -> None:
    found = exact_shapley(lambda rows: (rows[:, 0], 0.3 + 0.1 * rows[:, 0]), np.ones(1), np.zeros(1), ["a"])
    assert found.standard_error == pytest.approx([np.hypot(0.3, 0.4)])
