"""QAOA from a QUBO to an answer: what it finds, what noise does to it, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from qubos import random_qubo

from qcore.backends.registry import backend
from qcore.errors import InvalidValue
from qcore.optimisation.qaoa import QaoaResult, adapted, planned, read, samples_needed, solve
from qcore.optimisation.qubo import Qubo

QUBO = random_qubo(6)


def result(where: str = "ideal", n_layers: int = 1, samples: int = 100, seed: int = 0, qubo: Qubo = QUBO) -> QaoaResult:
    return solve(qubo, backend(where), n_layers, samples, seed)


@pytest.mark.parametrize("problem", range(4))
def test_one_layer_beats_guessing_by_far_and_three_layers_beat_one(problem: int) -> None:
    one, three = (result(n_layers=n, qubo=random_qubo(6, problem)) for n in (1, 3))
    assert one.guessing_probability == 1 / 64
    assert one.optimum_probability > 4 * one.guessing_probability
    assert three.optimum_probability > 1.3 * one.optimum_probability
    assert one.guesses_needed == 293
    assert one.samples_needed is not None
    assert one.samples_needed < 293 / 4
    assert 1 > three.approximation_ratio > one.approximation_ratio > one.guessing_ratio > 0


def test_noise_lowers_it_and_more_noise_lowers_it_more() -> None:
    places = ("ideal", "noisy:fez", "noisy:fez:3")
    found = [result(where, n_layers=2) for where in places]
    probabilities = [one.optimum_probability for one in found]
    assert probabilities[0] > 1.1 * probabilities[1] > 1.21 * probabilities[2] > found[0].guessing_probability
    assert found[0].approximation_ratio > found[1].approximation_ratio > found[2].approximation_ratio
    assert [one.provenance.backend for one in found] == list(places)
    # The angles are those found without noise, wherever it runs.
    np.testing.assert_array_equal(found[0].angles_rad, found[2].angles_rad)


@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:shots=3000", "noisy:fez:readout", "rehearsal:fez"])
def test_it_runs_on_every_backend(where: str) -> None:
    found = result(where)
    assert found.provenance.backend == where
    assert found.probabilities.min() >= 0
    assert found.probabilities.sum() == pytest.approx(1, abs=1e-12)
    assert found.counts.sum() == found.samples == 100
    assert found.optimum_probability > 3 * found.guessing_probability
    assert (found.optimum_standard_error > 0) == (found.provenance.shots is not None)


def test_what_is_said_of_the_answer_follows_from_the_samples() -> None:
    gaps = []
    for seed in range(12):
        found = result(samples=3, seed=seed)
        drawn = np.flatnonzero(found.counts)
        assert found.best_value == QUBO.values[drawn].min() == QUBO.values[found.best]
        assert found.gap == pytest.approx(found.best_value - QUBO.values.min(), abs=1e-12)
        assert (found.gap == 0) == bool(set(drawn) & set(found.minimum.strings))
        gaps.append(found.gap)
    assert 0 in gaps
    assert max(gaps) > 0
    assert result(samples=2000).gap == 0


def test_the_same_seed_draws_the_same_samples_and_another_others() -> None:
    np.testing.assert_array_equal(result(seed=3).counts, result(seed=3).counts)
    assert not np.array_equal(result(seed=3).counts, result(seed=4).counts)


def test_ratios_and_means_are_those_of_the_distribution() -> None:
    found = result()
    assert found.expected_value == pytest.approx(float((found.probabilities * QUBO.values).sum()))
    least, worst = QUBO.values.min(), QUBO.values.max()
    assert found.approximation_ratio == pytest.approx((worst - found.expected_value) / (worst - least))
    assert found.guessing_ratio == pytest.approx((worst - QUBO.values.mean()) / (worst - least))


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
    assert all(one.best_value > one.minimum.value for one in rounded)
    assert all(one.gap == 0 for one in rounded)


# By hand: 0.5^7 < 0.01 < 0.5^6.
@pytest.mark.parametrize(("probability", "n"), [(0.0, None), (0.5, 7), (1 / 256, 1177), (0.99, 1), (1.0, 1)])
def test_how_many_samples_are_needed(probability: float, n: int | None) -> None:
    assert samples_needed(probability) == n


def test_searching_on_under_noise_does_not_harm() -> None:
    plan, place = planned(random_qubo(3), 1), backend("noisy:fez:5")
    start = replace(plan, inputs=torch.tensor([[0.2, 0.2]], dtype=torch.float64))
    better = adapted(start, place, n_evaluations=30)
    before, after = (
        read(one, place.expectations(one.circuit, one.inputs, one.weights), 10, 0) for one in (start, better)
    )
    assert after.approximation_ratio > before.approximation_ratio + 0.01
    assert after.n_layers == 1


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
