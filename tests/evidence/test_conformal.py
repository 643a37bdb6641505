"""The conformal band holds the share of new groups it promises, and widens where predictions are wrong."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from qcore.evidence.conformal import GROUP_SIZE, coverage, fit_half_width, groups, interval

Array = NDArray[np.float64]
SMALLEST = 250


def calibrated(n: int, seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    probability = rng.beta(0.8, 5, n)
    return probability, (rng.random(n) < probability).astype(float)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_band_learnt_on_one_sample_covers_another(seed: int) -> None:
    half_width = fit_half_width(*calibrated(4000, seed))
    assert 0.85 <= coverage(*calibrated(4000, seed + 100), half_width) <= 0.95


def test_the_half_width_is_that_of_a_binomial() -> None:
    # For calibrated predictions the score is |z|, whose 90 % quantile is 1.64.
    assert fit_half_width(*calibrated(20_000, 4)) == pytest.approx(1.645, abs=0.12)


def test_wrong_predictions_widen_the_band() -> None:
    probability, outcome = calibrated(4000, 5)
    honest = fit_half_width(probability, outcome)
    shifted = np.clip(probability + 0.15, 0, 1)
    assert fit_half_width(shifted, outcome) > 1.5 * honest
    assert coverage(shifted, outcome, honest) < 0.6


@pytest.mark.parametrize("n", [0, 1, SMALLEST - 1])
def test_too_few_patients_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"at least {SMALLEST} patients, got {n}"):
        fit_half_width(np.linspace(0, 1, n), np.zeros(n))
    assert groups(np.linspace(0, 1, SMALLEST), np.zeros(SMALLEST))[0].size > 0


def test_groups_join_patients_of_like_prediction() -> None:
    probability, outcome = calibrated(2000, 6)
    predicted, observed = groups(probability, outcome)
    assert predicted.shape == observed.shape
    assert observed.mean() == pytest.approx(outcome.mean(), abs=1e-9)
    assert predicted.mean() == pytest.approx(probability.mean(), abs=1e-9)
    assert np.allclose(observed * GROUP_SIZE, np.round(observed * GROUP_SIZE))
    # Means of unlike patients would hardly differ from one another.
    assert predicted.std() > 0.9 * probability.std()


@given(
    st.floats(0, 1),
    st.floats(0, 5),
)
def test_the_interval_brackets_the_risk_and_stays_a_share(risk: float, half_width: float) -> None:
    low, high = interval(np.array([risk]), half_width)
    assert 0 <= low[0] <= risk <= high[0] <= 1


def test_a_rare_or_certain_event_has_the_narrower_band() -> None:
    low, high = interval(np.array([0.1, 0.5, 0.9]), 1.0)
    width = high - low
    assert width[0] < width[1] > width[2]
    assert width[1] == pytest.approx(2 * 0.5 / np.sqrt(GROUP_SIZE))


def test_the_patients_at_highest_risk_take_part() -> None:
    probability, outcome = calibrated(499, 7)
    top = probability > np.quantile(probability, 0.9)
    wrong = np.where(top, 1 - outcome, outcome)
    assert not np.array_equal(groups(probability, outcome)[1], groups(probability, wrong)[1])
