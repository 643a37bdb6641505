"""The viewer's functions alone, in a page with nothing else: bytes, directions, windows."""

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import BrowserContext, Page

from dashboard.shared.viewer.component import script
from dashboard.shared.viewer.encoding import encode
from dashboard.shared.viewer.picture import Overlay, Picture
from qcore.io.image.series import Geometry, Series
from tests.made_up_pictures import head

LOAD = """([script, ...bytes]) => {
  const names = "decode,voxelAt,overlayAt,planeOf,titleOf,letters,edgeLetters,conventionalView,turned,mirroredView," +
    "positionOf,scaleBar,firstPreset,usualWindow,fullRange,Painter";
  window.viewer = new Function(script + `; return {${names}}`)();
  // At an odd place of a larger buffer, as a message may hold them.
  window.images = bytes.map((text) => {
    const plain = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const padded = new Uint8Array(plain.length + 3);
    padded.set(plain, 3);
    return window.viewer.decode(padded.subarray(3));
  });
}"""
PIXELS = head(5, 7, 6)
PART = np.random.default_rng(1).integers(0, 256, (2, 7, 6), np.uint8)
RGB = np.random.default_rng(2).integers(0, 256, (2, 3, 5, 3), np.uint8)


def at(along_row: tuple[int, ...], along_column: tuple[int, ...]) -> Picture:
    """A volume whose rows and columns run along axes of the patient."""
    row, column = np.array(along_row, float), np.array(along_column, float)
    positions = np.arange(5)[:, None] * 3.0 * np.cross(row, column)
    return Picture.of(Series(PIXELS, geometry=Geometry((1.0, 1.0), row, column, positions)))


VOLUMES = {
    "axial": at((1, 0, 0), (0, 1, 0)),
    "axial, rows upwards": at((1, 0, 0), (0, -1, 0)),
    "sagittal": at((0, 1, 0), (0, 0, -1)),
    "coronal, lying": at((0, 0, 1), (1, 0, 0)),
}


@pytest.fixture(scope="module")
def page(visitor: BrowserContext) -> Iterator[Page]:
    page = visitor.new_page()
    overlays = Overlay("a", PART, "", slices=(3, 1)), Overlay("b", PIXELS.view(np.uint8)[..., ::2], "")
    pictures = [
        Picture(PIXELS, overlays=overlays),
        Picture(PIXELS.astype(np.float32) / 7),
        Picture(RGB),
        *VOLUMES.values(),
    ]  # fmt: skip
    text = script().replace("export default function render", "function render")
    page.evaluate(LOAD, [text, *(base64.b64encode(encode(picture)).decode() for picture in pictures)])
    yield page
    page.close()


def test_bytes_are_read_as_they_were_written(page: Page) -> None:
    read = page.evaluate("""() => images.map((image) => ({
      voxels: [...image.voxels],
      overlays: image.overlays.map((overlay) => [...Array(210).keys()].map((k) => {
        const value = viewer.overlayAt(image, overlay, [Math.floor(k / 42), Math.floor(k / 6) % 7, k % 6]);
        return value === null ? null : Math.round(255 * value);
      })),
    }))""")
    assert read[0]["voxels"] == PIXELS.ravel().tolist()
    np.testing.assert_array_equal(np.float32(read[1]["voxels"]), PIXELS.astype(np.float32).ravel() / np.float32(7))
    assert read[2]["voxels"] == RGB.ravel().tolist()
    sparse, whole = read[0]["overlays"]
    expected = np.full((5, 7, 6), None)
    expected[[3, 1]] = PART
    assert sparse == expected.ravel().tolist()
    assert whole == PIXELS.view(np.uint8)[..., ::2].ravel().tolist()


