"""A visit: from home to a risk, another patient, a what-if by keyboard, units."""

import re

import pytest
from browser_reading import NEW_RISK, WAIT_MS, Open, answer, answered, choose_example, choose_way, paste, risk, settled
from playwright.sync_api import expect

from qcore.tasks.aki.examples import examples

NOTICE = "Research only, not for clinical use"


def test_home_leads_to_a_risk_by_a_click(open_page: Open) -> None:
    page = open_page("/")
    expect(page.get_by_role("heading", name="Qlinical", level=1)).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(NOTICE)).to_be_visible()
    page.get_by_role("link", name="Open the AKI page").click()
    answered(page)
    expect(page).to_have_url(re.compile("/aki$"))
    expect(page.get_by_text(NOTICE)).to_be_visible()


@pytest.mark.slow
def test_another_example_has_another_risk(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    before = risk(page)
    title = next(example.title for example in examples() if example.key == "medical_stable")
    choose_example(page, title)
    assert risk(page) != before


def test_a_slider_moves_by_keyboard_and_leaves_the_answer(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    before = answer(page).inner_text()
    slider = page.get_by_role("slider", name="Creatinine, last (mg/dL)")
    start = slider.input_value()
    slider.focus()
    page.keyboard.press("End")
    expect(page.get_by_text(NEW_RISK)).to_be_visible(timeout=WAIT_MS)
    first = page.get_by_text(NEW_RISK).inner_text()
    assert "Changed: Creatinine, last." in first
    page.keyboard.press("Home")
    expect(page.get_by_text(NEW_RISK)).not_to_have_text(first, timeout=WAIT_MS)
    assert answer(page).inner_text() == before
    page.get_by_role("button", name="Back to the patient").click()
    expect(page.get_by_text("Nothing is changed yet")).to_be_visible(timeout=WAIT_MS)
    expect(slider).to_have_value(start)


@pytest.mark.slow
def test_a_slider_moved_there_and_back_is_not_changed(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    for name in ("Creatinine, first (mg/dL)", "Temperature, lowest (°C)", "Weight (kg)"):
        page.get_by_role("slider", name=name).focus()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_text(NEW_RISK)).to_be_visible(timeout=WAIT_MS)
        page.keyboard.press("ArrowLeft")
        expect(page.get_by_text("Nothing is changed yet")).to_be_visible(timeout=WAIT_MS)


def test_units_are_switched_on_the_whole_page(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    before = risk(page)
    page.get_by_role("radio", name="µmol/L, mmol/L").click()
    expect(page.get_by_role("slider", name="Creatinine, last (µmol/L)")).to_be_attached(timeout=WAIT_MS)
    settled(page)
    assert risk(page) == before
    values = page.locator(".q-table").first.inner_text()
    assert "µmol/L" in values
    assert "mg/dL" not in values


@pytest.mark.slow
def test_values_are_typed_and_answered(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    choose_way(page, "Enter or paste values")
    expect(page.get_by_text(re.compile("^Missing: Creatinine, first"))).to_be_visible(timeout=WAIT_MS)
    page.get_by_role("textbox", name="Creatinine, last (mg/dL)").fill("168")
    page.keyboard.press("Enter")
    expect(page.get_by_text("is the unit µmol/L?")).to_be_visible(timeout=WAIT_MS)
    paste(
        page,
        "Cr 1.3 mg/dL\nCr 1.9 mg/dL\nBUN 41\nurine 24h 640 mL\nurine last 6h 90 mL\nage 71\nweight 84\nMAP 51\n"
        "HCO3 17\nGCS 13\ntemp 35,2 °C\nICU surgical",
    )
    answered(page)
    expect(page.get_by_text("is the unit µmol/L?")).to_have_count(0)
