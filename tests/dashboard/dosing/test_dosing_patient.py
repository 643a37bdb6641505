"""One patient with measured levels: the dose for that very patient, what is refused, and what is kept to oneself."""

import re
from itertools import count

import pandas as pd
import pytest
from dashboard_reading import everything, figure, is_fault_free, rows_in_trail, sentences
from dosing_reading import dose, key
from streamlit.testing.v1 import AppTest

from dashboard.dosing.patient.table import EDITION
from qcore.settings import settings

HEAD = re.compile(r"^### (\d+(?:\.\d+)?) mg once (daily|weekly) for this patient$")
EDITIONS = count(1000)
LEVELS, DOSES = key("patient_levels"), key("patient_doses")


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    opened.segmented_control(key="dosing_one").set_value("With measured levels").run()
    assert is_fault_free(opened)
    return opened


@pytest.fixture
def example(page: AppTest) -> AppTest:
    page.button(key="dosing_patient_example").click().run()
    assert is_fault_free(page)
    return page


def own(page: AppTest) -> float | None:
    """The dose of this patient; None where there is none."""
    found = [float(match[1]) for text in sentences(page.markdown) if (match := HEAD.match(text))]
    return found[0] if found else None


def put(page: AppTest, table: str, rows: list[tuple[object, ...]], columns: tuple[str, ...]) -> AppTest:
    """Put rows into a table as its editor would; Streamlit's test harness cannot type into one."""
    page.session_state[f"{table}_now"] = pd.DataFrame(rows, columns=list(columns))
    page.session_state[EDITION] = next(EDITIONS)
    return page.run()


def put_levels(page: AppTest, *rows: tuple[object, object, object]) -> AppTest:
    return put(page, LEVELS, list(rows), ("time", "concentration", "response"))


def levels(page: AppTest) -> pd.DataFrame:
    found: pd.DataFrame = page.session_state[f"{LEVELS}_now"].dropna(how="all")
    return found


def test_without_levels_a_patient_is_like_any_other_of_the_kind(page: AppTest) -> None:
    assert "No levels yet: this is what is known of any patient of 70 kg without comedication." in everything(page)
    first = own(page)
    assert first is not None
    page.number_input(key=key("patient_BW")).set_value(110.0).run()
    assert is_fault_free(page)
    heavier = own(page)
    assert heavier is not None
    assert heavier > first
    assert "The people studied weighed 51 to 100 kg." in everything(page)
    assert dose(page) == 6.0, "the answer for everybody stays"


def test_an_example_is_filled_in_told_to_be_one_and_answered(example: AppTest) -> None:
    said = everything(example)
    assert "A synthetic example: drawn from the model by chance, nobody's data." in said
    assert len(levels(example)) == 4
    assert re.search(r"By these levels this patient .*clears the drug .*90 % interval", said)
    assert re.search(
        r"keeps the biomarker below 3\.3 ng/mL throughout the day with a probability of \*\*9\d %\*\*", said
    )
    first, seen = own(example), levels(example)
    assert first is not None
    example.button(key="dosing_patient_example").click().run()
    assert is_fault_free(example)
    assert not levels(example).equals(seen)


def test_the_charts_hold_what_was_measured_and_go_on(example: AppTest) -> None:
    for responds in (True, False):
        low, high, typical, median, seen = figure(example, f"dosing_patient_course_{responds}")["data"]
        assert len(seen["x"]) == 3
        assert median["x"][-1] == 21
        assert all(a <= b <= c for a, b, c in zip(low["y"], median["y"], high["y"], strict=True))
        assert median["y"] != typical["y"]
    chances = figure(example, "dosing_patient_chance")["data"]
    assert chances[1]["x"] == [own(example)]


def test_what_comes_next_follows_the_dose_from_now_on(example: AppTest) -> None:
    def last() -> float:
        return float(figure(example, "dosing_patient_course_True")["data"][3]["y"][-1])

    before, answered = last(), own(example)
    (field,) = (each for each in example.number_input if each.label.startswith("From now on"))
    assert field.max == 100
    field.set_value(20.0).run()
    assert is_fault_free(example)
    assert last() < before
    assert own(example) == answered
    (table,) = (each.body for each in example.get("html") if "Level to expect" in each.body)
    assert "at 168\u00a0h (day 7)" in table
    assert "After 14 more" in table


def test_low_levels_of_the_drug_raise_the_dose(page: AppTest) -> None:
    doses = []
    for factor in (0.7, 1.0, 1.3):
        put_levels(page, (72.0, 2.0 * factor, None), (150.0, 4.0 * factor, None))
        assert is_fault_free(page)
        doses.append(own(page))
    assert None not in doses
    assert doses[0] > doses[1] > doses[2]