def test_what_is_painted_is_what_was_computed_elsewhere(page: Page) -> None:
    painted: dict[str, Any] = page.evaluate("""() => {
      const paint = (k, name, index, set) => {
        const painter = new viewer.Painter(images[k]);
        painter.set({ window: [100, 600], inverted: false, overlay: null, opacity: 0.5, threshold: 0.25, ...set });
        const plane = viewer.planeOf(images[k], name);
        const words = new Uint32Array(plane.width * plane.height);
        painter.paint(plane, index, words);
        return [...new Uint8Array(words.buffer)];
      };
      const overlay = { ...images[0].overlays[0], id: 0 };
      return {
        slices: paint(0, "slices", 2, {}), rows: paint(0, "rows", 3, {}), columns: paint(0, "columns", 4, {}),
        inverted: paint(0, "columns", 4, { inverted: true }),
        floats: paint(1, "rows", 3, { window: [100 / 7, 600 / 7] }),
        colours: paint(2, "slices", 1, {}), flipped: paint(2, "slices", 1, { inverted: true }),
        covered: paint(0, "rows", 2, { overlay, opacity: 1, threshold: 0 }),
      };
    }""")

    def grey(voxels: Any) -> Any:
        return np.clip(np.floor((voxels - 100.0) * (255.999 / 500)), 0, 255).astype(int)

    def shown(name: str) -> Any:
        return np.array(painted[name]).reshape(-1, 4)

    for name, voxels in (("slices", PIXELS[2]), ("rows", PIXELS[:, 3]), ("columns", PIXELS[:, :, 4])):
        np.testing.assert_array_equal(shown(name)[:, 0], grey(voxels).ravel())
        assert (shown(name)[:, 3] == 255).all()
    np.testing.assert_array_equal(shown("inverted")[:, 1], 255 - grey(PIXELS[:, :, 4]).ravel())
    assert np.abs(shown("floats")[:, 2] - grey(PIXELS[:, 3]).ravel()).max() <= 1
    np.testing.assert_array_equal(shown("colours")[:, :3], RGB[1].reshape(-1, 3))
    np.testing.assert_array_equal(shown("flipped")[:, :3], 255 - RGB[1].reshape(-1, 3))
    covered = shown("covered").reshape(5, 6, 4)
    np.testing.assert_array_equal(covered[[0, 2, 4], :, 0], grey(PIXELS[[0, 2, 4], 2]))
    values = np.stack([PART[1, 2], PART[0, 2]])
    coloured = (covered[[1, 3], :, 0] != covered[[1, 3], :, 2]).ravel()
    np.testing.assert_array_equal(coloured, values.ravel() > 0)


def test_planes_are_hung_by_convention_however_they_are_stored(page: Page) -> None:
    hung: list[dict[str, str]] = page.evaluate("""() => images.slice(3).map((image) => Object.fromEntries(
      ["slices", "rows", "columns"].map((name) => {
        const plane = viewer.planeOf(image, name);
        const { left, right, top, bottom } = viewer.edgeLetters(plane, viewer.conventionalView(plane));
        return [viewer.titleOf(plane), left + right + top + bottom];
      }),
    ))""")
    assert hung == [{"Axial": "RLAP", "Coronal": "RLSI", "Sagittal": "APSI"}] * len(VOLUMES)


def test_letters_follow_turns_and_mirror(page: Page) -> None:
    edges = page.evaluate("""() => {
      const plane = viewer.planeOf(images[3], "slices");
      const read = (view) => Object.values(viewer.edgeLetters(plane, view)).join("");
      const first = viewer.conventionalView(plane);
      const turned = viewer.turned(first);
      let round = first;
      for (let k = 0; k < 4; k++) round = viewer.turned(round);
      return [first, turned, viewer.mirroredView(turned), viewer.mirroredView(first), round].map(read);
    }""")
    assert edges == ["RLAP", "PARL", "APRL", "LRAP", "RLAP"]


def test_letters_positions_and_lengths(page: Page) -> None:
    assert page.evaluate("() => [[0.9, 0.1, -0.42], [0, 0.99, 0.13], [-0.6, 0.6, 0.52]].map(viewer.letters)") == [
        "LI",
        "P",
        "RPS",
    ]
    assert page.evaluate("""() => images.slice(3).map((image) =>
      viewer.positionOf(image, viewer.planeOf(image, "slices"), 2))""") == [
        "S 6.0 mm",
        "I 6.0 mm",
        "R 6.0 mm",
        "P 6.0 mm",
    ]
    assert page.evaluate("() => viewer.positionOf(images[0], viewer.planeOf(images[0], 'slices'), 2)") == ""
    bars = page.evaluate("() => [0.5, 0.03, 0.0004].map((mm) => viewer.scaleBar(mm, 400))")
    assert [bar["text"] for bar in bars] == ["5 cm", "2 mm", "0.02 mm"]
    assert bars[0]["pixels"] == 100


def test_windows(page: Page) -> None:
    usual, full = page.evaluate("() => [viewer.usualWindow(images[0]), viewer.fullRange(images[0])]")
    floor = 0.02 * np.sort(PIXELS, None)[int(0.995 * PIXELS.size)]
    seen = np.sort(PIXELS[floor < PIXELS])
    assert usual == [seen[int(0.02 * seen.size)], seen[int(0.98 * seen.size)]]
    assert full == [PIXELS.min(), PIXELS.max()]


def test_a_window_of_the_file_under_which_most_is_lost_is_not_the_first(page: Page) -> None:
    first = page.evaluate("""() => [undefined, [0, 1000], [0, 230], [780, 3000]].map((file) =>
      viewer.firstPreset({ usual: [200, 800], file }))""")
    assert first == ["usual", "file", "usual", "usual"]
