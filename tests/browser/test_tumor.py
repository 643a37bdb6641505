"""The tumour page in a browser: the answer is there, the images scroll, and a slice is explained where it is asked."""

import re

from browser_reading import WAIT_MS, Open, settled
from playwright.sync_api import Page, expect
from viewer_reading import pressed, surface


def seen(page: Page) -> Page:
    """Wait for the answer and the images."""
    expect(page.get_by_role("heading", name="probability of a tumour")).to_be_visible(timeout=WAIT_MS)
    expect(surface(page)).to_be_visible(timeout=WAIT_MS)
    return settled(page)


def test_a_head_is_answered_scrolled_and_explained(open_page: Open) -> None:
    page = seen(open_page("/tumor"))
    where = surface(page).locator(".where")
    before = where.inner_text()
    surface(page).focus()
    page.keyboard.press("ArrowDown")
    expect(where).not_to_have_text(before)
    page.get_by_role("button", name="Explain this slice").click()
    expect(pressed(page, "Grad-CAM")).to_be_visible(timeout=WAIT_MS)
    expect(page.get_by_text(re.compile("Model attention, not a lesion outline: Grad-CAM"))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Picture (PNG)").click()
    assert download.value.suggested_filename == "tumour.png"
