"""What stands below the dose: one patient, the five questions, the study, the checks, the model."""

import re

import pytest
from dashboard_reading import everything, figure, is_fault_free, sentences
from dosing_reading import key
from streamlit.testing.v1 import AppTest

from dashboard.dosing import cache
from qcore.tasks.dosing import dose_finding

SHOWN = re.compile(r"between \*\*([\d.]+)\*\* and \*\*([\d.]+)")


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    assert is_fault_free(opened)
    return opened


def of_patient(page: AppTest) -> tuple[float, float]:
    (found,) = (match for text in sentences(page.markdown) if (match := SHOWN.search(text)))
    return float(found[1]), float(found[2])


def test_a_heavier_patient_has_a_higher_biomarker(page: AppTest) -> None:
    usual = of_patient(page)
    page.slider(key=key("if_weight")).set_value(120.0).run()
    assert is_fault_free(page)
    assert of_patient(page)[0] > usual[0]


def test_comedication_and_dose_move_the_patient(page: AppTest) -> None:
    usual = of_patient(page)
    page.toggle(key=key("if_COMED")).set_value(True).run()
    with_comedication = of_patient(page)
    assert with_comedication[1] < usual[0]
    page.number_input(key=f"{key('if_dose')}_24_6").set_value(1.0).run()
    assert is_fault_free(page)
    assert of_patient(page)[0] > with_comedication[1]


def test_missed_doses_are_told_and_drawn(page: AppTest) -> None:
    assert len(figure(page, "dosing_if_chart_True")["data"]) == 1
    page.slider(key=f"{key('if_missed')}_24").set_value(7).run()
    assert is_fault_free(page)
    (said,) = (text for text in sentences(page.markdown) if "7 missed doses in a row" in text)
    assert re.search(r"rises to \*\*[\d.]+ ng/mL\*\*", said)
    taken, missed = figure(page, "dosing_if_chart_True")["data"]
    assert max(missed["y"]) > max(taken["y"])


def test_a_patients_dose_ends_at_the_cap(page: AppTest) -> None:
    assert page.number_input(key=f"{key('if_dose')}_24_6").max == 100


def test_the_five_questions_stand_in_one_table(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """For few people, soon and roughly, which other tests must not be shown."""
    monkeypatch.setattr(cache, "_shared", type(cache._shared)(cache.KEPT))
    for name, few in (("N_PEOPLE", 256), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 5)):
        monkeypatch.setattr(dose_finding, name, few)
    page.button(key="dosing_five_ask").click().run()
    assert is_fault_free(page)
    (table,) = (each.body for each in page.get("html") if "Lower by" in each.body)
    assert len(re.findall(r"strong whole'>([\d.]+)\xa0mg", table)) == 12


@pytest.mark.slow
def test_the_five_questions_are_answered_by_one_click(page: AppTest) -> None:
    page.button(key="dosing_five_ask").click().run()
    assert is_fault_free(page)
    (table,) = (each.body for each in page.get("html") if "Lower by" in each.body)
    found = re.findall(r"strong whole'>([\d.]+)\xa0mg", table)
    assert [float(each) for each in found] == [6, 4, 60, 40, 7.5, 5, 70, 50, 7, 5, 70, 50]
    assert "**70–140 kg** instead of 50–100 kg" in everything(page)
    # It stays without another click.
    page.run()
    assert any("Lower by" in each.body for each in page.get("html"))


@pytest.mark.parametrize(
    ("expander", "says"),
    [
        ("dosing_study", "Simulated phase-1 trial"),
        ("dosing_checks", "measure"),
        ("dosing_model", "2-compartment kinetics"),
    ],
)
def test_what_is_opened_is_shown_and_only_that(page: AppTest, expander: str, says: str) -> None:
    if expander != "dosing_checks":
        assert says not in everything(page)
    page.session_state[expander] = True
    page.run()
    assert is_fault_free(page)
    assert says in everything(page)


def test_jargon_stays_in_its_expander(page: AppTest) -> None:
    said = everything(page)
    for word in ("BIC", "likelihood", "omega", "shrinkage", "compartment", "KOUT", "eta"):
        assert not re.search(rf"\b{word}\b", said), word
