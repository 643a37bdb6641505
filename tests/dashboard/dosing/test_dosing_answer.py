"""The dose page on the challenge's trial: the dose in a sentence, what moves it, and what is never said."""

from dataclasses import replace
from pathlib import Path

import pytest
from dashboard_reading import everything, figure, is_fault_free, rows_in_trail, sentences
from dosing_reading import dose, is_answered, key
from streamlit.testing.v1 import AppTest

from dashboard.dosing.study import picker, source
from qcore.settings import settings


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    assert is_fault_free(opened)
    return opened


def test_the_dose_comes_first_in_a_plain_sentence(page: AppTest) -> None:
    first, sentence, interval = sentences(page.markdown)[:3]
    assert first == "## 6 mg once daily"
    assert "It keeps the biomarker below 3.3 ng/mL throughout the day in **92 %** of people like those" in sentence
    assert "(50–100 kg, half with comedication)" in sentence
    assert interval.startswith("90 % interval of the dose: **5 to 7 mg**")
    said = everything(page)
    assert "fitted to 48 subjects" in said
    assert "no quantum circuit takes part" in said
    assert "Beyond the study" not in said


@pytest.mark.parametrize(
    ("control", "value", "expected"),
    [
        ("regimen", "once weekly", 60.0),
        ("share", "75 %", 4.0),
        pytest.param("switch_COMED", "without", 7.0, marks=pytest.mark.slow),
    ],
)
def test_what_is_asked_for_moves_the_dose(page: AppTest, control: str, value: str, expected: float) -> None:
    page.segmented_control(key=key(control)).set_value(value).run()
    assert is_fault_free(page)
    assert dose(page) == expected


def test_heavier_people_need_more_and_were_not_studied(page: AppTest) -> None:
    page.slider(key=key("weight")).set_range(70.0, 140.0).run()
    assert is_fault_free(page)
    assert dose(page) == 7.5
    assert "people of this kind (70–140 kg" in everything(page)
    assert "The people studied weighed 51 to 100 kg." in everything(page)


def test_another_share_can_be_asked_for(page: AppTest) -> None:
    page.segmented_control(key=key("share")).set_value("other").run()
    page.number_input(key=key("percent")).set_value(50).run()
    assert is_fault_free(page)
    found = dose(page)
    assert found is not None
    assert found < 4.0


def test_weekly_doses_are_said_to_be_beyond_the_study(page: AppTest) -> None:
    page.segmented_control(key=key("regimen")).set_value("once weekly").run()
    said = everything(page)
    assert "The study gave doses once daily, none once weekly." in said
    assert "throughout the week" in said
    assert "No points: nobody in the study was given doses once weekly." in said


def test_no_dose_above_the_cap_is_ever_named(page: AppTest) -> None:
    page.number_input(key=key("Below_response")).set_value(0.3).run()
    assert is_fault_free(page)
    assert dose(page) is None
    assert "No dose up to 100 mg once daily does it" in everything(page)
    assert "more than 100 mg" in everything(page)


def test_without_a_limit_there_is_no_answer(page: AppTest) -> None:
    page.number_input(key=key("Below_response")).set_value(None).run()
    assert not page.error
    assert not is_answered(page)
    assert "Set a limit" in everything(page)


def test_a_concentration_can_be_asked_for(page: AppTest) -> None:
    page.selectbox(key=key("measure")).set_value("trough").run()
    page.number_input(key=key("Above_trough")).set_value(2.0).run()
    assert is_fault_free(page)
    assert "It keeps the concentration before the next dose above 2 mg/L in **9" in everything(page)


def test_the_chart_marks_the_dose_and_carries_its_uncertainty(page: AppTest) -> None:
    low, high, best, mark = figure(page, "dosing_attainment")["data"]
    assert mark["x"] == [6.0]
    assert mark["y"][0] == pytest.approx(92, abs=1)
    assert all(a <= b <= c for a, b, c in zip(low["y"][8:], best["y"][8:], high["y"][8:], strict=True))


def test_bands_go_from_the_first_dose_to_steady_state(page: AppTest) -> None:
    low, high, median, *_ = figure(page, "dosing_course_True")["data"]
    assert median["x"][0] == 0
    assert median["x"][-1] > 30
    assert median["y"][0] > 8
    assert median["y"][-1] < 3.3 < high["y"][0]
    assert all(a <= b <= c for a, b, c in zip(low["y"], median["y"], high["y"], strict=True))


def test_observed_points_are_those_of_the_nearest_dose(page: AppTest, data: Path) -> None:
    assert data
    (points,) = (each for each in figure(page, "dosing_course_True")["data"] if each["mode"] == "markers")
    assert len(points["x"]) == 12 * 19
    assert max(points["x"]) <= 21
    said = everything(page)
    assert "the 12 people who were given **10 mg** once daily, the dose studied that is nearest by ratio" in said
    assert "(the curves are for 6 mg; 10 mg is 1.7 times 6 mg)" in said


def test_without_the_measurements_the_page_says_how_to_see_them(
    home: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLINICAL_DATA", str(tmp_path))
    settings.cache_clear()
    page = home.switch_page("dosing/page.py").run()
    assert is_fault_free(page)
    assert dose(page) == 6.0
    assert "Set QLINICAL_DATA to a folder" in everything(page)
    assert "markers" not in {each["mode"] for each in figure(page, "dosing_course_True")["data"]}


def test_a_question_is_one_row_of_the_trail_however_often_it_is_drawn(page: AppTest) -> None:
    rows = rows_in_trail()
    page.run()
    assert rows_in_trail() == rows
    page.segmented_control(key=key("share")).set_value("75 %").run()
    assert rows_in_trail() == rows + 2, "one of the population model, one of the networks"


@pytest.mark.slow
def test_under_an_upper_limit_of_the_concentration_the_highest_dose_is_named(page: AppTest) -> None:
    page.selectbox(key=key("measure")).set_value("peak").run()
    page.number_input(key=key("Below_peak")).set_value(10.0).run()
    assert is_fault_free(page)
    text = everything(page)
    assert "It is the highest dose, in steps of 0.5 mg, that does so in 90 % or more" in text
    assert "A larger first dose" not in [each.label for each in page.expander]
    within = dose(page)
    page.number_input(key=key("Below_peak")).set_value(20.0).run()
    assert dose(page) > within > 0.5
    page.number_input(key=key("Below_peak")).set_value(0.01).run()
    assert "Even 0.5 mg once daily is too much" in everything(page)
    assert "0.5 mg is the lowest dose that is ever considered here" in everything(page)


def test_what_speaks_against_a_model_stands_beside_its_dose(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = source.challenge()
    few = replace(whole, model=replace(whole.model, n_subjects=3))
    monkeypatch.setattr(picker, "challenge", lambda: few)
    page = home.switch_page("dosing/page.py").run()
    assert is_fault_free(page)
    assert "Doubtful] The data are of 3 subjects" in everything(page)


def test_nothing_speaks_against_the_model_of_the_challenge(page: AppTest) -> None:
    assert "Doubtful" not in everything(page)
