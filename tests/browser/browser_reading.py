"""What a browser test does with a page and reads off it."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

Open = Callable[..., Page]
WAIT_MS = 180_000
"""A machine whose cores are busy is no failure: whatever is waited for comes sooner, or not at all."""
expect.set_options(timeout=WAIT_MS)
ANSWER = re.compile(r"^(less than 1|\d+(?:\.\d)?)\s%\srisk of acute kidney injury in the next 24 hours$")
DOSE = re.compile(r"^(\d+(?:\.\d+)?\smg|No dose up to \d+\smg) (once daily|once weekly|every )")
NEW_RISK = re.compile(r"the risk would be (less than 1|\d+(?:\.\d)?)\s%")
# Streamlit's documented mark of a finished script run.
IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def settled(page: Page) -> Page:
    """Wait until the server has run the page and the browser has drawn it."""
    expect(page.locator(IDLE)).to_be_visible(timeout=WAIT_MS)
    expect(page.locator('[data-testid="stSkeleton"]')).to_have_count(0, timeout=WAIT_MS)
    expect(page.locator('[data-stale="true"]')).to_have_count(0, timeout=WAIT_MS)
    return page


def answered(page: Page) -> Page:
    """Wait for the AKI page with an answer and its last section."""
    failed = page.get_by_text("Something went wrong")
    expect(answer(page).or_(failed)).to_be_visible(timeout=WAIT_MS)
    expect(failed).to_have_count(0)
    expect(page.get_by_role("heading", name="Beside the classical models")).to_be_attached(timeout=WAIT_MS)
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def answer(page: Page) -> Locator:
    """The heading with the risk."""
    return page.get_by_role("heading", name=ANSWER)


def dosed(page: Page) -> Page:
    """Wait for the dose page with an answer, its interval and its last section."""
    failed = page.get_by_text("Something went wrong")
    expect(page.get_by_role("heading", level=2, name=DOSE).or_(failed)).to_be_visible(timeout=WAIT_MS)
    expect(failed).to_have_count(0)
    expect(page.get_by_text("The population model in numbers")).to_be_attached(timeout=WAIT_MS)
    return settled(page)


def risk(page: Page) -> str:
    """The percentage of the answer."""
    found = ANSWER.match(answer(page).inner_text())
    assert found
    return found.group(1)


def choose_example(page: Page, title: str) -> None:
    """Choose a synthetic patient by typing its title."""
    box = page.get_by_role("combobox", name="Synthetic patient")
    if box.input_value() == title:
        return
    box.fill(title)
    page.get_by_role("option", name=title, exact=True).click()
    expect(page.get_by_text(f"{title} · Synthetic example")).to_be_visible(timeout=WAIT_MS)
    answered(page)


def choose_way(page: Page, way: str) -> None:
    """Choose how a patient is given."""
    page.get_by_role("radio", name=way).click()
    expect(page.get_by_role("radio", name=way)).to_be_checked()
    settled(page)


def paste(page: Page, text: str) -> None:
    """Have a text read for values."""
    # Once the form is there, the run that draws it has begun; a form that it draws anew would forget what is in it.
    page.get_by_text("Paste from the chart").click()
    settled(page)
    page.get_by_label("One value a line").fill(text)
    settled(page)
    page.get_by_role("button", name="Read the text").click()


def choose_in_sidebar(page: Page, label: str, option: str) -> None:
    """Choose where or how the circuit runs."""
    box = page.get_by_test_id("stSidebar").get_by_role("combobox", name=label)
    box.click()
    page.get_by_role("option", name=option).first.click()
    expect(box).to_have_value(re.compile(re.escape(option)))
    answered(page)


def choose_processor(page: Page, processor: str) -> None:
    """Run the circuit under the noise of a processor."""
    choose_in_sidebar(page, "Where the quantum circuit runs", "Simulated processor")
    expect(page.get_by_text("Noiseless:")).to_be_visible(timeout=WAIT_MS)
    choose_in_sidebar(page, "Processor", processor)


def move_noise(page: Page, key: str) -> None:
    """Press a key on the noise slider and wait for the answer."""
    page.get_by_test_id("stSidebar").get_by_role("slider", name="Noise").focus()
    page.keyboard.press(key)
    answered(page)
