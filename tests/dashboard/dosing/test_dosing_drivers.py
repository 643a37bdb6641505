"""What drives a dose on the page: a sentence that adds up, bars, and nothing where nothing differs."""

import re

import pytest
from dashboard_reading import everything, figure, is_fault_free
from dosing_reading import key
from streamlit.testing.v1 import AppTest

WHOLE = re.compile(r"would be ([\d.]+) mg, for (.+?) it is \*\*([\d.]+) mg\*\*: (.+)\.")
PART = re.compile(r"(adds|takes away) \*\*([\d.]+) mg\*\*")


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    assert is_fault_free(opened)
    return opened


def open_(page: AppTest, expander: str) -> AppTest:
    page.session_state[expander] = True
    page.run()
    assert is_fault_free(page)
    return page


def adds_up(page: AppTest) -> tuple[float, float, str]:
    """The dose as in the study, the one explained, and what is said of the parts, which make up the difference."""
    found = WHOLE.search(everything(page))
    assert found
    parts = [float(value) * (1 if word == "adds" else -1) for word, value in PART.findall(found[4])]
    assert float(found[1]) + sum(parts) == pytest.approx(float(found[3]), abs=0.06)
    return float(found[1]), float(found[3]), found[4]


@pytest.mark.slow
def test_weight_and_comedication_make_up_the_dose_of_others(page: AppTest) -> None:
    page.segmented_control(key=key("switch_COMED")).set_value("without")
    page.slider(key=key("weight")).set_range(70.0, 140.0).run()
    assert "Exact Shapley" not in everything(page)
    open_(page, "dosing_why")
    usual, mine, said = adds_up(page)
    assert usual < mine
    assert "without comedication adds" in said
    assert "body weight of 70 to 140 kg adds" in said
    rows = figure(page, "dosing_drivers")["layout"]["yaxis"]["ticktext"]
    assert rows[0] == "As in the study"
    assert rows[-1] == "People asked for"
    bars = figure(page, "dosing_drivers")["data"][0]["x"]
    assert bars[0] + sum(bars[1:-1]) == pytest.approx(bars[-1])


@pytest.mark.slow
def test_a_typical_patients_dose_is_beside_the_average(page: AppTest) -> None:
    page.slider(key=key("if_weight")).set_value(120.0)
    page.toggle(key=key("if_COMED")).set_value(True).run()
    open_(page, "dosing_if_why")
    _, _, said = adds_up(page)
    assert "body weight of 120 kg adds" in said
    assert "with comedication takes away" in said


def test_what_the_levels_say_is_part_of_a_patients_dose(page: AppTest) -> None:
    page.segmented_control(key="dosing_one").set_value("With measured levels").run()
    page.button(key="dosing_patient_example").click().run()
    open_(page, "dosing_patient_why")
    _, _, said = adds_up(page)
    assert "what the levels say of" in said
    assert "The dose that is named for this patient is higher, so as to be sure enough." in everything(page)
    rows = figure(page, "dosing_drivers_True")["layout"]["yaxis"]["ticktext"]
    assert "Levels: biomarker without the drug" in rows


def test_where_no_dose_does_it_that_is_said(page: AppTest) -> None:
    page.number_input(key=key("Below_response")).set_value(0.3).run()
    open_(page, "dosing_why")
    assert "This cannot be split up" in everything(page)


def test_where_nothing_moves_the_dose_that_is_said(page: AppTest) -> None:
    page.number_input(key=key("Below_response")).set_value(50.0).run()
    open_(page, "dosing_why")
    assert "Nothing here moves the dose" in everything(page)
