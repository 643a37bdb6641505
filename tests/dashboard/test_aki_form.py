"""Typed and pasted values: nothing is filled in, each fault is named, twelve values give an answer."""

import pytest
from dashboard_reading import CONVENTIONAL, SI, TYPED, everything, is_fault_free, risk, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.inputs import INPUTS
from qcore.tasks.aki.reading.table import template_csv

VALUES = (1.3, 1.9, 41.0, 640.0, 20.0, 71.0, 84.0, 51.0, 17.0, 13.0, 35.2, 4)
PATIENT = dict(zip((item.name for item in INPUTS), VALUES, strict=True))


@pytest.fixture
def form(aki: AppTest) -> AppTest:
    page = aki.segmented_control(key="aki_way").set_value(TYPED).run()
    assert is_fault_free(page)
    return page


def fill(page: AppTest, **values: float | None) -> AppTest:
    for item in INPUTS:
        if item.name in values:
            key, value = f"aki_value_{item.name}", values[item.name]
            if item.choices:
                page.selectbox(key=key).set_value(value)
            else:
                page.text_input(key=key).set_value("" if value is None else f"{value:g}")
    return page.run()


def numbers(page: AppTest) -> list[float | None]:
    return [float(field.value) if field.value else None for field in page.text_input]


def units(page: AppTest, system: str) -> AppTest:
    return page.segmented_control(key="units_system").set_value(system).run()


def paste(page: AppTest, text: str) -> AppTest:
    page.text_area(key="aki_paste").set_value(text)
    return page.button(key="aki_paste_read").click().run()


def test_an_empty_form_names_everything_and_answers_nothing(form: AppTest) -> None:
    assert numbers(form) == [None] * 11
    assert risk(form) is None
    (said,) = sentences(form.info)
    assert all(item.label in said for item in INPUTS)
    assert not form.error


def test_twelve_values_give_an_answer(form: AppTest) -> None:
    fill(form, **PATIENT)
    assert is_fault_free(form)
    assert risk(form) is not None
    assert not form.info


def test_a_decimal_comma_is_a_decimal_sign(form: AppTest) -> None:
    fill(form, **PATIENT)
    with_point = risk(form)
    form.text_input(key="aki_value_creatinine_last_mg_dl").set_value("1,9").run()
    assert is_fault_free(form)
    assert risk(form) == with_point


def test_more_urine_at_last_than_in_all_is_refused(form: AppTest) -> None:
    fill(form, **{**PATIENT, "urine_last_ml": 700.0})
    assert risk(form) is None
    assert "Urine, last entry (700 mL) is more than the total of 24 h (640 mL)" in " ".join(sentences(form.error))


def test_what_is_no_number_is_refused_by_name(form: AppTest) -> None:
    fill(form, **PATIENT)
    form.text_input(key="aki_value_bun_max_mg_dl").set_value("about 40").run()
    assert risk(form) is None
    assert [
        said for said in sentences(form.error) if "Urea nitrogen (BUN), highest: 'about 40' is not a number" in said
    ]


def test_a_second_paste_keeps_nothing_of_the_first_patient(form: AppTest) -> None:
    paste(form, "Creatinine first 1.1\nCreatinine last 1.9\nUrine 24h 640 mL\nage 71")
    paste(form, "Creatinine first 0.8\nage 30")
    assert numbers(form).count(None) == 9
    assert numbers(form)[0] == 0.8
    assert risk(form) is None


def test_each_missing_value_is_named_and_not_imputed(form: AppTest) -> None:
    fill(form, **PATIENT)
    for missing in INPUTS:
        fill(form, **{missing.name: None})
        (said,) = sentences(form.info)
        assert [item.label for item in INPUTS if item.label in said] == [missing.label]
        assert risk(form) is None
        fill(form, **{missing.name: PATIENT[missing.name]})


def test_an_impossible_value_is_refused_with_the_range(form: AppTest) -> None:
    fill(form, **{**PATIENT, "temperature_min_c": 52.0, "age_years": -3.0})
    assert risk(form) is None
    assert sentences(form.error) == [
        "Age: -3 years is not accepted (range: 16 to 110 years).",
        "Temperature, lowest: 52 °C is not accepted (range: 25.0 to 43.0 °C).",
    ]
    assert not form.info, "nothing is missing"


