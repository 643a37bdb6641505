"""The paper on a page: nothing of how it is looked at reaches the server."""

import re
from collections.abc import Iterator

import pytest
from browser_reading import Open, settled
from browser_server import opening, running
from playwright.sync_api import BrowserContext, Locator, Page, expect
from test_looks import hard_to_read

SCRIPT = "tests/browser/paper_app.py"
COLOURS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const found = { dark: 0, orange: 0, grey: 0 };
  for (let k = 0; k < data.length; k += 4) {
    const [r, g, b] = [data[k], data[k + 1], data[k + 2]];
    if (r < 60 && g < 60 && b < 60) found.dark++;
    else if (r > b + 60 && g > b + 20) found.orange++;
    else if (r === 0xe3 && g === 0xe4 && b === 0xe8) found.grey++;
  }
  return found;
}"""
FRAME = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@pytest.fixture(scope="module")
def paper_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("paper"), SCRIPT) as address:
        yield address


@pytest.fixture
def open_paper(visitor: BrowserContext, paper_server: str) -> Iterator[Open]:
    with opening(visitor, paper_server) as open_path:
        yield open_path


def printed(page: Page) -> Locator:
    return page.locator(".sheet > .printed")


def colours(page: Page) -> dict[str, int]:
    page.evaluate(FRAME)
    found: dict[str, int] = page.locator(".surface canvas").evaluate(COLOURS)
    return found


def test_a_recording_is_looked_at_without_the_server(open_paper: Open) -> None:
    page = settled(open_paper("/"))
    surface = page.locator(".surface")
    expect(printed(page)).to_have_text("25 mm/s · 10 mm/mV · unfiltered (as stored) · 500 Hz · 10 s")
    expect(surface).to_have_accessible_description(re.compile("12 leads: I, II.*Derived.*QT 380 ms"))
    surface.focus()
    plain = colours(page)
    assert plain["dark"] > 1000
    assert plain["orange"] < 50
    for key, text in (("s", "50 mm/s"), ("g", "20 mm/mV"), ("f", "filter 0.5–40 Hz, zero phase")):
        page.keyboard.press(key)
        expect(printed(page)).to_contain_text(text)
    page.get_by_role("button", name="25 mm/s").click()
    page.get_by_role("button", name="10", exact=True).click()
    expect(printed(page)).to_contain_text("25 mm/s · 10 mm/mV")
    expect(page.get_by_text("Model attention, not a diagnosis")).to_be_hidden()
    page.get_by_role("button", name="Overlay", exact=True).click()
    expect(page.get_by_text("Model attention, not a diagnosis", exact=True)).to_be_visible()
    assert colours(page)["orange"] > 1000
    page.get_by_role("button", name="Median beat").click()
    expect(page.get_by_role("img", name="Median beat of I, II")).to_be_visible()
    page.get_by_role("button", name="Cabrera").click()
    expect(page.get_by_role("img", name="Median beat of aVL, I, −aVR, II")).to_be_visible()
    _calipers(page)
    assert not hard_to_read(page)
    page.set_viewport_size({"width": 1024, "height": 768})
    page.evaluate(FRAME)
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_text("runs 1", exact=True)).to_be_visible()
    page.get_by_role("button", name="Run again").click()
    expect(page.get_by_text("runs 2", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Cabrera")).to_have_attribute("aria-pressed", "true")


def _calipers(page: Page) -> None:
    page.get_by_role("button", name="Calipers").click()
    readout = page.locator(".readout")
    expect(readout).to_have_text("1000 ms · 60 beats/min · 0.50 mV")
    second = page.get_by_role("slider", name="Second caliper")
    second.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(readout).to_have_text("960 ms · 63 beats/min · 0.48 mV")
    expect(second).to_have_attribute("aria-valuetext", "960 ms · 63 beats/min · 0.48 mV")
    found = second.bounding_box()
    assert found
    x, y = found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y)
    # It tells while it moves, not only at the end.
    expect(readout).not_to_contain_text("960 ms")
    expect(readout).to_contain_text("0.48 mV")
    page.mouse.up()


def test_gaps_no_calibration_and_short_recordings_are_told(open_paper: Open) -> None:
    page = settled(open_paper("/?recording=with gaps", scheme="dark"))
    expect(printed(page)).to_contain_text("grey: nothing recorded · NOT CALIBRATED: the gain is assumed")
    assert colours(page)["grey"] > 1000
    expect(page.get_by_role("button", name="Overlay", exact=True)).to_be_hidden()
    assert not hard_to_read(page)
    page.get_by_test_id("stSidebar").get_by_text("short", exact=True).click()
    expect(printed(page)).to_contain_text("2 s · columns show the same time")


def test_a_long_recording_is_scrolled_and_zoomed(open_paper: Open) -> None:
    page = settled(open_paper("/?recording=an hour"))
    expect(printed(page)).to_contain_text("of 1:00:00")
    overview = page.get_by_role("slider", name="Position in the recording")
    surface = page.locator(".surface")
    surface.focus()
    page.keyboard.press("End")
    expect(overview).to_have_attribute("aria-valuetext", re.compile(r"to 1:00:00 of 1:00:00"))
    page.keyboard.press("Home")
    expect(printed(page)).to_contain_text("0:00.0–0:1")
    overview.click(position={"x": 300, "y": 20})
    expect(printed(page)).not_to_contain_text("0:00.0–")
    surface.hover()
    surface.click()
    before = printed(page).inner_text()
    page.mouse.wheel(0, -200)
    expect(printed(page)).not_to_have_text(before)
    before = printed(page).inner_text()
    page.keyboard.press("PageDown")
    expect(printed(page)).not_to_have_text(before)
