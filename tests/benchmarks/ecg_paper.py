"""How fast the ECG paper opens and draws: `.ci/with-browser.sh .venv/bin/python -m tests.benchmarks.ecg_paper`.

By hand, in Chromium without a GPU and without its limit of 60 frames a second. A lead of 24 h at 128 Hz must open
within 10 s; scrolling, zoom and calipers on twelve leads with marks and overlay, and scrolling through the day, must
take at most 33 ms from one frame to the next, which holds script, painting and putting on the screen.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.serving import CHROMIUM, served

WAIT_MS = 120_000
UNLIMITED = ["--disable-frame-rate-limit", "--disable-gpu-vsync"]
SIZES = ((1440, 900), (1024, 768))
WARM_UP = 10
FRAMES = """async ([kind, frames]) => {
  const root = document.querySelector('[data-testid="stBidiComponentIsolated"]').shadowRoot;
  const surface = root.querySelector(".surface");
  const handle = root.querySelector(".handle");
  const box = surface.getBoundingClientRect();
  const wheel = (more) => surface.dispatchEvent(new WheelEvent("wheel", {
    clientX: box.left + box.width / 2, clientY: box.top + 200, bubbles: true, cancelable: true, ...more,
  }));
  const key = (name) => handle.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  const act = {
    scroll: (k) => wheel({ deltaY: k % 100 < 50 ? 60 : -60, shiftKey: true }),
    zoom: (k) => wheel({ deltaY: k % 40 < 20 ? -30 : 30, ctrlKey: true }),
    calipers: (k) => key(k % 40 < 20 ? "ArrowLeft" : "ArrowRight"),
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
}"""


def opened(page: Page, address: str, recording: str) -> float:
    """Seconds until a recording is on the paper, the making up and sending of it included."""
    began = time.perf_counter()
    page.goto(f"{address}/?recording={recording}")
    page.locator(".sheet > .printed").filter(has_text="mm/s").wait_for(timeout=WAIT_MS)
    return time.perf_counter() - began


def measured(page: Page, frames: int) -> dict[str, list[float]]:
    """Milliseconds from frame to frame."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=WAIT_MS)
    for name in ("Calipers", "Beats", "P-QRS-T", "Overlay"):
        button = page.get_by_role("button", name=name, exact=True)
        if button.is_visible():
            button.click()
    kinds = ("calipers", "scroll", "zoom", "scroll")
    names = ("calipers", "scroll", "zoom", "scroll, zoomed")
    return {
        name: page.evaluate(FRAMES, [kind, frames + WARM_UP])[WARM_UP:] for name, kind in zip(names, kinds, strict=True)
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=200, help="frames measured of each (default 200)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    rows, seconds = {}, {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["QLINICAL_CHROMIUM"], args=[*CHROMIUM, *UNLIMITED]
        )
        with served(Path(folder), "tests/browser/paper_app.py") as address:
            for width, height in SIZES:
                for recording in ("marked", "a day"):
                    page = browser.new_page(viewport={"width": width, "height": height})
                    seconds[f"{recording} opens, {width} x {height}"] = opened(page, address, recording)
                    for name, took in measured(page, asked.frames).items():
                        tail = statistics.quantiles(took, n=20)[-1]
                        rows[f"{recording}: {name}, {width} x {height}"] = {
                            "median_ms": statistics.median(took),
                            "p95_ms": tail,
                        }
                    page.close()
        browser.close()
    load = os.getloadavg()[0]
    if asked.json:
        print(json.dumps({"load_1_min": load, "cores": os.cpu_count(), "opens_s": seconds, "measured": rows}, indent=2))
        return
    for name, took_s in seconds.items():
        print(f"{name:48}{took_s:9.1f} s")
    print(f"{'':48}{'median':>9}{'95 %':>9}    (ms; load {load:.1f} on {os.cpu_count()} cores)")
    for name, row in rows.items():
        print(f"{name:48}{row['median_ms']:9.1f}{row['p95_ms']:9.1f}")


if __name__ == "__main__":
    main()
