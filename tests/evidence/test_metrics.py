"""Metrics against scikit-learn, their intervals, and the calibration error on data of known calibration."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from qcore.evidence.metrics import (
    METRICS,
    all_metrics,
    estimate,
    expected_calibration_error,
    paired_difference,
    squared_calibration_error,
)

Array = NDArray[np.float64]


def calibrated(n: int, seed: int) -> tuple[Array, Array]:
    """Return outcome and the very probability it was drawn with."""
    rng = np.random.default_rng(seed)
    probability = rng.beta(1, 5, n)
    return (rng.random(n) < probability).astype(float), probability


def by_pairs(outcome: Array, score: Array) -> float:
    """Share of pairs of an event and a non-event that are ranked rightly."""
    difference = score[outcome == 1][:, None] - score[outcome == 0][None, :]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


def test_as_scikit_learn_and_as_defined() -> None:
    outcome, probability = calibrated(400, 0)
    assert METRICS["auroc"](outcome, probability) == pytest.approx(by_pairs(outcome, probability), abs=1e-12)
    assert METRICS["auroc"](outcome, probability) == roc_auc_score(outcome, probability)
    assert METRICS["auprc"](outcome, probability) == average_precision_score(outcome, probability)
    assert METRICS["brier"](outcome, probability) == pytest.approx(((outcome - probability) ** 2).mean(), abs=1e-12)
    assert METRICS["brier"](outcome, probability) == brier_score_loss(outcome, probability)


def test_calibration_error_is_small_where_probabilities_are_true() -> None:
    outcome, probability = calibrated(20_000, 1)
    assert expected_calibration_error(outcome, probability) < 0.01


@pytest.mark.parametrize("shift", [-0.1, 0.1, 0.3])
def test_calibration_error_is_the_shift_of_shifted_probabilities(shift: float) -> None:
    rng = np.random.default_rng(2)
    truth = rng.uniform(0.3, 0.6, 20_000)
    outcome = (rng.random(20_000) < truth).astype(float)
    assert expected_calibration_error(outcome, truth + shift) == pytest.approx(abs(shift), abs=0.02)


def test_calibration_error_by_hand() -> None:
    # Two bins of four patients, in each the outcome is 1 once: 0.25 observed, and its variance is 0.25 / 4.
    probability = np.repeat([0.65, 0.95], 4)
    outcome = np.tile([0.0, 0.0, 0.0, 1.0], 2)
    square = squared_calibration_error(outcome[:4], probability[:4])
    assert squared_calibration_error(np.repeat(outcome, 5), np.repeat(probability, 5)) > square, "less chance in more"
    residual = np.array([[0.65, 0.65], [0.65, -0.35]])
    assert square == pytest.approx((residual.mean(1) ** 2 - residual.var(1, ddof=1) / 2).mean())
    assert expected_calibration_error(np.ones(3), np.full(3, 0.9)) == pytest.approx(0.1), "fewer patients than bins"


def test_chance_alone_is_no_calibration_error() -> None:
    squares = [squared_calibration_error(*calibrated(500, seed)) for seed in range(400)]
    assert abs(np.mean(squares)) < 3 * np.std(squares) / 20, "the mean over samples of a perfect model is 0"


@pytest.mark.parametrize("shift", [0.0, 0.02, 0.1])
def test_resampling_does_not_move_the_calibration_error(shift: float) -> None:
    outcome, probability = calibrated(2000, 5)
    probability = np.clip(probability + shift, 0, 1)
    rng = np.random.default_rng(6)
    draws = [rng.integers(0, 2000, 2000) for _ in range(400)]
    resampled = [squared_calibration_error(outcome[d], probability[d], n_draws=2) for d in draws]
    expected = squared_calibration_error(outcome, probability)
    assert np.mean(resampled) == pytest.approx(expected, abs=0.4 * np.std(resampled))


@pytest.mark.parametrize("n", [40, 156, 3618])
@pytest.mark.parametrize("slope", [1.0, 1.3, 3.0])
def test_every_interval_holds_its_own_estimate(n: int, slope: float) -> None:
    outcome, truth = calibrated(n, n)
    probability = 1 / (1 + np.exp(-slope * np.log(truth / (1 - truth))))
    for name, score in METRICS.items():
        found = estimate(score, outcome, probability, resamples=200)
        assert found.low <= found.value <= found.high, name


def test_all_metrics_come_with_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, probability = calibrated(300, 3)
    monkeypatch.setattr(estimate, "__defaults__", (100,))
    found = all_metrics(outcome, probability)
    assert list(found) == ["auroc", "accuracy", "auprc", "ece", "brier"]
    for name, each in found.items():
        assert each.value == pytest.approx(METRICS[name](outcome, probability), abs=1e-4)
        assert each.low < each.high
        assert each.low <= each.value <= each.high


def test_the_interval_narrows_with_the_patients_and_repeats() -> None:
    few, many = calibrated(300, 4), calibrated(4800, 4)
    few_estimate = estimate(METRICS["auroc"], *few, resamples=200)
    many_estimate = estimate(METRICS["auroc"], *many, resamples=200)
    ratio = (few_estimate.high - few_estimate.low) / (many_estimate.high - many_estimate.low)
    assert 2.5 < ratio < 6.5, "sixteen times the patients: a quarter of the width"
    assert estimate(METRICS["auroc"], *few, resamples=200) == few_estimate


def test_the_interval_is_that_of_the_mean() -> None:
    outcome = (np.random.default_rng(5).random(1000) < 0.3).astype(float)
    found = estimate(lambda y, _: float(y.mean()), outcome, outcome, resamples=1000)
    half = 1.96 * np.sqrt(outcome.mean() * (1 - outcome.mean()) / 1000)
    assert found.value - found.low == pytest.approx(half, rel=0.12)
    assert found.high - found.value == pytest.approx(half, rel=0.12)


def test_a_model_does_not_differ_from_itself() -> None:
    outcome, probability = calibrated(300, 6)
    same = paired_difference(METRICS["auroc"], outcome, probability, probability, resamples=50)
    assert (same.value, same.low, same.high) == (0, 0, 0)


def test_a_difference_is_taken_on_the_same_patients() -> None:
    outcome, probability = calibrated(600, 7)
    noisy = probability + np.random.default_rng(8).normal(0, 0.3, 600)
    auroc = METRICS["auroc"]
    better = paired_difference(auroc, outcome, probability, noisy, resamples=200)
    assert better.value == pytest.approx(auroc(outcome, probability) - auroc(outcome, noisy), abs=1e-4)
    assert better.low > 0
    worse = paired_difference(auroc, outcome, noisy, probability, resamples=200)
    assert (worse.value, worse.low, worse.high) == pytest.approx((-better.value, -better.high, -better.low))
    # Two models that are almost the same: pairing keeps the luck of the draw out of the difference.
    close = paired_difference(auroc, outcome, probability, probability + noisy * 0.01, resamples=200)
    alone = estimate(auroc, outcome, probability, resamples=200)
    assert close.high - close.low < 0.3 * (alone.high - alone.low)
