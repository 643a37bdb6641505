"""Platt scaling finds the slope and intercept that were put in; the reliability curve counts right."""

import numpy as np
import pytest
from scipy.special import expit

from qcore.evidence.calibration import Platt, fit_platt, reliability


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.5, -1.0), (2.0, 1.0)])
def test_the_slope_and_intercept_are_recovered(slope: float, intercept: float) -> None:
    rng = np.random.default_rng(0)
    logit = rng.normal(-1, 1.5, 40_000)
    outcome = (rng.random(40_000) < expit(slope * logit + intercept)).astype(float)
    found = fit_platt(logit, outcome)
    assert found.slope == pytest.approx(slope, abs=0.06)
    assert found.intercept == pytest.approx(intercept, abs=0.06)


def test_the_mean_prediction_is_the_observed_share() -> None:
    rng = np.random.default_rng(1)
    logit = rng.normal(3, 2, 500)
    outcome = (rng.random(500) < 0.1).astype(float)
    # Maximum likelihood with an intercept: the residuals add up to nothing, but for Platt's smoothing of the targets.
    assert fit_platt(logit, outcome).probability(logit).mean() == pytest.approx(outcome.mean(), abs=2e-3)


def test_a_few_separated_cases_are_not_taken_for_certainty() -> None:
    logit = np.linspace(-2, 2, 20)
    platt = fit_platt(logit, (logit > 0).astype(float))
    assert 0.8 < platt.probability(np.array([2.0]))[0] < 0.99


def test_probabilities_keep_the_order_and_stay_between_0_and_1() -> None:
    probability = Platt(0.8, -1.0).probability(np.array([-1000.0, -1.0, 0.0, 2.0, 1000.0]))
    assert (np.diff(probability) > 0).all()
    assert probability[[0, -1]] == pytest.approx([0, 1])
    assert probability[2] == pytest.approx(1 / (1 + np.e))


@pytest.mark.parametrize("slope", [0.7, -1.3])
def test_a_small_error_of_the_logit_is_carried_over_by_the_slope_of_the_curve(slope: float) -> None:
    platt, logit, error = Platt(slope, 0.4), np.array([-8.0, -1.0, 0.0, 2.5]), np.array([0.01, 0.02, 0.0, 0.03])
    difference = platt.probability(logit + error) - platt.probability(logit - error)
    np.testing.assert_allclose(platt.standard_error(logit, error), np.abs(difference) / 2, rtol=2e-4)
    assert platt.standard_error(logit, error)[2] == 0


def test_the_error_of_a_probability_is_the_scatter_of_many_logits() -> None:
    platt, errors = Platt(1.4, -0.3), np.random.default_rng(3).normal(0, 0.05, 20_000)
    scatter = platt.probability(0.8 + errors).std()
    assert platt.standard_error(np.array([0.8]), np.array([0.05])) == pytest.approx([scatter], rel=0.03)


def test_the_reliability_curve_by_hand() -> None:
    probability = np.array([0.9, 0.1, 0.3, 0.7])
    outcome = np.array([1.0, 0.0, 1.0, 1.0])
    low, high = reliability(outcome, probability, bins=2)
    assert low == (pytest.approx(0.2), 0.5, 2)
    assert high == (pytest.approx(0.8), 1.0, 2)


def test_the_reliability_curve_holds_everyone_once() -> None:
    rng = np.random.default_rng(2)
    probability, outcome = rng.random(1003), (rng.random(1003) < 0.2).astype(float)
    points = reliability(outcome, probability)
    sizes = [n for _, _, n in points]
    assert (len(points), sum(sizes), max(sizes) - min(sizes)) == (10, 1003, 1)
    assert [p for p, _, _ in points] == sorted(p for p, _, _ in points)
    assert sum(p * n for p, _, n in points) / 1003 == pytest.approx(probability.mean())
    assert sum(o * n for _, o, n in points) / 1003 == pytest.approx(outcome.mean())
