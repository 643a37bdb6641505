"""The viewer on a page: everything but a request to explain a slice stays in the browser."""

import re
from collections.abc import Iterator

import pytest
from browser_reading import Open, settled
from browser_server import opening, running
from playwright.sync_api import BrowserContext, Locator, Page, expect
from test_looks import badly_laid_out, hard_to_read, switched
from viewer_reading import (
    OUTSIDE,
    PICTURE,
    PIXEL,
    SHAPE,
    choose,
    edges,
    middle,
    of_voxel,
    pixel,
    pressed,
    shows,
    surface,
    told,
    until,
    window,
)

from tests.made_up_pictures import SPOT

SCRIPT = "tests/browser/viewer_app.py"


@pytest.fixture(scope="module")
def viewer_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("viewer"), SCRIPT) as address:
        yield address


@pytest.fixture
def open_viewer(visitor: BrowserContext, viewer_server: str) -> Iterator[Open]:
    with opening(visitor, viewer_server) as open_path:
        yield open_path


def test_a_volume_is_looked_at_without_the_server(open_viewer: Open) -> None:
    page = settled(open_viewer("/"))
    shows(page, "Axial", "13 / 24", "S 32.0 mm")
    edges(page, "Axial", "RLAP")
    edges(page, "Coronal", "RLSI")
    edges(page, "Sagittal", "APSI")
    _slices(page)
    _window(page)
    _orientation(page)
    _cross_hair(page)
    _overlay(page)
    # Nothing of this has told the server anything: the next run is the second.
    told(page, 1, None)
    page.get_by_role("button", name="Explain this slice").click()
    told(page, 2, 14)
    _kept(page)


def _slices(page: Page) -> None:
    page.mouse.move(*middle(surface(page)))
    page.mouse.wheel(0, 100)
    shows(page, "Axial", "14 / 24")
    page.mouse.wheel(0, -100)
    shows(page, "Axial", "13 / 24")
    surface(page).focus()
    for key, slice_number in (
        ("ArrowDown", 14), ("ArrowLeft", 13), ("PageDown", 23), ("ArrowRight", 24), ("ArrowRight", 24), ("PageUp", 14),
        ("Home", 1), ("End", 24),
    ):  # fmt: skip
        page.keyboard.press(key)
        shows(page, "Axial", f"{slice_number} / 24")
    expect(surface(page)).to_have_attribute("aria-valuenow", "24")
    slider = page.get_by_role("slider", name="Axial slice")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    shows(page, "Axial", "23 / 24")
    expect(page.get_by_role("status").get_by_text("Axial, slice 23 of 24")).to_be_attached()
    marks = page.locator(".marks")
    found = marks.bounding_box()
    assert found
    marks.click(position={"x": found["width"] * 14.5 / 24, "y": 5})
    shows(page, "Axial", "15 / 24")
    expect(slider).to_have_value("15")
    assert PICTURE.marks is not None
    expect(slider).to_have_attribute(
        "aria-valuetext", f"Slice 15 of 24, Tumour probability {100 * PICTURE.marks.values[14]:.0f}\u00a0%"
    )


def _window(page: Page) -> None:
    preset = page.get_by_role("combobox", name="Window preset")
    expect(preset).to_have_value("usual")
    usual = window(page)
    x, y = middle(surface(page))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y - 30)
    page.mouse.up()
    expect(preset).to_have_value("own")
    before, after = (tuple(map(float, re.findall(r"\d+", text))) for text in (usual, window(page)))
    assert after[0] > before[0]
    assert after[1] < before[1]
    preset.select_option("full")
    expect(surface(page).locator(".text.window")).to_have_text(re.compile(f"^W {PICTURE.pixels.max()} "))
    surface(page).focus()
    page.keyboard.press("w")
    expect(preset).to_have_value("usual")
    page.keyboard.press("i")
    expect(pressed(page, "Invert")).to_be_visible()
    until(page, lambda: pixel(page, of_voxel(page, 1, 1)) == [255] * 3)
    page.mouse.dblclick(x, y)
    until(page, lambda: pixel(page, of_voxel(page, 1, 1)) == [0] * 3)
    expect(pressed(page, "Invert")).to_have_count(0)
    assert window(page) == usual


