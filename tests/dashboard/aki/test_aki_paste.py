"""Pasted values fill the form, all of it, and what is not understood is said."""

import pytest
from aki_form_reading import PATIENT, VALUES, fill, number, numbers, paste
from dashboard_reading import is_fault_free, risk, sentences
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.reading.table import template_csv
from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, LAST_ML


def test_a_paste_fills_the_form(form: AppTest) -> None:
    header, _, second = template_csv().splitlines()
    paste(form, f"{header}\n{second}")
    assert is_fault_free(form)
    shown = numbers(form)
    assert {name: shown[name] for name in VALUES if name in shown} == {
        name: value for name, value in VALUES.items() if name in shown
    }
    assert form.text_input(key=f"aki_value_{DAY_ML}").value == "0.32 mL/kg/h"
    assert (shown[LAST_ML], shown[DAY_HOURS]) == (0.19, None)
    assert form.selectbox(key="aki_value_icu_type").value == 4
    assert risk(form) is not None


def test_a_paste_in_si_fills_a_conventional_form_and_empties_the_rest(form: AppTest) -> None:
    fill(form, age_years=71.0)
    paste(form, "Creatinine last 168 µmol/L\nunclear line\nurine 1500")
    assert number(form, "creatinine_last_mg_dl") == pytest.approx(1.9, abs=0.005)
    assert number(form, "age_years") is None
    said = " ".join(sentences(form.warning))
    assert "unclear line" in said
    assert "write urine total or urine last" in said
    assert risk(form) is None


def test_a_paste_of_nothing_says_so_and_keeps_nobody(form: AppTest) -> None:
    fill(form, **PATIENT)
    paste(form, "the patient is stable")
    assert numbers(form) == dict.fromkeys(numbers(form))
    assert "No value was recognised" in " ".join(sentences(form.warning))


def test_clear_empties_everything(form: AppTest) -> None:
    paste(form, "age 65\nhello")
    form.button(key="aki_clear").click().run()
    assert numbers(form) == dict.fromkeys(numbers(form))
    assert not form.warning
    assert form.text_area(key="aki_paste").value == ""
