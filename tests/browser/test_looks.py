"""Nothing overflows, is cut or hard to read: states of the dashboard, three widths, both colour schemes."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_reading import (
    Open,
    answered,
    choose_example,
    choose_in_sidebar,
    choose_processor,
    move_noise,
    settled,
)
from browser_states import STATES
from playwright.sync_api import Page

from qcore.tasks.aki.examples import examples

PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")
WIDTHS = (1024, 1440, 1920)
TALL = 4000
DRAWN_MS = 400
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]}


def probe(page: Page, name: str) -> list[str]:
    page.evaluate(PROBES)
    found: list[str] = page.evaluate(f"() => window.probes.{name}()")
    return found


def widened(page: Page, width: int) -> Page:
    """Change the window; tall, so that everything is drawn and nothing lies below the fold."""
    page.set_viewport_size({"width": width, "height": TALL})
    page.wait_for_timeout(DRAWN_MS)
    return settled(page)


def violations(page: Page) -> list[str]:
    response = Axe().run(page, options=WCAG).response
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:120]} {node['failureSummary'][-160:]}"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_everything_fits_and_can_be_read(open_page: Open, state: str, scheme: str) -> None:
    page = STATES[state](open_page, scheme)
    found = []
    for width in WIDTHS:
        widened(page, width)
        for name in ("overflow", "cutHints", "cutSvgText", "overlappingSvgText"):
            found += [f"{width} px, {name}: {finding}" for finding in probe(page, name)]
    found += [f"contrast: {finding}" for finding in [*probe(page, "dimSvgText"), *violations(page)]]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("with_noise", [False, True])
def test_the_charts_of_every_example_can_be_read(open_page: Open, with_noise: bool) -> None:
    page = answered(open_page("/aki", width=WIDTHS[0], height=TALL))
    if with_noise:
        choose_processor(page, "IBM Sherbrooke")
        choose_in_sidebar(page, "Shots", "250")
        move_noise(page, "End")
    found = []
    for example in examples():
        choose_example(page, example.title)
        page.wait_for_timeout(DRAWN_MS)
        for name in ("overflow", "cutSvgText", "overlappingSvgText"):
            found += [f"{example.key} {name}: {finding}" for finding in probe(page, name)]
    assert not found, "\n".join(found)