def _orientation(page: Page) -> None:
    surface(page).focus()
    page.keyboard.press("t")
    edges(page, "Axial", "PARL")
    page.get_by_role("button", name="Mirror").click()
    edges(page, "Axial", "APRL")
    edges(page, "Coronal", "RLSI")
    bar = surface(page).locator(".bar")
    page.keyboard.press("0")
    edges(page, "Axial", "RLAP")
    length = bar.evaluate("bar => bar.clientWidth")
    x, y = middle(surface(page))
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    expect(surface(page).locator(".text.window")).to_contain_text("Zoom 140 %")
    page.get_by_role("button", name="Move", exact=True).click()
    page.mouse.move(x, y)
    under = surface(page).locator(".under")
    expect(under).to_have_text(re.compile(r"\d"))
    value = under.inner_text()
    page.mouse.down()
    page.mouse.move(x + 60, y + 40)
    # The image has gone with the hand.
    expect(under).to_have_text(value)
    page.mouse.up()
    page.get_by_role("button", name="Reset").click()
    expect(surface(page).locator(".text.window")).not_to_contain_text("Zoom")
    assert bar.evaluate("bar => bar.clientWidth") == length
    page.get_by_role("button", name="Window", exact=True).click()


def _cross_hair(page: Page) -> None:
    row, column = (round((place + 1) / 2 * (size - 1)) for place, size in zip(SPOT[1:], SHAPE[1:3], strict=True))
    x, y = of_voxel(page, row, column)
    surface(page).click(position={"x": x, "y": y})
    shows(page, "Coronal", f"{row + 1} / {SHAPE[1]}")
    shows(page, "Sagittal", f"{column + 1} / {SHAPE[2]}")
    expect(surface(page).locator(".under")).to_have_text(str(PICTURE.pixels[14, row, column]))
    # The middle of the sagittal plane is the middle of the volume, whichever slice is shown elsewhere.
    surface(page, "Sagittal").click()
    expect(surface(page).locator(".where")).to_contain_text(re.compile("1[23] / 24"))
    surface(page).focus()
    page.keyboard.press("End")
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowDown")
    shows(page, "Axial", "15 / 24")
    page.get_by_role("button", name="Enlarge Coronal").click()
    expect(page.get_by_role("slider", name="Coronal slice")).to_be_visible()
    page.get_by_role("button", name="Enlarge Axial").click()
    # The button is gone, and the focus with the pane.
    expect(surface(page)).to_be_focused()
    page.keyboard.press("p")
    expect(surface(page, "Coronal")).to_be_hidden()
    page.get_by_role("button", name="Three planes").click()
    expect(surface(page, "Coronal")).to_be_visible()


def _overlay(page: Page) -> None:
    row, column = (round((place + 1) / 2 * (size - 1)) for place, size in zip(SPOT[1:], SHAPE[1:3], strict=True))
    column += 3  # beside the cross-hair, whose lines have a colour too
    place = of_voxel(page, row, column)

    def coloured() -> bool:
        return len(set(pixel(page, place))) > 1

    expect(pressed(page, "Overlay")).to_have_count(0)
    assert not coloured()
    threshold = page.get_by_role("slider", name="Hide below")
    expect(threshold).to_be_disabled()
    surface(page).focus()
    page.keyboard.press("o")
    expect(pressed(page, "Overlay")).to_be_visible()
    until(page, coloured)
    warm = pixel(page, place)
    threshold.focus()
    page.keyboard.press("End")
    until(page, lambda: not coloured())
    threshold.fill("10")
    until(page, coloured)
    opacity = page.get_by_role("slider", name="Opacity")
    opacity.fill("100")
    until(page, lambda: pixel(page, place) != warm)
    opacity.fill("0")
    until(page, lambda: not coloured())
    opacity.fill("50")
    surface(page).hover(position={"x": place[0], "y": place[1]})
    share = round(100 * int(PICTURE.overlays[0].values[14, row, column]) / 255)
    expect(surface(page).locator(".under")).to_contain_text(f"Noiseless {share}\u00a0%")
    page.get_by_role("button", name="Difference").click()
    expect(page.get_by_text("Noisy minus noiseless")).to_be_visible()
    expect(page.get_by_text("Model attention")).to_have_count(0)


