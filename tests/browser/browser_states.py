"""The states of the dashboard that are looked at: how to get there."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from browser_reading import (
    WAIT_MS,
    Open,
    answered,
    choose_in_sidebar,
    choose_processor,
    choose_way,
    dosed,
    move_noise,
    paste,
    settled,
)
from playwright.sync_api import Page, expect

from qcore.tasks.aki.reading.table import template_csv


def home(open_page: Open, scheme: str) -> Page:
    page = open_page("/", scheme=scheme)
    expect(page.get_by_role("link", name="Open the AKI page")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def example(open_page: Open, scheme: str) -> Page:
    """With every expander open and a what-if moved."""
    page = answered(open_page("/aki", scheme=scheme))
    for summary in page.locator('[data-testid="stExpander"] summary').all():
        summary.click()
    page.get_by_role("slider", name="Creatinine, last (mg/dL)").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("Changed: Creatinine, last.")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def typed(open_page: Open, scheme: str) -> Page:
    """With a refused value, missing values and an unclear paste."""
    page = answered(open_page("/aki", scheme=scheme))
    choose_way(page, "Enter or paste values")
    paste(page, "creatinine last 168 mg/dL\ncreatinine 1.2\nweight 80")
    expect(page.get_by_text("is the unit µmol/L?")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def uploaded(open_page: Open, scheme: str) -> Page:
    """With one patient scored and one refused."""
    page = answered(open_page("/aki", scheme=scheme))
    choose_way(page, "Upload a table")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ward.csv"
        file.write_text(template_csv().replace("1.9", "1900"), encoding="utf-8")
        page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(file)
        answered(page)
    page.locator('[data-testid="stExpander"] summary').first.click()
    return settled(page)


def noisy(open_page: Open, scheme: str) -> Page:
    """With a processor at five times its noise, few shots, mitigation, and every expander open."""
    page = answered(open_page("/aki", scheme=scheme))
    choose_processor(page, "IBM Torino")
    choose_in_sidebar(page, "Shots", "250")
    move_noise(page, "End")
    for summary in page.locator('[data-testid="stExpander"] summary').all():
        summary.click()
    choose_in_sidebar(page, "Zero-noise extrapolation", "Linear")
    expect(page.get_by_text("Torino × 5 (mitigated) and 250 shots")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def by_hand(open_page: Open, scheme: str) -> Page:
    """With noise set by hand under which decisions flip."""
    page = answered(open_page("/aki", scheme=scheme))
    choose_processor(page, "Noise set by hand")
    for slider in ("Depolarising, two qubits", "Amplitude damping"):
        page.get_by_role("slider", name=slider).focus()
        page.keyboard.press("End")
        answered(page)
    expect(page.get_by_text("decisions flip")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def five_questions(open_page: Open, scheme: str) -> Page:
    """With the answers to the five questions, which take long."""
    page = dosed(open_page("/dose", scheme=scheme))
    ask = page.get_by_role("button", name="Answer the five questions")
    # Where another session has asked before, the table is there at once.
    if ask.is_visible():
        ask.click()
    expect(page.get_by_text("Lower by")).to_be_visible(timeout=2 * WAIT_MS)
    return settled(page)


def dose(open_page: Open, scheme: str) -> Page:
    """Weekly doses, with missed doses and every expander open."""
    page = dosed(open_page("/dose", scheme=scheme))
    page.get_by_role("radio", name="once weekly").click()
    expect(page.get_by_role("heading", name="mg once weekly")).to_be_visible(timeout=WAIT_MS)
    dosed(page)
    for name in ("The study: who was given what", "Does the model describe", "The population model in numbers"):
        page.locator('[data-testid="stExpander"] summary').filter(has_text=name).click()
        settled(page)
    slider = page.get_by_role("slider", name="Doses missed in a row")
    slider.focus()
    slider.press("End")
    expect(page.get_by_text("7 missed doses in a row")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def patient(open_page: Open, scheme: str) -> Page:
    """One patient with measured levels, a larger first dose, and what drives both doses."""
    page = dosed(open_page("/dose", scheme=scheme))
    page.get_by_role("radio", name="With measured levels").click()
    page.get_by_role("button", name="Try an example").click(timeout=WAIT_MS)
    expect(page.get_by_text("By these levels this patient")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    for name in ("What drives this dose", "A larger first dose", "What drives this patient", "This patient in numbers"):
        page.locator('[data-testid="stExpander"] summary').filter(has_text=name).click()
        settled(page)
    expect(page.get_by_text("Maximum a posteriori")).to_be_visible(timeout=WAIT_MS)
    page.get_by_test_id("stSidebar").get_by_text("Drug file").click()
    return settled(page)


def wrong_level(open_page: Open, scheme: str) -> Page:
    """One patient with a level that cannot be, and doses one by one."""
    page = dosed(open_page("/dose", scheme=scheme))
    page.get_by_role("radio", name="With measured levels").click()
    page.get_by_role("radio", name="one by one").click(timeout=WAIT_MS)
    settled(page)
    field = page.get_by_role("spinbutton", name="Body weight (kg)")
    field.fill("0.07")
    field.press("Enter")
    expect(page.get_by_text("A body weight of 0.07 kg is not possible")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def no_dose(open_page: Open, scheme: str) -> Page:
    """With a threshold that no dose reaches."""
    page = dosed(open_page("/dose", scheme=scheme))
    field = page.get_by_role("spinbutton", name="Below (ng/mL)")
    field.fill("0.5")
    field.press("Enter")
    expect(page.get_by_role("heading", name="does it")).to_be_visible(timeout=WAIT_MS)
    return dosed(page)


def own_study(open_page: Open, scheme: str) -> Page:
    """With a file that cannot be read until its user says more."""
    page = dosed(open_page("/dose", scheme=scheme))
    choose_own_study(page)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "trial.csv"
        file.write_text("WHO,TIME,AMT,DV\n1,0,100,.\n1,1,.,4.2\n", encoding="utf-8")
        page.locator('[data-testid="stFileUploader"] input[type="file"]').set_input_files(file)
        said = page.get_by_test_id("stMain").get_by_test_id("stAlert")
        expect(said).to_contain_text("subject", timeout=WAIT_MS)
    expect(page.get_by_role("combobox", name="Who (subject)")).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def choose_own_study(page: Page) -> None:
    """Choose to bring a study."""
    page.get_by_test_id("stSidebar").get_by_role("combobox", name="Study").click()
    page.get_by_role("option", name="Your own study").click()
    expect(page.get_by_text("Choose a file at the left")).to_be_visible(timeout=WAIT_MS)
    settled(page)


STATES: Mapping[str, Callable[[Open, str], Page]] = {
    "home": home,
    "example": example,
    "typed": typed,
    "uploaded": uploaded,
    "noisy": noisy,
    "by_hand": by_hand,
    "dose": dose,
    "five_questions": five_questions,
    "patient": patient,
    "wrong_level": wrong_level,
    "no_dose": no_dose,
    "own_study": own_study,
}
