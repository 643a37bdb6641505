"""How long the dose page takes: `.ci/with-browser.sh .venv/bin/python -m tests.benchmarks.dose_page`.

Measured in Chromium with a real server. The goal: what-if for one patient within 200 ms, from the key to the frame in
which the sentence about the patient has changed.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.serving import CHROMIUM, served

AHEAD_MS = 40_000
"""For which the home page is looked at, so that the server has worked ahead."""
STEPS = 15
WAIT_MS = 120_000
SENTENCE = "At steady state the biomarker lies between"
WATCH = """(sentence) => {
  const texts = () => [...document.querySelectorAll("p")].map((p) => p.innerText);
  const told = () => texts().find((text) => text.startsWith(sentence));
  const before = told();
  window.took = null;
  document.addEventListener("keydown", () => {
    const start = performance.now();
    const look = () => {
      if (told() && told() !== before) window.took = (performance.now() - start) / 1000;
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { capture: true, once: true });
}"""
MARKS = {
    "the dose": "It is the lowest dose",
    "its interval": "90 % interval of the dose",
    "the last section": "The population model in numbers",
    "the quantum model": "alone says",
}


def main() -> None:
    """Print a line a measurement, in seconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["QLINICAL_CHROMIUM"], args=CHROMIUM)

        def new_page() -> Page:
            return browser.new_page(viewport={"width": 1440, "height": 1000})

        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
            page = new_page()
            _print("cold: a server just started, /dose opened", _marks(page, lambda: page.goto(f"{address}/dose")))
            again = new_page()
            _print("warm: opened again in a new tab", _marks(again, lambda: again.goto(f"{address}/dose")))
            print(f"what-if, key to new sentence: {_line(_what_if(again))} (goal 0.2)")
            page.close()
            again.close()
        with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as address:
            page = new_page()
            page.goto(address)
            page.wait_for_timeout(AHEAD_MS)
            click = page.get_by_role("link", name="Dose", exact=True).first.click
            _print(f"after {AHEAD_MS / 1000:.0f} s on the home page, Dose clicked", _marks(page, click))
            page.close()
        browser.close()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


def _marks(page: Page, begin: Callable[[], object]) -> dict[str, float]:
    start = time.perf_counter()
    begin()
    found = {}
    for name, text in MARKS.items():
        page.get_by_text(text).first.wait_for(timeout=WAIT_MS)
        found[name] = time.perf_counter() - start
    return found


def _what_if(page: Page) -> list[float]:
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    slider, found = page.get_by_role("slider", name="Body weight (kg)").last, []
    for _ in range(STEPS):
        slider.focus()
        page.evaluate(WATCH, SENTENCE)
        page.keyboard.press("ArrowRight")
        page.wait_for_function("window.took !== null", timeout=WAIT_MS)
        found.append(float(page.evaluate("window.took")))
        page.wait_for_timeout(400)
    return found


def _print(what: str, marks: dict[str, float]) -> None:
    print(f"{what}: {', '.join(f'{name} {seconds:.1f}' for name, seconds in marks.items())}")


def _line(seconds: list[float]) -> str:
    return f"median {statistics.median(seconds):.3f}, {min(seconds):.3f} to {max(seconds):.3f}, {len(seconds)} times"


if __name__ == "__main__":
    main()
