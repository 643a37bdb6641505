"""A larger first dose on the page: named in a sentence, moved by a field, never above the cap."""

import re

import pytest
from dashboard_reading import everything, figure, is_fault_free, sentences
from dosing_reading import key
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

RULE = re.compile(r"^\*\*(\d+(?:\.\d+)?) mg once, then (\d+(?:\.\d+)?) mg once (daily|weekly)\*\*")
SOONER = re.compile(r"half of people after \*\*([\d.]+) days\*\* instead of ([\d.]+) days")


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    assert "mg once, then" not in everything(opened)
    opened.session_state["dosing_first"] = True
    opened.run()
    assert is_fault_free(opened)
    return opened


def first(page: AppTest) -> NumberInput:
    (field,) = (each for each in page.number_input if each.label.startswith("First dose"))
    return field


def test_a_larger_first_dose_brings_the_target_sooner(page: AppTest) -> None:
    (rule,) = (match for text in sentences(page.markdown) if (match := RULE.match(text)))
    assert float(rule[1]) > float(rule[2]) == 6.0
    assert first(page).value == float(rule[1])
    found = SOONER.search(everything(page))
    assert found
    assert float(found[1]) < float(found[2])
    usual, loaded = figure(page, "dosing_first_target")["data"]
    assert all(a <= b + 1 for a, b in zip(usual["y"], loaded["y"], strict=True))
    assert len(figure(page, "dosing_first_concentration")["data"]) == 2


def test_the_first_dose_can_be_moved_and_ends_at_the_cap(page: AppTest) -> None:
    field = first(page)
    assert field.max == 100
    assert field.min == 6.0
    field.set_value(60.0).run()
    assert is_fault_free(page)
    assert "a typical patient's concentration goes higher than it ever does at steady state" in everything(page)
    first(page).set_value(6.0).run()
    assert "With 6 mg from the first day on" in everything(page)
    assert len(figure(page, "dosing_first_target")["data"]) == 1


def test_where_the_cap_leaves_no_room_it_is_said(page: AppTest) -> None:
    page.number_input(key=key("Below_response")).set_value(0.3).run()
    assert is_fault_free(page)
    assert "There is no larger first dose: 100 mg is never exceeded." in everything(page)
    assert "fewer than half of people ever reach that the biomarker stays below 0.3 ng/mL" in everything(page)


def test_none_is_offered_that_brings_nobody_on_target_sooner(page: AppTest) -> None:
    """The lowest dose already keeps the highest concentration above the limit from the first one on."""
    assert "mg once, then" in everything(page)
    page.selectbox(key=key("measure")).set_value("peak").run()
    page.number_input(key=key("Above_peak")).set_value(0.1).run()
    assert is_fault_free(page)
    said = everything(page)
    assert "No larger first dose is offered: with" in said
    assert "first, people would be on target no sooner." in said
    assert "mg from the first day on, the highest concentration between doses stays above 0.1 mg/L" in said
    assert not [each for each in page.number_input if each.label.startswith("First dose")]


def test_weekly_doses_have_a_first_one_too(page: AppTest) -> None:
    page.segmented_control(key=key("regimen")).set_value("once weekly").run()
    assert is_fault_free(page)
    (rule,) = (match for text in sentences(page.markdown) if (match := RULE.match(text)))
    assert rule[3] == "weekly"
    assert float(rule[1]) % 5 == 0
