"""Finite shots: drawn from the right distribution, reproducibly, and with the covariance that statistics demands."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qcore.noise.shots import probabilities, sample

SEED = (0, 1, 0)


def distributions(batch: int, n_qubits: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet(np.full(2**n_qubits, 0.4), batch)


def signs(n_qubits: int) -> np.ndarray:
    """``(2^n, n)``: +1 where a bit is 0."""
    return 1.0 - 2.0 * (np.arange(2**n_qubits)[:, None] >> np.arange(n_qubits) & 1)


@given(n_qubits=st.integers(1, 5), seed=st.integers(0, 1000))
@settings(max_examples=25)
def test_probabilities_are_found_from_mean_products(n_qubits: int, seed: int) -> None:
    expected = distributions(3, n_qubits, seed)
    sets = np.arange(2**n_qubits)[:, None] >> np.arange(n_qubits) & 1
    products = np.prod(np.where(sets[:, None, :] == 1, signs(n_qubits)[None], 1.0), axis=2)
    np.testing.assert_allclose(probabilities(expected @ products.T), expected, rtol=0, atol=1e-12)


def test_rounding_makes_no_negative_probability() -> None:
    certain = probabilities(np.array([[1.0, 1.0 + 1e-15, 1.0 - 1e-15, 1.0]]))
    assert (certain >= 0).all()
    assert certain.sum() == 1


def test_the_mean_counts_what_was_drawn() -> None:
    one_hot = np.eye(8)
    drawn = sample(distributions(5, 3), one_hot, 50, np.arange(5.0)[:, None], SEED)
    counts = drawn.mean * 50
    np.testing.assert_allclose(counts, np.round(counts), atol=1e-9)
    np.testing.assert_allclose(counts.sum(axis=1), 50)
    assert (counts >= 0).all()


def test_a_single_shot_shows_one_outcome() -> None:
    drawn = sample(distributions(20, 3), signs(3), 1, np.arange(20.0)[:, None], SEED)
    assert set(np.unique(drawn.mean)) == {-1.0, 1.0}


def test_frequencies_and_covariance_are_those_of_many_experiments() -> None:
    n, shots, distribution = 4000, 30, distributions(1, 3)
    values = signs(3) @ np.array([[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, -2.0, 1.0]])
    drawn = sample(np.repeat(distribution, n, axis=0), values, shots, np.arange(n, dtype=float)[:, None], SEED)
    covariance = drawn.covariance[0]
    assert (drawn.covariance == covariance).all()
    z = (drawn.mean.mean(axis=0) - (distribution @ values)[0]) / np.sqrt(covariance.diagonal() / n)
    assert np.abs(z).max() < 5
    empirical = np.cov(drawn.mean.T)
    scale = np.sqrt(np.outer(covariance.diagonal(), covariance.diagonal()))
    # The standard error of an empirical (co)variance is at most about sqrt(2 / n) of the scale.
    assert (np.abs(empirical - covariance) / scale).max() < 5 * np.sqrt(2 / n)
    assert np.abs(covariance - np.diag(covariance.diagonal())).max() > 0.001, "they do vary together"


def test_what_is_certain_has_no_error() -> None:
    certain = np.eye(8)[[0, 3, 7]]
    drawn = sample(certain, signs(3), 100, np.arange(3.0)[:, None], SEED)
    np.testing.assert_array_equal(drawn.mean, signs(3)[[0, 3, 7]])
    assert (drawn.covariance == 0).all()


def test_the_same_experiment_shows_the_same_wherever_it_stands() -> None:
    distribution, angles = distributions(6, 2), np.linspace(0.1, 2.0, 12).reshape(6, 2)
    whole = sample(distribution, signs(2), 100, angles, SEED).mean
    order = [5, 2, 2, 0]
    again = sample(distribution[order], signs(2), 100, angles[order], SEED).mean
    np.testing.assert_array_equal(again, whole[order])
    rounded = sample(distribution, signs(2), 100, angles + 1e-12, SEED).mean
    np.testing.assert_array_equal(rounded, whole)


def test_minus_zero_is_zero() -> None:
    angles = np.array([[0.0, 1.0], [-0.0, 1.0], [-1e-12, 1.0]])
    drawn = sample(np.repeat(distributions(1, 2), 3, axis=0), signs(2), 1000, angles, SEED).mean
    assert (drawn == drawn[0]).all()


@pytest.mark.parametrize("other", [(1, 1, 0), (0, 3, 0), (0, 1, 1)])
def test_another_seed_fold_or_basis_is_an_independent_sample(other: tuple[int, ...]) -> None:
    same, angles = np.repeat(distributions(1, 3), 400, axis=0), np.arange(400.0)[:, None]
    first, second = (sample(same, signs(3), 1000, angles, seed).mean[:, 0] for seed in (SEED, other))
    assert (first != second).mean() > 0.9
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(400)


def test_other_angles_are_another_sample() -> None:
    same = np.repeat(distributions(1, 3), 300, axis=0)
    drawn = sample(same, signs(3), 1000, np.arange(300.0)[:, None] * 1e-6, SEED).mean
    assert len(np.unique(drawn[:, 0])) > 30
    neighbours = np.corrcoef(drawn[:-1, 0], drawn[1:, 0])[0, 1]
    assert abs(neighbours) < 5 / np.sqrt(300), "close angles must not share their random numbers"
