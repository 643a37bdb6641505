"""A threshold: what it does on a table made by hand, and that it finds the events it is asked to find."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.evidence.decision import operating_point, threshold_for_sensitivity

#                        hit  hit  false miss quiet quiet quiet quiet
OUTCOME = np.array([1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0])
RISK = np.array([0.9, 0.5, 0.6, 0.4, 0.3, 0.2, 0.1, 0.0])


def test_by_hand() -> None:
    point = operating_point(OUTCOME, RISK, 0.5)
    assert asdict(point) == pytest.approx(
        {
            "threshold": 0.5,
            "sensitivity": 2 / 3,
            "specificity": 4 / 5,
            "ppv": 2 / 3,
            "npv": 4 / 5,
            "alarms": 3 / 8,
        }
    )


def test_a_risk_at_the_threshold_is_an_alarm() -> None:
    assert operating_point(OUTCOME, RISK, 0.4).sensitivity == 1
    assert operating_point(OUTCOME, RISK, 0.4 + 1e-9).sensitivity < 1


def test_alarms_for_all_and_for_none() -> None:
    everyone = operating_point(OUTCOME, RISK, 0.0)
    assert (everyone.sensitivity, everyone.specificity, everyone.ppv, everyone.alarms) == (1, 0, 3 / 8, 1)
    nobody = operating_point(OUTCOME, RISK, 1.0)
    assert (nobody.sensitivity, nobody.specificity, nobody.npv, nobody.alarms) == (0, 1, 5 / 8, 0)


def test_a_population_without_events_divides_by_nothing() -> None:
    point = operating_point(np.zeros(8), RISK, 0.5)
    assert (point.sensitivity, point.ppv, point.specificity) == (0, 0, 5 / 8)


@given(
    st.lists(st.floats(0.001, 1), min_size=1, max_size=60),
    st.lists(st.floats(0, 1), max_size=20),
    st.floats(0.05, 1),
)
def test_the_threshold_reaches_the_sensitivity(events: list[float], others: list[float], wanted: float) -> None:
    # Four digits: a risk one bit below a step is no patient.
    risk = np.round(np.array(events + others), 4)
    outcome = np.array([1.0] * len(events) + [0.0] * len(others))
    threshold = threshold_for_sensitivity(outcome, risk, wanted)
    assert operating_point(outcome, risk, threshold).sensitivity >= wanted - 1e-12
    assert threshold == round(threshold, 3)


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=60), st.floats(0.05, 1))
def test_no_threshold_a_step_higher_would_do(events: list[float], wanted: float) -> None:
    risk, outcome = np.round(np.array(events), 4), np.ones(len(events))
    threshold = threshold_for_sensitivity(outcome, risk, wanted)
    # Two steps: flooring in binary may lose one.
    assert operating_point(outcome, risk, threshold + 0.002).sensitivity < wanted + 1e-12
