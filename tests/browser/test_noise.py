"""The noise slider and the processor in a real browser: the answer moves, the noiseless one stays."""

import re

import pytest
from browser_reading import WAIT_MS, Open, answered, choose_in_sidebar, choose_processor, move_noise, risk, settled
from playwright.sync_api import Locator, Page, expect

MOVED = re.compile(r"moves? it by [+−]\d")
NOISELESS = re.compile(r"Noiseless: ([\d.]+)")


def drawing(chart: Locator) -> str:
    """All paths of a chart: equal drawings have equal ones."""
    return ",".join(path.get_attribute("d") or "" for path in chart.locator(".main-svg path").all())


def chart(page: Page, key: str) -> Locator:
    return page.locator(f".st-key-{key}")


def effect(page: Page) -> str:
    """The sentence on what the noise does."""
    return page.get_by_text("Noiseless:").locator("xpath=ancestor::p").inner_text()


def tells_noiseless(sentence: str, answer: str) -> bool:
    """Whether that sentence gives, with one decimal, the noiseless risk that the answer gave in whole percent."""
    found = NOISELESS.search(sentence)
    assert found, sentence
    return abs(float(found.group(1)) - float(answer)) <= 0.55


def test_the_noise_slider_moves_answer_gauge_and_bars(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    noiseless = risk(page)
    choose_processor(page, "IBM Sherbrooke")
    said, gauge, bars = effect(page), drawing(chart(page, "aki_gauge")), drawing(chart(page, "aki_waterfall"))
    assert tells_noiseless(said, noiseless)
    assert MOVED.search(said)
    move_noise(page, "End")
    expect(page.get_by_text("The noise of IBM Sherbrooke × 5 moves it by")).to_be_visible(timeout=WAIT_MS)
    settled(page)
    assert tells_noiseless(effect(page), noiseless)
    assert effect(page) != said
    assert drawing(chart(page, "aki_gauge")) != gauge
    assert drawing(chart(page, "aki_waterfall")) != bars
    expect(chart(page, "aki_gauge").get_by_text(f"noiseless {noiseless}")).to_be_visible()
    move_noise(page, "Home")
    expect(page.get_by_text("The noise of IBM Sherbrooke × 0 hardly moves it")).to_be_visible(timeout=WAIT_MS)
    assert risk(page) == noiseless


@pytest.mark.slow
def test_the_map_is_a_click_away_and_tells_what_is_pointed_at(open_page: Open) -> None:
    page = answered(open_page("/aki"))
    choose_processor(page, "IBM Torino")
    expect(page.get_by_text("What ran: noise of IBM Torino, simulated")).to_be_visible(timeout=WAIT_MS)
    heading = page.get_by_role("heading", name="Where the circuit ran")
    expect(heading).not_to_be_in_viewport()
    page.get_by_test_id("stSidebar").get_by_role("link", name="map").click()
    expect(heading).to_be_in_viewport(timeout=WAIT_MS)
    settled(page)
    map_ = chart(page, "device_map")
    map_.locator(".points path").last.hover(force=True)
    told = map_.locator(".hoverlayer")
    expect(told).to_contain_text("T1")
    expect(told).to_contain_text("reads 1 for 0")
    choose_in_sidebar(page, "Where the quantum circuit runs", "Noiseless simulator")
    expect(heading).to_have_count(0)
    expect(page.get_by_text("Noiseless:")).to_have_count(0)
