"""The AKI page with the examples: a percentage in words, units that change nothing, one audit row a case."""

import pytest
from dashboard_reading import SI, everything, is_fault_free, risk, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.examples import Example, examples


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.key)
def test_every_example_is_answered(aki: AppTest, example: Example) -> None:
    aki.selectbox(key="aki_example").set_value(example.key).run()
    assert is_fault_free(aki)
    assert risk(aki) is not None
    assert example.story in everything(aki)
    assert "of 50" in everything(aki)
    assert "No quantum advantage is claimed" in everything(aki)


def test_the_decision_agrees_with_the_threshold_in_every_example(aki: AppTest) -> None:
    seen = set()
    for example in examples():
        aki.selectbox(key="aki_example").set_value(example.key).run()
        text = everything(aki)
        alert = ":orange-badge[" in text
        assert alert != (":green-badge[" in text)
        seen.add(alert)
    assert seen == {True, False}, "the examples should show both an alert and none"


def test_units_change_the_numbers_and_not_the_risk(aki: AppTest) -> None:
    before, table = risk(aki), aki.html[1].value
    aki.segmented_control(key="units_system").set_value(SI).run()
    assert is_fault_free(aki)
    assert risk(aki) == before
    assert aki.html[1].value != table
    assert "µmol/L" in " ".join(slider.label for slider in aki.slider)
    assert "mg/dL" not in " ".join(slider.label for slider in aki.slider)


def test_a_what_if_leaves_the_answer_and_goes_back(aki: AppTest) -> None:
    before = risk(aki)
    slider = next(s for s in aki.slider if s.label.startswith("Creatinine, last"))
    slider.set_value(slider.max).run()
    assert is_fault_free(aki)
    assert risk(aki) == before
    assert "Changed: Creatinine, last." in everything(aki)
    aki.button(key="aki_what_if_reset").click().run()
    assert is_fault_free(aki)
    assert "Changed:" not in everything(aki)
    assert "Nothing is changed yet" in everything(aki)


@pytest.mark.parametrize("system", ["mg/dL, g/dL", SI])
def test_no_slider_counts_as_moved_before_it_is(aki: AppTest, system: str) -> None:
    aki.segmented_control(key="units_system").set_value(system).run()
    for example in examples():
        aki.selectbox(key="aki_example").set_value(example.key).run()
        assert "Changed:" not in everything(aki)
        for slider in aki.slider:
            assert slider.min <= slider.value <= slider.max


def test_one_audit_row_a_case(aki: AppTest) -> None:
    assert rows_in_trail() == 1
    aki.run()
    aki.segmented_control(key="units_system").set_value(SI).run()
    aki.slider[0].set_value(aki.slider[0].max).run()
    assert rows_in_trail() == 1
    other = next(example for example in examples() if example.key != aki.selectbox(key="aki_example").value)
    aki.selectbox(key="aki_example").set_value(other.key).run()
    assert rows_in_trail() == 2
    aki.switch_page("views/home.py").run()
    assert rows_in_trail() == 2
    assert is_fault_free(aki)


def test_coming_back_to_the_page_keeps_what_was_chosen(aki: AppTest) -> None:
    other = examples()[3].key
    aki.selectbox(key="aki_example").set_value(other)
    aki.segmented_control(key="units_system").set_value(SI).run()
    before = risk(aki)
    aki.switch_page("views/home.py").run()
    aki.switch_page("views/aki.py").run()
    assert is_fault_free(aki)
    assert (risk(aki), aki.selectbox(key="aki_example").value) == (before, other)
    assert str(aki.segmented_control(key="units_system").value) == SI


def test_the_page_never_shows_an_unfilled_number(aki: AppTest) -> None:
    for text in sentences(aki.markdown) + sentences(aki.caption) + sentences(aki.html):
        assert "nan" not in text.lower().split()
        assert "None" not in text
