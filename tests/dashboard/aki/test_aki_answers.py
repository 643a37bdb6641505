"""The AKI page with the examples: a percentage in words, units that change nothing, one audit row a case."""

from dashboard_reading import CONVENTIONAL, SI, everything, is_fault_free, risk, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.examples import examples


def inputs_shown(page: AppTest) -> str:
    return next(text for text in sentences(page.html) if "<th>Input</th>" in text)


def test_every_example_is_answered_and_the_decision_agrees_with_the_threshold(aki: AppTest) -> None:
    seen = set()
    for example in examples():
        aki.selectbox(key="aki_example").set_value(example.key).run()
        assert is_fault_free(aki), example.key
        assert risk(aki) is not None
        text = everything(aki)
        assert all(said in text for said in (example.story, "Of 50 patients", "No quantum advantage is claimed"))
        alert = "[:material/notifications_active: Alert]" in text
        assert alert != ("No alert]" in text)
        assert alert == ("At or above the threshold" in text)
        seen.add(alert)
    assert seen == {True, False}, "the examples should show both an alert and none"


def test_units_change_the_numbers_and_not_the_risk(aki: AppTest) -> None:
    before, table = risk(aki), inputs_shown(aki)
    aki.segmented_control(key="units_system").set_value(SI).run()
    assert is_fault_free(aki)
    assert risk(aki) == before
    assert inputs_shown(aki) != table
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


def test_a_what_if_that_no_patient_can_have_gives_no_risk(aki: AppTest) -> None:
    slider = next(s for s in aki.slider if s.label.startswith("Urine, 24 h"))
    slider.set_value(0.0).run()
    (refused,) = [text for text in sentences(aki.warning) if text.startswith("No risk is shown")]
    assert "Urine cannot flow at" in refused
    assert "Changed:" not in everything(aki)
    next(s for s in aki.slider if s.label.startswith("Urine, last 6 h")).set_value(0.0).run()
    assert "Changed: Urine, 24 h, Urine, last 6 h." in everything(aki)
    assert not aki.warning


def test_no_slider_counts_as_moved_before_it_is(aki: AppTest) -> None:
    for place, example in enumerate(examples()):
        aki.segmented_control(key="units_system").set_value((SI, CONVENTIONAL)[place % 2])
        aki.selectbox(key="aki_example").set_value(example.key).run()
        assert "Nothing is changed yet" in everything(aki)
        assert [s.label for s in aki.slider if not s.min <= s.value <= s.max] == []


def test_one_audit_row_a_case(aki: AppTest) -> None:
    assert rows_in_trail() == 1
    aki.run()
    aki.segmented_control(key="units_system").set_value(SI).run()
    aki.slider[0].set_value(aki.slider[0].max).run()
    assert rows_in_trail() == 1
    other = next(example for example in examples() if example.key != aki.selectbox(key="aki_example").value)
    aki.selectbox(key="aki_example").set_value(other.key).run()
    assert rows_in_trail() == 2
    aki.switch_page("home.py").run()
    assert rows_in_trail() == 2
    assert is_fault_free(aki)


def test_coming_back_to_the_page_keeps_what_was_chosen(aki: AppTest) -> None:
    other = examples()[3].key
    aki.selectbox(key="aki_example").set_value(other)
    aki.segmented_control(key="units_system").set_value(SI).run()
    before = risk(aki)
    aki.switch_page("home.py").run()
    aki.switch_page("aki/page.py").run()
    assert is_fault_free(aki)
    assert (risk(aki), aki.selectbox(key="aki_example").value) == (before, other)
    assert str(aki.segmented_control(key="units_system").value) == SI


def test_the_page_never_shows_an_unfilled_number(aki: AppTest) -> None:
    for text in sentences(aki.markdown) + sentences(aki.caption) + sentences(aki.html):
        assert "nan" not in text.lower().split()
        assert "None" not in text
