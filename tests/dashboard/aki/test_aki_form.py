"""Typed and pasted values: nothing is filled in, each fault is named, twelve values give an answer."""

import pytest
from aki_form_reading import PATIENT, URINE, fill, number, numbers, paste, units
from dashboard_reading import CONVENTIONAL, SI, TYPED, everything, is_fault_free, risk, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.inputs import INPUTS
from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, LAST_HOURS, LAST_ML
from qcore.tasks.aki.urine import DAY, LAST

SINGLE = [item for item in INPUTS if item.name not in (DAY, LAST)]
N_FIELDS = len(PATIENT) - 1


def test_an_empty_form_names_everything_and_answers_nothing(form: AppTest) -> None:
    assert numbers(form) == dict.fromkeys(numbers(form))
    assert len(form.text_input) == N_FIELDS
    assert risk(form) is None
    (said,) = sentences(form.info)
    assert all(label in said for label in ("Urine of the day", "Urine, last amount", *(item.label for item in SINGLE)))
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


def test_amounts_of_urine_are_asked_for_their_hours_and_shown_as_rates(form: AppTest) -> None:
    fill(form, **{**PATIENT, LAST_HOURS: None})
    assert risk(form) is None
    assert "Urine, last amount, collected in how many hours" in " ".join(sentences(form.info))
    fill(form, **{LAST_HOURS: 6.0})
    assert "Urine: 0.32 mL/kg/h over the day, 0.18 mL/kg/h in its last 6 h." in everything(form)
    with_amounts = risk(form)
    assert with_amounts is not None
    form.text_input(key=f"aki_value_{DAY_ML}").set_value("0.31746 mL/kg/h")
    fill(form, **{DAY_HOURS: None})
    assert is_fault_free(form)
    assert risk(form) == with_amounts


def test_more_urine_at_last_than_in_all_is_refused(form: AppTest) -> None:
    fill(form, **{**PATIENT, LAST_ML: 700.0})
    assert risk(form) is None
    assert "the last amount (700 mL in 6 h) is no part of the day's (640 mL in 24 h)" in " ".join(sentences(form.error))


def test_a_unit_may_be_written_behind_a_value(form: AppTest) -> None:
    fill(form, **PATIENT)
    before = risk(form)
    written = {
        "creatinine_last_mg_dl": "1.9 mg/dL",
        "weight_kg": "84 kg",
        "age_years": "71 m",
        "temperature_min_c": "35,2 °C",
    }
    for name, text in {**written, DAY_ML: "0.64 L", LAST_HOURS: "6 h"}.items():
        form.text_input(key=f"aki_value_{name}").set_value(text)
    form.run()
    assert is_fault_free(form)
    assert risk(form) == before
    form.text_input(key="aki_value_creatinine_last_mg_dl").set_value("168 µmol/L").run()
    assert is_fault_free(form)
    assert risk(form) == before
    form.text_input(key="aki_value_creatinine_last_mg_dl").set_value("1.9 g/L").run()
    (said,) = sentences(form.error)
    assert said == "Creatinine, last: g/L is not its unit, use mg/dL or µmol/L."


def test_seven_wrong_values_are_one_box(form: AppTest) -> None:
    names = [item.name for item in SINGLE if not item.choices][:7]
    for name in names:
        form.text_input(key=f"aki_value_{name}").set_value("no idea")
    form.run()
    (box,) = sentences(form.error)
    assert len(box.splitlines()) == len(names) == 7


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
    assert list(numbers(form).values()).count(None) == N_FIELDS - 2
    assert number(form, "creatinine_first_mg_dl") == 0.8
    assert risk(form) is None


def test_each_missing_value_is_named_and_not_imputed(form: AppTest) -> None:
    fill(form, **PATIENT)
    for missing in SINGLE:
        fill(form, **{missing.name: None})
        (said,) = sentences(form.info)
        assert [item.label for item in SINGLE if item.label in said] == [missing.label]
        assert risk(form) is None
        fill(form, **{missing.name: PATIENT[missing.name]})


def test_an_impossible_value_is_refused_with_the_range(form: AppTest) -> None:
    fill(form, **{**PATIENT, "temperature_min_c": 52.0, "age_years": -3.0})
    assert risk(form) is None
    (box,) = sentences(form.error)
    assert box.splitlines() == [
        "- Age: -3 years is not accepted (range: 16 to 110 years).",
        "- Temperature, lowest: 52 °C is not accepted (range: 25.0 to 43.0 °C).",
    ]
    assert not form.info, "nothing is missing"


def test_a_value_of_another_unit_is_asked_about(form: AppTest) -> None:
    fill(form, creatinine_last_mg_dl=168.0, temperature_min_c=98.6)
    (box,) = sentences(form.error)
    creatinine, temperature = box.splitlines()
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
    now = numbers(form)
    in_si = {"creatinine_first_mg_dl": 1.3 * 88.40, "creatinine_last_mg_dl": 1.9 * 88.40, "bun_max_mg_dl": 41 / 2.8014}
    assert {name: now[name] for name in in_si} == pytest.approx(in_si, rel=1e-3)
    assert {**now, **{name: shown[name] for name in in_si}} == shown


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
        amounts = ((0.0, 24.0, 0.0, 6.0), (12000.0, 24.0, 3000.0, 6.0))[at]
        urine = dict(zip(URINE, amounts, strict=True))
        fill(form, **{item.name: item.accepted[at] for item in SINGLE if not item.choices}, icu_type=3, **urine)
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
    form.switch_page("home.py").run()
    form.switch_page("aki/page.py").run()
    form.segmented_control(key="aki_way").set_value(TYPED).run()
    assert is_fault_free(form)
    assert numbers(form) == shown


def test_units_switched_elsewhere_reach_the_form(form: AppTest) -> None:
    fill(form, **PATIENT)
    form.segmented_control(key="aki_way").set_value("Example patient").run()
    units(form, SI)
    form.segmented_control(key="aki_way").set_value(TYPED).run()
    assert is_fault_free(form)
    assert number(form, "creatinine_last_mg_dl") == pytest.approx(168.0, abs=0.1)


def test_the_form_agrees_with_an_example_of_the_same_values(aki: AppTest) -> None:
    example = examples()[0]
    aki.selectbox(key="aki_example").set_value(example.key).run()
    before = risk(aki)
    aki.segmented_control(key="aki_way").set_value(TYPED).run()
    values = {item.name: float(example.inputs[item.name]) for item in SINGLE if not item.choices}
    aki.text_input(key=f"aki_value_{DAY_ML}").set_value(f"{example.inputs[DAY]:.6f} mL/kg/h")
    aki.text_input(key=f"aki_value_{LAST_ML}").set_value(f"{example.inputs[LAST]:.6f} mL/kg/h")
    fill(aki, **values, icu_type=int(example.inputs["icu_type"]))
    assert risk(aki) == before


def test_one_audit_row_for_a_typed_case(form: AppTest) -> None:
    rows = rows_in_trail()
    fill(form, **PATIENT)
    form.run()
    assert rows_in_trail() == rows + 1
    assert "Values entered here" in everything(form)