def _kept(page: Page) -> None:
    """After a rerun, another picture and another theme everything is as it was left."""
    surface(page).focus()
    page.keyboard.press("+")
    page.get_by_role("combobox", name="Window preset").select_option("full")
    expect(surface(page).locator(".text.window")).to_contain_text("Zoom 125 %")
    before = window(page)
    page.get_by_role("button", name="Run again").click()
    told(page, 3, 14)
    found = hard_to_read(page)
    found += hard_to_read(switched(page, "dark"))
    for width in (1440, 1024):
        page.set_viewport_size({"width": width, "height": 900})
        found += [*badly_laid_out(page), *page.evaluate(OUTSIDE)]
    assert not found, "\n".join(found)
    choose(page, "colours")
    expect(surface(page, "As stored")).to_be_visible()
    choose(page, "anisotropic")
    shows(page, "Axial", "15 / 24")
    expect(surface(page).locator(".text.window")).to_have_text(before, use_inner_text=True)
    expect(pressed(page, "Difference")).to_be_visible()


def test_what_a_file_does_not_say_is_not_shown(open_viewer: Open) -> None:
    page = settled(open_viewer("/?picture=nowhere"))
    shows(page, "As stored", "7 / 12")
    image = surface(page, "As stored")
    edges(page, "As stored", ("",) * 4)
    expect(image.locator(".text.scale")).to_be_hidden()
    expect(page.get_by_role("button", name="Three planes")).to_have_count(0)
    image.focus()
    page.keyboard.press("p")
    expect(page.locator(".pane")).to_have_count(1)
    expect(page.locator(".marks")).to_be_hidden()
    page.keyboard.press("m")
    shows(page, "As stored", "7 / 12", "Mirrored")

    choose(page, "oblique")
    shows(page, "Axial, oblique", "11 / 20")
    edges(page, "Axial, oblique", ("R", "L", "AI", "PS"))
    shows(page, "Sagittal", "33 / 64")
    expect(surface(page, "Axial, oblique").locator(".text.window")).to_have_text("W 300  L 450", use_inner_text=True)
    expect(page.get_by_role("combobox", name="Window preset")).to_have_value("file")
    expect(page.get_by_role("button", name="Explain this slice")).to_have_count(0)

    choose(page, "colours")
    expect(page.get_by_role("combobox", name="Window preset")).to_have_count(0)
    image = surface(page, "As stored")
    x, y = middle(image)
    for (dx, dy), colour in (((-90, -90), (255, 0, 0)), ((90, -90), (0, 255, 0)), ((-90, 90), (0, 0, 255))):
        page.mouse.move(x + dx, y + dy)
        expect(image.locator(".under")).to_have_text("R {} G {} B {}".format(*colour))
        box = image.bounding_box()
        assert box
        drawn = image.locator("canvas").evaluate(PIXEL, [x + dx - box["x"], y + dy - box["y"]])
        assert tuple(drawn) == colour

    choose(page, "one slice")
    image = surface(page, "As stored")
    expect(image).to_have_role("img")
    expect(page.locator(".strip")).to_be_hidden()
    expect(image.locator(".text.scale")).to_have_text("2 cm")
    expect(page.get_by_text("One slice", exact=True)).to_be_visible()
    _pinch(page, image)


def _pinch(page: Page, image: Locator) -> None:
    """Two fingers, one of which moves away from the other to twice the distance."""
    x, y = middle(image)
    fingers = page.context.new_cdp_session(page)
    for kind, apart in (("touchStart", 50), ("touchMove", 80), ("touchMove", 100)):
        points = [{"x": x - 50, "y": y, "id": 0}, {"x": x + 2 * apart - 50, "y": y, "id": 1}]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(image.locator(".text.window")).to_contain_text("Zoom 200 %")
