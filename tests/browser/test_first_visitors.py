"""A server that was just started, on a busy machine: whoever comes first, however many at once, gets every page."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from browser_reading import ANSWER, DOSE
from playwright.sync_api import Browser, Page, expect

VISITORS = 5
WAIT_MS = 300_000
"""Two cores do the work of ten processes here."""
PAGES = {
    "/": "Qlinical",
    "/aki": ANSWER,
    "/ecg": "Measured",
    "/tumor": "probability of a tumour",
    "/dose": DOSE,
}
"""The heading that says that a page is there, by its path."""


@pytest.fixture
def _busy() -> Iterator[None]:
    """Two processes that keep two cores busy."""
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for process in spinning:
        process.kill()
        process.wait()


@pytest.mark.slow
@pytest.mark.usefixtures("_busy")
def test_five_visitors_at_once_get_every_page(chromium: Browser, fresh_server: str) -> None:
    pages: list[tuple[Page, str]] = []
    for _ in range(VISITORS):
        for path in PAGES:
            page = chromium.new_context().new_page()
            pages.append((page, path))
    for page, path in pages:
        page.goto(f"{fresh_server}{path}", wait_until="commit", timeout=WAIT_MS)
    for page, path in pages:
        failed = page.get_by_text("Something went wrong")
        heading = page.get_by_role("heading", name=PAGES[path])
        expect(heading.or_(failed).first).to_be_visible(timeout=WAIT_MS)
        expect(failed).to_have_count(0)
    for page, _ in pages:
        page.context.close()
