"""Nothing overflows, is cut or hard to read: states of the dashboard, three widths, both colour schemes."""

from collections.abc import Iterable
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
from playwright.sync_api import Page, expect

from qcore.tasks.aki.examples import examples

PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")
USUAL_WIDTHS = (1024, 1440)
WIDTHS = (*USUAL_WIDTHS, 1920)
TALL = 4000
FULLEST = ("home", "noisy", "dose")
"""States that show nearly all there is on a page; the others are looked at by `make test-all`."""
SLOW = (pytest.mark.slow,)
LAYOUT = ("overflow", "cutHints", "cutSvgText", "overlappingSvgText")
BACKGROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 24, 31)"}
"""What .streamlit/config.toml asks for."""
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]}


def probe(page: Page, name: str) -> list[str]:
    page.evaluate(PROBES)
    found: list[str] = page.evaluate(f"() => window.probes.{name}()")
    return found


def drawn(page: Page) -> Page:
    """Wait until the page is settled, every chart is drawn as wide as its place, and no colour is changing."""
    settled(page)
    page.evaluate(PROBES)
    page.wait_for_function("() => window.probes.isDrawn() && window.probes.isStill()")
    return page


def widened(page: Page, width: int) -> Page:
    """Change the window; tall, so that everything is drawn and nothing lies below the fold."""
    page.set_viewport_size({"width": width, "height": TALL})
    page.wait_for_function("width => innerWidth === width", arg=width)
    return drawn(page)


def switched(page: Page, scheme: str) -> Page:
    """Change the colour scheme of the system, which the page follows without being loaded again."""
    page.emulate_media(color_scheme=scheme)
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", BACKGROUND[scheme])
    return drawn(page)


def badly_laid_out(page: Page, names: Iterable[str] = LAYOUT) -> list[str]:
    return [f"{page.viewport_size}, {name}: {finding}" for name in names for finding in probe(page, name)]


def hard_to_read(page: Page) -> list[str]:
    """Text of too little contrast, and what axe finds against the WCAG."""
    response = Axe().run(page, options=WCAG).response
    violations = [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node['html'][:120]} {node['failureSummary'][-160:]}"
        for rule in response["violations"]
        for node in rule["nodes"]
    ]
    return [f"contrast: {finding}" for finding in [*probe(page, "dimSvgText"), *violations]]


@pytest.mark.parametrize("state", [pytest.param(name, marks=() if name in FULLEST else SLOW) for name in STATES])
def test_everything_fits_and_can_be_read(open_page: Open, state: str) -> None:
    # How wide things are does not hang on the colours, nor the contrast on the width: see the whole matrix below.
    page = STATES[state](open_page, "light")
    found = [finding for width in USUAL_WIDTHS for finding in badly_laid_out(widened(page, width))]
    found += hard_to_read(page)
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_everything_fits_in_every_scheme_and_can_be_read_at_every_width(
    open_page: Open, state: str, scheme: str
) -> None:
    page = STATES[state](open_page, scheme)
    found = []
    for width in WIDTHS:
        found += [*badly_laid_out(widened(page, width)), *hard_to_read(page)]
    assert not found, "\n".join(found)


@pytest.mark.slow
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
        found += [
            f"{example.key} {finding}"
            for finding in badly_laid_out(drawn(page), ("overflow", "cutSvgText", "overlappingSvgText"))
        ]
    assert not found, "\n".join(found)
