"""What is left of doses: any regimen, infusions, steady state, and that a sample comes before the dose of its time."""

import numpy as np
import pytest
from made_up_study import doses, study

from qcore.study import Doses
from qcore.tasks.dosing.networks.dose_history import given, half_lives_of, latest, remaining

HALF_LIVES = np.array([3.0, 40.0])


def one(amount: float, duration: float = 0.0, every: float = 0.0) -> Doses:
    single = np.array([amount])
    return Doses(np.zeros(1), single, np.array([duration]), np.ones(1, dtype=bool), np.array([every]))


def test_half_is_left_after_a_half_life_and_doses_add_up() -> None:
    np.testing.assert_allclose(remaining(one(8.0), HALF_LIVES, HALF_LIVES).diagonal(), [4.0, 4.0])
    repeated = remaining(doses(8.0, every=24.0, count=3), np.array([60.0]), HALF_LIVES)
    singles = sum(remaining(one(8.0), np.array([60.0 - 24 * place]), HALF_LIVES) for place in range(3))
    np.testing.assert_allclose(repeated, singles)


def test_a_sample_of_the_moment_of_a_dose_was_taken_before_it() -> None:
    course = doses(8.0, count=2)
    at, after = remaining(course, np.array([24.0, 24.0001]), HALF_LIVES)
    assert (after - at > 7.9).all()
    np.testing.assert_allclose(given(course, np.array([0.0, 24.0, 25.0])), [0.0, 8.0, 16.0])


def test_a_steady_state_is_what_very_many_doses_lead_to() -> None:
    times = np.array([1.0, 20.0])
    many = doses(8.0, every=24.0, count=200)
    np.testing.assert_allclose(
        remaining(one(8.0, every=24.0), times, HALF_LIVES), remaining(many, times + 199 * 24.0, HALF_LIVES), rtol=1e-9
    )


@pytest.mark.parametrize("time", [2.0, 5.0, 30.0])
def test_an_infusion_is_many_small_doses(time: float) -> None:
    n = 4000
    starts = (np.arange(n) + 0.5) * 5.0 / n
    zeros = np.zeros(n)
    drops = Doses(starts, np.full(n, 8.0 / n), zeros, np.ones(n, dtype=bool), zeros)
    times = np.array([time])
    np.testing.assert_allclose(
        remaining(one(8.0, duration=5.0), times, HALF_LIVES), remaining(drops, times, HALF_LIVES), rtol=1e-3
    )
    np.testing.assert_allclose(given(one(8.0, duration=5.0), times), [8.0 * min(time, 5.0) / 5.0])


def test_times_since_doses_are_nought_before_any_and_without_any() -> None:
    first, last, amount = latest(doses(4.0, every=24.0, count=2), np.array([0.0, 10.0, 24.0, 30.0]))
    np.testing.assert_allclose(first, [0, 10, 24, 30])
    np.testing.assert_allclose(last, [0, 10, 24, 6])
    np.testing.assert_allclose(amount, [0, 4, 4, 4])
    for nothing in (*latest(doses(0.0), np.array([5.0])), given(doses(0.0), np.array([5.0]))):
        np.testing.assert_allclose(nothing, [0.0])


def test_half_lives_span_the_study() -> None:
    found = half_lives_of(study(), 4)
    np.testing.assert_allclose(found[[0, -1]], [1.0, 168.0])
    np.testing.assert_allclose(found[1:] / found[:-1], 168.0 ** (1 / 3))