def test_a_value_of_another_unit_is_asked_about(form: AppTest) -> None:
    fill(form, creatinine_last_mg_dl=168.0, temperature_min_c=98.6)
    creatinine, temperature = sentences(form.error)
    assert "is the unit µmol/L?" in creatinine
    assert "is the unit °F?" in temperature
    fill(form, creatinine_last_mg_dl=None, temperature_min_c=None)
    units(form, SI)
    fill(form, creatinine_last_mg_dl=1.9)
    (said,) = sentences(form.error)
    assert "is the unit mg/dL?" in said


def test_the_form_in_si_gives_the_same_risk(form: AppTest) -> None:
    fill(form, **PATIENT)
    before, shown = risk(form), numbers(form)
    units(form, SI)
    assert is_fault_free(form)
    assert risk(form) == before
    assert numbers(form)[:3] == pytest.approx([1.3 * 88.40, 1.9 * 88.40, 41.0 / 2.8014], rel=1e-3)
    assert numbers(form)[3:] == shown[3:]


def test_switching_units_back_gives_the_typed_numbers_and_writes_no_second_audit_row(form: AppTest) -> None:
    fill(form, **PATIENT)
    rows, shown = rows_in_trail(), numbers(form)
    for _ in range(3):
        units(form, SI)
        units(form, CONVENTIONAL)
    assert numbers(form) == shown
    assert rows_in_trail() == rows


def test_a_range_typed_at_its_end_stays_accepted_in_the_other_units(form: AppTest) -> None:
    for at in (0, 1):
        fill(form, **{item.name: item.accepted[at] for item in INPUTS if not item.choices}, icu_type=3)
        assert is_fault_free(form)
        units(form, SI)
        assert is_fault_free(form), sentences(form.error)
        assert risk(form) is not None
        units(form, CONVENTIONAL)
        assert is_fault_free(form), sentences(form.error)


def test_typed_values_outlive_a_look_elsewhere(form: AppTest) -> None:
    fill(form, **PATIENT)
    shown = numbers(form)
    form.segmented_control(key="aki_way").set_value("Example patient").run()
    form.switch_page("views/home.py").run()
    form.switch_page("views/aki.py").run()
    form.segmented_control(key="aki_way").set_value(TYPED).run()
    assert is_fault_free(form)
    assert numbers(form) == shown


def test_units_switched_elsewhere_reach_the_form(form: AppTest) -> None:
    fill(form, **PATIENT)
    form.segmented_control(key="aki_way").set_value("Example patient").run()
    units(form, SI)
    form.segmented_control(key="aki_way").set_value(TYPED).run()
    assert is_fault_free(form)
    assert numbers(form)[1] == pytest.approx(168.0, abs=0.1)


def test_a_paste_fills_the_form(form: AppTest) -> None:
    header, _, second = template_csv().splitlines()
    paste(form, f"{header}\n{second}")
    assert is_fault_free(form)
    assert numbers(form) == list(PATIENT.values())[:11]
    assert form.selectbox(key="aki_value_icu_type").value == 4
    assert risk(form) is not None


def test_a_paste_in_si_fills_a_conventional_form_and_empties_the_rest(form: AppTest) -> None:
    fill(form, age_years=71.0)
    paste(form, "Creatinine last 168 µmol/L\nunclear line\nurine 1500")
    assert numbers(form)[1] == pytest.approx(1.9, abs=0.005)
    assert numbers(form)[5] is None
    said = " ".join(sentences(form.warning))
    assert "unclear line" in said
    assert "write urine total or urine last" in said
    assert risk(form) is None


def test_a_paste_of_nothing_says_so(form: AppTest) -> None:
    paste(form, "the patient is stable")
    assert "No value was recognised" in " ".join(sentences(form.warning))


def test_clear_empties_everything(form: AppTest) -> None:
    paste(form, "age 65\nhello")
    form.button(key="aki_clear").click().run()
    assert numbers(form) == [None] * 11
    assert not form.warning
    assert form.text_area(key="aki_paste").value == ""


def test_the_form_agrees_with_an_example_of_the_same_values(aki: AppTest) -> None:
    example = examples()[0]
    aki.selectbox(key="aki_example").set_value(example.key).run()
    before = risk(aki)
    aki.segmented_control(key="aki_way").set_value(TYPED).run()
    fill(aki, **{name: float(value) for name, value in example.inputs.items() if name != "icu_type"})
    fill(aki, icu_type=int(example.inputs["icu_type"]))
    assert risk(aki) == before


def test_one_audit_row_for_a_typed_case(form: AppTest) -> None:
    rows = rows_in_trail()
    fill(form, **PATIENT)
    form.run()
    assert rows_in_trail() == rows + 1
    assert "Values entered here" in everything(form)