def test_what_cannot_be_ends_in_a_sentence(page: AppTest) -> None:
    refused: dict[str, tuple[object, object, object]] = {
        "Levels, row 1: the time -3 h is negative": (-3.0, 2.0, None),
        "before any dose had arrived": (0.0, 2.0, None),
        "“morning” is not a number": ("morning", 2.0, None),
        "Levels, row 1: the time is missing": (None, 2.0, None),
        "cannot be negative": (30.0, -1.0, None),
    }
    for sentence, row in refused.items():
        put_levels(page, row)
        assert not page.exception
        assert any(sentence in text for text in sentences(page.error)), sentence
        assert own(page) is None
    assert dose(page) == 6.0, "the answer for everybody stays"


def test_a_level_in_the_wrong_unit_gets_no_dose(page: AppTest) -> None:
    put_levels(page, (72.0, 2000.0, None))
    assert is_fault_free(page)
    assert own(page) is None
    said = everything(page)
    assert "### No dose: check the levels" in said
    assert "The concentration of 2000 mg/L at 72 h does not fit" in said


def test_doses_can_be_entered_one_by_one(page: AppTest) -> None:
    page.segmented_control(key=key("patient_way")).set_value("one by one").run()
    put(page, DOSES, [(0.0, 10.0), (30.0, 5.0), (None, None)], ("time", "dose"))
    assert is_fault_free(page)
    median = figure(page, "dosing_patient_course_False")["data"][3]
    assert median["x"][-1] == pytest.approx((30 + 24 + 14 * 24) / 24)
    put(page, DOSES, [(0.0, 10.0), (30.0, None)], ("time", "dose"))
    assert any("Doses, row 2: the dose is missing" in text for text in sentences(page.error))


def test_a_dose_that_nobody_is_given_is_refused(page: AppTest) -> None:
    page.number_input(key=key("patient_dose")).set_value(1e5).run()
    assert any("Check the unit" in text for text in sentences(page.error))


def test_nobody_is_sure_enough_where_no_dose_does_it(page: AppTest) -> None:
    page.number_input(key=key("Below_response")).set_value(0.3).run()
    assert is_fault_free(page)
    said = everything(page)
    assert "### No dose up to 100 mg once daily is sure enough" in said
    assert own(page) is None


def test_a_person_of_the_study_can_be_taken(page: AppTest, data: object) -> None:
    assert data
    box = page.selectbox(key=key("patient_person"))
    (placebo,) = (each for each in box.options if each.startswith("1:"))
    box.set_value(next(each for each in box.options if "10" in each.split(":")[1])).run()
    assert is_fault_free(page)
    assert len(levels(page)) > 20
    assert page.number_input(key=key("patient_count")).value == 21
    assert own(page) is not None
    page.selectbox(key=key("patient_person")).set_value(placebo).run()
    assert is_fault_free(page)


def test_without_the_measurements_there_is_no_person_to_take(
    home: AppTest, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QLINICAL_DATA", str(tmp_path))
    settings.cache_clear()
    page = home.switch_page("dosing/page.py").run()
    page.segmented_control(key="dosing_one").set_value("With measured levels").run()
    assert is_fault_free(page)
    assert not [each for each in page.selectbox if each.label == "Or a person of the study"]


def test_what_was_typed_is_there_when_one_comes_back(example: AppTest) -> None:
    before, answered = levels(example), own(example)
    example.segmented_control(key="dosing_one").set_value("What if").run()
    assert own(example) is None
    example.segmented_control(key="dosing_one").set_value("With measured levels").run()
    assert is_fault_free(example)
    assert levels(example).equals(before)
    assert own(example) == answered


def test_every_patient_is_one_row_of_the_trail(example: AppTest) -> None:
    rows = rows_in_trail()
    example.run()
    assert rows_in_trail() == rows
    example.number_input(key=key("patient_BW")).set_value(90.0).run()
    assert rows_in_trail() == rows + 1


def test_jargon_stays_closed(example: AppTest) -> None:
    said = everything(example)
    for word in ("posteriori", "eta", "omega", "covariance", "compartment", "IMAX", "KOUT"):
        assert not re.search(rf"\b{word}\b", said), word
    example.session_state["dosing_patient_numbers"] = True
    example.run()
    assert is_fault_free(example)
    assert "Maximum a posteriori" in everything(example)
