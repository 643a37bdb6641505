"""A dose for each of the first weeks on the page: found by a quantum search, held against all schedules there are."""

import re

import pytest
from dashboard_reading import everything, figure, is_fault_free, sentences
from streamlit.testing.v1 import AppTest

PLAN = re.compile(r"^\*\*(\d+(?:\.\d+)?) mg in weeks? 1")


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    opened.session_state["dosing_weeks"] = True
    opened.run()
    assert is_fault_free(opened)
    return opened


def first_dose(page: AppTest) -> float:
    (plan,) = (match for text in sentences(page.markdown) if (match := PLAN.match(text)))
    return float(plan[1])


def test_the_first_week_is_a_larger_dose_and_the_cap_holds(page: AppTest) -> None:
    assert 6.0 < first_dose(page) <= 100.0
    assert "one by one" in everything(page)
    assert "nothing is gained by the quantum search" in everything(page)
    usual, found = figure(page, "dosing_schedule_exposure")["data"]
    assert found["y"][0] > usual["y"][0]
    (bars,) = figure(page, "dosing_schedule_probabilities")["data"]
    assert bars["x"] == sorted(bars["x"])
    assert sum(bars["x"]) < 100


def test_unwelcome_changes_keep_the_dose(page: AppTest) -> None:
    (slider,) = (each for each in page.select_slider if each.label.startswith("Changes"))
    slider.set_value("very much").run()
    assert is_fault_free(page)
    assert first_dose(page) == 6.0


def test_noise_moves_the_search_and_is_named(page: AppTest) -> None:
    before = figure(page, "dosing_schedule_probabilities")["data"][0]["x"][-1]
    page.sidebar.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(page)
    assert figure(page, "dosing_schedule_probabilities")["data"][0]["x"][-1] < before
    assert "simulated" in everything(page)
