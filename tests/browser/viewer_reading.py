"""What a test of the viewer reads off its page."""

import re
from collections.abc import Callable

from browser_reading import settled
from playwright.sync_api import Locator, Page, expect

from tests.made_up_pictures import anisotropic

PICTURE = anisotropic()
SHAPE = PICTURE.pixels.shape
OUTSIDE = """() => {
  const viewer = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot.querySelector(".viewer");
  const { left, right } = viewer.getBoundingClientRect();
  return [...viewer.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    const holds = element.clientWidth > 1 && element.children.length === 0;
    const cut = holds && element.scrollWidth > element.clientWidth + 1;
    return box.width > 1 && (box.left < left - 1 || box.right > right + 1 || cut);
  }).map((element) => `${element.className} ${element.textContent}`);
}"""
"""What stands out of the viewer, or is cut off in it: the probes of whole pages do not look into components."""
PIXEL = """(canvas, [x, y]) => {
  const density = canvas.width / canvas.clientWidth;
  return [...canvas.getContext("2d").getImageData(x * density, y * density, 1, 1).data.slice(0, 3)];
}"""


def surface(page: Page, title: str = "Axial") -> Locator:
    return page.locator(f'.surface[aria-label="{title} image"]')


def shows(page: Page, title: str, *lines: str) -> None:
    expect(surface(page, title).locator(".where")).to_have_text(re.compile("^" + re.escape("\n".join((title, *lines)))))


def edges(page: Page, title: str, letters: str) -> None:
    for edge, letter in zip(("left", "right", "top", "bottom"), letters, strict=True):
        expect(surface(page, title).locator(f".text.{edge}")).to_have_text(letter)


def window(page: Page) -> str:
    # What was asked for last is drawn with the next frame.
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    return surface(page).locator(".text.window").inner_text()


def middle(box: Locator) -> tuple[float, float]:
    found = box.bounding_box()
    assert found
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def of_voxel(page: Page, row: int, column: int) -> tuple[float, float]:
    """Where the middle of a voxel of an axial slice is drawn, from the upper left of its pane."""
    found = surface(page).bounding_box()
    assert found
    _, down, across = (float(step or 0) for step in PICTURE.spacing_mm)
    unit = 0.96 * min(found["width"] / (SHAPE[2] * across), found["height"] / (SHAPE[1] * down))
    return (
        found["width"] / 2 + (column + 0.5 - SHAPE[2] / 2) * across * unit,
        found["height"] / 2 + (row + 0.5 - SHAPE[1] / 2) * down * unit,
    )


def pixel(page: Page, place: tuple[float, float]) -> list[int]:
    colour: list[int] = surface(page).locator("canvas").evaluate(PIXEL, list(place))
    return colour


def until(page: Page, found: Callable[[], bool]) -> None:
    """Wait for what the browser has drawn."""
    for _ in range(600):
        if found():
            return
        page.evaluate("() => new Promise(requestAnimationFrame)")
    raise AssertionError("it is never drawn")


def pressed(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True, pressed=True)


def told(page: Page, runs: int, asked: int | None) -> None:
    expect(page.get_by_text(f"runs {runs}, asked {asked}", exact=True)).to_be_visible()


def choose(page: Page, picture: str) -> None:
    page.get_by_test_id("stSidebar").get_by_text(picture, exact=True).click()
    expect(page.get_by_role("radio", name=picture)).to_be_checked()
    settled(page)
