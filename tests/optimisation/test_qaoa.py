"""QAOA from a QUBO to an answer: what it finds, what noise does to it, and what is said of it."""

import numpy as np
import pytest
from qubos import random_qubo, solved

from qcore.errors import InvalidValue
from qcore.optimisation.qaoa import QaoaResult
from qcore.optimisation.qubo import Qubo

QUBO = random_qubo(6)


def result(where: str = "ideal", n_layers: int = 1, samples: int = 100, seed: int = 0, qubo: Qubo = QUBO) -> QaoaResult:
    return solved(qubo, where, n_layers, samples, seed)


def ratio(found: QaoaResult, probabilities: np.ndarray | None = None) -> float:
    """Where the mean value of a measurement lies between the worst string (0) and the optimum (1)."""
    worst, mean = found.values.max(), (found.probabilities if probabilities is None else probabilities) @ found.values
    return float((worst - mean) / (worst - found.minimum.value))


@pytest.mark.parametrize("problem", range(4))
def test_one_layer_beats_guessing_by_far_and_three_layers_beat_one(problem: int) -> None:
    one, three = (result(n_layers=n, qubo=random_qubo(6, problem)) for n in (1, 3))
    assert one.guessing_probability == 1 / 64
    assert one.optimum_probability > 4 * one.guessing_probability
    assert three.optimum_probability > 1.3 * one.optimum_probability
    assert 1 > ratio(three) > ratio(one) > ratio(one, np.full(64, 1 / 64)) > 0


def test_noise_lowers_it_and_more_noise_lowers_it_more() -> None:
    places = ("ideal", "noisy:fez", "noisy:fez:3")
    found = [result(where, n_layers=2) for where in places]
    probabilities = [one.optimum_probability for one in found]
    assert probabilities[0] > 1.1 * probabilities[1] > 1.21 * probabilities[2] > found[0].guessing_probability
    assert ratio(found[0]) > ratio(found[1]) > ratio(found[2])
    assert [one.provenance.backend for one in found] == list(places)


@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:shots=3000", "noisy:fez:readout", "rehearsal:fez"])
def test_it_runs_on_every_backend(where: str) -> None:
    found = result(where)
    assert found.provenance.backend == where
    assert found.probabilities.min() >= 0
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-12)
    assert found.counts.sum() == found.samples == 100
    assert found.optimum_probability > 3 * found.guessing_probability


def test_what_is_said_of_the_answer_follows_from_the_samples() -> None:
    gaps = []
    for seed in range(12):
        found = result(samples=3, seed=seed)
        drawn = np.flatnonzero(found.counts)
        assert QUBO.values[drawn].min() == QUBO.values[found.best]
        assert found.gap == pytest.approx(QUBO.values[found.best] - QUBO.values.min(), abs=1e-12)
        assert (found.gap == 0) == bool(set(drawn) & set(found.minimum.strings))
        gaps.append(found.gap)
    assert 0 in gaps
    assert max(gaps) > 0
    assert result(samples=2000).gap == 0


def test_the_same_seed_draws_the_same_samples_and_another_others() -> None:
    np.testing.assert_array_equal(result(seed=3).counts, result(seed=3).counts)
    assert not np.array_equal(result(seed=3).counts, result(seed=4).counts)


def test_of_several_optimal_strings_any_will_do() -> None:
    # Exactly one of three bits.
    one_of_three = Qubo(-np.ones(3), 2 * np.triu(np.ones((3, 3)), 1), 1.0)
    found = result(qubo=one_of_three)
    assert found.minimum.strings == (0b001, 0b010, 0b100)
    assert found.guessing_probability == 3 / 8
    assert found.optimum_probability == pytest.approx(found.probabilities[[1, 2, 4]].sum())
    assert found.optimum_probability > 0.7
    assert found.gap == 0


def test_a_string_that_is_optimal_but_for_rounding_leaves_no_gap() -> None:
    # Exactly one of two bits, and a third that costs next to nothing.
    nearly = Qubo(np.array([-1.0, -1.0, 1e-15]), 2 * np.eye(3, k=1) * [[1.0], [0.0], [0.0]], 1.0)
    found = [result(qubo=nearly, samples=1, seed=seed) for seed in range(20)]
    rounded = [one for one in found if one.best in {0b101, 0b110}]
    assert rounded
    assert all(one.values[one.best] > one.minimum.value for one in rounded)
    assert all(one.gap == 0 for one in rounded)


@pytest.mark.parametrize(
    ("samples", "seed", "sentence"),
    [
        (0, 0, "The number of samples must lie between 1 and 1,000,000, not 0."),
        (2_000_000, 0, "The number of samples must lie between 1 and 1,000,000, not 2,000,000."),
        (10, -1, "The seed must lie between 0 and 4,294,967,295, not -1."),
    ],
)
def test_impossible_settings_are_refused_in_a_sentence(samples: int, seed: int, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{sentence}$"):
        result(samples=samples, seed=seed)
