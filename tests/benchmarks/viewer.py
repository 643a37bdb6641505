"""How long a frame of the image viewer takes: `.ci/with-browser.sh .venv/bin/python -m tests.benchmarks.viewer`.

By hand. A volume of 180 x 256 x 256 with an overlay, three planes on the screen, in Chromium without a GPU and without
its limit of 60 frames a second: the time from one frame to the next, which holds script, painting and putting on the
screen. An event is sent in every frame, as a hand that never rests would. The aim is 33 ms.
"""

import argparse
import json
import os
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.serving import CHROMIUM, served

WAIT_MS = 120_000
UNLIMITED = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
SIZES = ((1440, 900), (1920, 1080))
WARM_UP = 10
FRAMES = """async ([kind, frames]) => {
  const root = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
  const surface = root.querySelector(".pane.large .surface");
  const box = surface.getBoundingClientRect();
  const at = (k) => ({
    clientX: box.left + box.width / 2 + 60 * Math.sin(k / 9), clientY: box.top + box.height / 2 + 60 * Math.cos(k / 7),
    pointerId: 1, bubbles: true, button: 0, buttons: 1,
  });
  const [threshold] = root.querySelectorAll(".setting input");
  const act = {
    scroll: (k) => surface.dispatchEvent(new WheelEvent("wheel", { deltaY: k % 60 < 30 ? 100 : -100, bubbles: true, cancelable: true })),
    drag: (k) => surface.dispatchEvent(new PointerEvent("pointermove", at(k))),
    threshold: (k) => { threshold.value = 10 + (k % 60); threshold.dispatchEvent(new Event("input")); },
  }[kind];
  const took = [];
  let before = null;
  for (let k = 0; k < frames; k++) {
    act(k);
    const now = await new Promise(requestAnimationFrame);
    if (before !== null) took.push(now - before);
    before = now;
  }
  return took;
}"""  # noqa: E501 - a line of JavaScript


def measured(page: Page, frames: int) -> dict[str, list[float]]:
    """Milliseconds from frame to frame."""

    def run(kind: str) -> list[float]:
        took: list[float] = page.evaluate(FRAMES, [kind, frames + WARM_UP])
        return took[WARM_UP:]

    def dragged(tool: str) -> list[float]:
        page.get_by_role("button", name=tool, exact=True).click()
        found = page.locator(".pane.large .surface").bounding_box()
        assert found
        page.mouse.move(found["x"] + found["width"] / 2, found["y"] + found["height"] / 2)
        page.mouse.down()
        took = run("drag")
        page.mouse.up()
        return took

    return {
        "scroll": run("scroll"),
        "window and level": dragged("Window"),
        "cross-hair through all planes": dragged("Cross-hair"),
        "move": dragged("Move"),
        "threshold of the overlay": run("threshold"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=200, help="frames measured of each (default 200)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    rows = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["QLINICAL_CHROMIUM"], args=[*CHROMIUM, *UNLIMITED]
        )
        with served(Path(folder), "tests/browser/viewer_app.py") as address:
            for width, height in SIZES:
                page = browser.new_page(viewport={"width": width, "height": height})
                page.goto(f"{address}/?picture=large")
                page.locator(".surface").first.wait_for(timeout=WAIT_MS)
                page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=WAIT_MS)
                page.get_by_role("button", name="Overlay", exact=True).click()
                for name, took in measured(page, asked.frames).items():
                    tail = statistics.quantiles(took, n=20)[-1]
                    rows[f"{name}, {width} x {height}"] = {"median_ms": statistics.median(took), "p95_ms": tail}
                page.close()
        browser.close()
    load = os.getloadavg()[0]
    if asked.json:
        print(json.dumps({"load_1_min": load, "cores": os.cpu_count(), "measured": rows}, indent=2))
        return
    print(f"{'':48}{'median':>9}{'95 %':>9}    (ms; load {load:.1f} on {os.cpu_count()} cores)")
    for name, row in rows.items():
        print(f"{name:48}{row['median_ms']:9.1f}{row['p95_ms']:9.1f}")


if __name__ == "__main__":
    main()
