"""Dosing schedules: the cost in doses and in bits, the cap, and what a search on every backend says."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.backends.registry import backend
from qcore.errors import InvalidValue
from qcore.optimisation.qaoa import planned
from qcore.tasks.dosing.schedule.problem import ScheduleProblem
from qcore.tasks.dosing.schedule.search import read, solve

FINITE = st.floats(0, 10, allow_subnormal=False)


def weekly(n_periods: int = 3, bits_per_period: int = 2, half_life_d: float = 7.0) -> ScheduleProblem:
    """A dose a week into one compartment with first-order elimination; concentrations four times a week."""
    days = np.arange(1, 4 * n_periods + 1) * 7 / 4
    since = days[:, None] - 7.0 * np.arange(n_periods)
    return ScheduleProblem(
        exposure_per_mg=np.where(since >= 0, 0.5 ** (np.maximum(since, 0) / half_life_d), 0.0),
        target=np.full(len(days), 5.0),
        cap_mg=6.0,
        highest_mg=6.0,
        bits_per_period=bits_per_period,
        switching_weight=0.05,
        total_weight=0.01,
    )


@st.composite
def problems(draw: st.DrawFn) -> ScheduleProblem:
    n_periods, n_times, n_bits = draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(1, 2))
    lowest = draw(FINITE)
    return ScheduleProblem(
        exposure_per_mg=np.array(draw(st.lists(FINITE, min_size=n_times * n_periods, max_size=n_times * n_periods)))
        .reshape(n_times, n_periods),
        target=np.array(draw(st.lists(st.floats(-10, 10), min_size=n_times, max_size=n_times))),
        cap_mg=30.0,
        highest_mg=lowest + draw(st.floats(0.01, 20)),
        lowest_mg=lowest,
        bits_per_period=n_bits,
        deviation_weight=draw(FINITE),
        switching_weight=draw(FINITE),
        total_weight=draw(FINITE),
        previous_mg=draw(st.none() | FINITE),
    )  # fmt: skip


@given(problems())
def test_bits_cost_what_their_doses_cost(problem: ScheduleProblem) -> None:
    costs = [problem.cost(problem.doses_mg(string)) for string in range(2**problem.qubo.n_bits)]
    np.testing.assert_allclose(problem.qubo.values, costs, rtol=1e-9, atol=1e-7)


def test_the_cost_is_the_sum_it_says_it_is() -> None:
    problem = ScheduleProblem(
        exposure_per_mg=np.array([[1.0, 0.0], [0.5, 1.0]]),
        target=np.array([4.0, 4.0]),
        cap_mg=8.0,
        highest_mg=6.0,
        deviation_weight=3.0,
        switching_weight=0.1,
        total_weight=0.2,
        previous_mg=1.0,
    )
    # Exposures 6 and 3, deviations 2 and -1; changes 5 and -6; 6 mg in all.
    expected = 3.0 * (4 + 1) / 2 + 0.1 * (25 + 36) + 0.2 * 6
    assert problem.cost(np.array([6.0, 0.0])) == pytest.approx(expected)
    assert replace(problem, previous_mg=None).cost(np.array([6.0, 0.0])) == pytest.approx(expected - 2.5)


@given(problems())
def test_every_schedule_of_levels_has_a_string_and_none_exceeds_the_cap(problem: ScheduleProblem) -> None:
    n = problem.n_periods * problem.bits_per_period
    found = {tuple(problem.doses_mg(string).tolist()) for string in range(2**n)}
    assert found == set(product(problem.levels_mg.tolist(), repeat=problem.n_periods))
    assert problem.levels_mg[0] == problem.lowest_mg
    assert max(max(doses) for doses in found) == problem.highest_mg <= problem.cap_mg
    np.testing.assert_allclose(np.diff(problem.levels_mg, 2), 0, atol=1e-12)


def test_bits_count_the_levels_of_their_own_period() -> None:
    problem = weekly(3, 2)
    assert problem.levels_mg.tolist() == [0.0, 2.0, 4.0, 6.0]
    # Period 0: 01, period 1: 10, period 2: 11.
    assert problem.doses_mg(0b111001).tolist() == [2.0, 4.0, 6.0]


def test_a_level_above_the_cap_is_refused_and_at_the_cap_it_is_not() -> None:
    problem = weekly()
    assert replace(problem, cap_mg=6.0).levels_mg[-1] == 6.0
    for cap_mg in (5.999999, 0.0):
        with pytest.raises(InvalidValue, match=rf"^The highest dose, 6 mg, is above the drug's cap of {cap_mg:g} mg"):
            replace(problem, cap_mg=cap_mg)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cap_mg": np.nan}, "The drug's cap must be a finite number"),
        ({"cap_mg": np.inf}, "The drug's cap must be a finite number"),
        ({"highest_mg": np.nan}, "The highest dose must be a finite number"),
        ({"lowest_mg": -1.0}, "The lowest dose must be a finite number from 0 on"),
        ({"lowest_mg": 6.0}, "The highest dose, 6 mg, must be above the lowest, 6 mg"),
        ({"deviation_weight": -1.0}, "The weight of the deviation must be"),
        ({"switching_weight": np.nan}, "The weight of switching must be"),
        ({"total_weight": -0.1}, "The weight of the total dose must be"),
        ({"previous_mg": -2.0}, "The previous dose must be"),
        ({"target": np.full(12, np.nan)}, "The target exposure must be a finite number"),
        ({"exposure_per_mg": np.full((12, 3), -1.0)}, "The exposure per mg must be"),
        ({"exposure_per_mg": np.zeros((12, 0))}, "A schedule needs at least one period"),
        ({"bits_per_period": 0}, "3 periods with 0 bits each are not possible"),
        ({"bits_per_period": 7}, "3 periods with 7 bits each are not possible"),
    ],
)
def test_what_is_impossible_is_refused_in_a_sentence(change: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{sentence}"):
        replace(weekly(), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("change", [{"target": np.ones(3)}, {"exposure_per_mg": np.ones(12)}])
def test_shapes_that_do_not_fit_are_refused(change: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="exposure is"):
        replace(weekly(), **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:shots=2000", "rehearsal:fez"])
def test_the_answer_is_the_best_schedule_sampled_beside_the_best_of_all(where: str) -> None:
    problem = weekly()
    found = solve(problem, backend(where), n_layers=2, samples=300, seed=5)
    every = {doses: problem.cost(np.array(doses)) for doses in product(problem.levels_mg.tolist(), repeat=3)}
    assert found.optimum.doses_mg == min(every, key=every.__getitem__)
    assert found.optimum.cost == pytest.approx(min(every.values()))
    assert found.search.counts[found.search.best] > 0
    assert found.best_sampled.cost == pytest.approx(every[found.best_sampled.doses_mg])
    # So many samples see the optimum, on every one of these.
    assert found.best_sampled == found.optimum
    assert found.gap == 0
    assert found.optimum_probability > 3 / 64
    assert found.provenance.backend == where
    assert (found.provenance.shots, found.search.samples) == (found.search.provenance.shots, 300)


def test_where_the_optimum_is_not_sampled_the_gap_is_shown() -> None:
    found = next(
        result for seed in range(50) if (result := solve(weekly(), backend("ideal"), 1, samples=1, seed=seed)).gap > 0
    )
    assert found.best_sampled != found.optimum
    assert found.gap == pytest.approx(found.best_sampled.cost - found.optimum.cost)
    assert found.search.counts.sum() == found.search.counts[found.search.best] == 1


def test_the_likeliest_schedules_come_first() -> None:
    found = solve(weekly(), backend("ideal"), n_layers=2)
    probabilities = [schedule.probability for schedule in found.likeliest]
    assert probabilities == sorted(probabilities, reverse=True)
    assert len(probabilities) == 10
    assert probabilities[0] == found.search.probabilities.max()
    assert found.optimum in found.likeliest
    assert found.search.counts.sum() == 100


def test_what_ran_elsewhere_is_read_the_same() -> None:
    problem = weekly()
    plan = planned(problem.qubo, 1)
    collected = backend("noisy:fez").expectations(plan.circuit, plan.inputs, plan.weights)
    apart, at_once = read(problem, plan, collected, 50, 1), solve(problem, backend("noisy:fez"), 1, 50, 1)
    assert apart.best_sampled == at_once.best_sampled
    assert (apart.optimum, apart.likeliest) == (at_once.optimum, at_once.likeliest)


def test_a_schedule_that_needs_too_many_qubits_is_refused_by_their_number() -> None:
    with pytest.raises(InvalidValue, match="The problem has 10 bits, each of which needs a qubit: at most 9"):
        solve(weekly(5, 2), backend("ideal"))


def test_drug_that_does_nothing_and_costs_nothing_leaves_nothing_to_choose() -> None:
    idle = replace(weekly(), exposure_per_mg=np.zeros((12, 3)), switching_weight=0.0, total_weight=0.0)
    with pytest.raises(InvalidValue, match="Every choice costs the same"):
        solve(idle, backend("ideal"))
