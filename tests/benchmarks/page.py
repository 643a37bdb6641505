"""How long the dashboard takes, measured by hand: `.ci/with-browser.sh .venv/bin/python -m tests.benchmarks.page`.

Start and pages are measured with a real server and Chromium; reruns and Shapley values in this process, without a
browser, so that they are the server's share alone. Every number is a median, with the fastest and slowest beside it.

Noise and processors are timed inside the browser, from the key or click to the frame in which the heading and
sentences of the answer, its gauge and the bars of the explanation have changed. Processors and noise scales are
compiled anew: every server starts with an empty folder of compiled programs.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.serving import CHROMIUM, ROOT, served

WAIT_MS = 60_000
Seconds = list[float]

PROCESSORS = ("IBM Torino", "IBM Marrakesh", "IBM Sherbrooke", "IBM Boston", "IBM Aachen", "IBM Miami", "IBM Berlin")
NOISE_STEPS = 7
NOISE = {
    "another processor to the new answer": "processor_answer",
    "another processor to the new bars": "processor_bars",
    "noise slider to the new answer": "slider_answer",
    "noise slider to the new gauge": "slider_gauge",
    "noise slider to the new bars": "slider_bars",
    "noise slider with 4,000 shots to the new answer": "shots_answer",
    "noise slider with 4,000 shots to the new bars": "shots_bars",
}
WATCH = """() => {
  const paths = (key) =>
    [...document.querySelectorAll(`.st-key-${key} svg path`)].map((path) => path.getAttribute("d")).join();
  const read = {
    answer: () => document.querySelector(".st-key-pair_answer").innerText,
    gauge: () => paths("aki_gauge"),
    bars: () => paths("aki_waterfall"),
  };
  const before = Object.fromEntries(Object.entries(read).map(([name, now]) => [name, now()]));
  window.took = {};
  let start = null;
  const look = () => {
    for (const name in read)
      if (!(name in window.took) && read[name]() !== before[name])
        window.took[name] = (performance.now() - start) / 1000;
    if (Object.keys(window.took).length < 3) requestAnimationFrame(look);
  };
  const begin = () => {
    if (start === null) { start = performance.now(); requestAnimationFrame(look); }
  };
  for (const event of ["keydown", "pointerdown"])
    document.addEventListener(event, begin, { capture: true, once: true });
}"""
"""Watches the page from the next key or click on, and writes seconds into window.took."""


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def seen(page: Page, text: str) -> Callable[[], None]:
    return lambda: page.get_by_text(text).first.wait_for(timeout=WAIT_MS)


def with_browser(rounds: int) -> dict[str, Seconds]:
    """Start a server and open the pages as often as asked; a new server and a new browser context each time."""
    found: dict[str, Seconds] = {
        "streamlit run to healthy": [],
        "streamlit run to the home page on the screen": [],
        "home to AKI by a click, 10 s later: answer": [],
        "home to AKI by a click, 10 s later: last section": [],
        "AKI opened again in a new tab: answer": [],
        "slider key to new risk on the screen": [],
    }
    noise: dict[str, Seconds] = {name: [] for name in NOISE}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["QLINICAL_CHROMIUM"], args=CHROMIUM)
        for _ in range(rounds):
            with tempfile.TemporaryDirectory() as folder:
                numbers, under_noise = _one_round(browser.new_page, Path(folder))
            for name, seconds in zip(found, numbers, strict=True):
                found[name].append(seconds)
            for name, measured in NOISE.items():
                noise[name] += under_noise[measured]
        browser.close()
    return found | noise


def _one_round(new_page: Callable[..., Page], folder: Path) -> tuple[tuple[float, ...], dict[str, Seconds]]:
    page, again = (new_page(viewport={"width": 1440, "height": 1000}) for _ in range(2))
    start = time.perf_counter()
    with served(folder) as address:
        healthy = time.perf_counter() - start
        page.goto(address)
        seen(page, "Open the AKI page")()
        home = time.perf_counter() - start
        page.wait_for_timeout(10_000)
        clicked = time.perf_counter()
        page.get_by_role("link", name="Open the AKI page").click()
        seen(page, "risk of acute kidney injury")()
        answer = time.perf_counter() - clicked
        seen(page, "Beside the classical models")()
        whole = time.perf_counter() - clicked
        second = timed(lambda: (again.goto(f"{address}/aki"), seen(again, "risk of acute kidney injury")()))
        page.get_by_role("slider", name="Creatinine, last").focus()
        moved = timed(lambda: (page.keyboard.press("End"), seen(page, "the risk would be")()))
        under_noise = _under_noise(page)
        page.close()
        again.close()
    return (healthy, home, answer, whole, second, moved), under_noise


def _under_noise(page: Page) -> dict[str, Seconds]:
    """Choose processors and move the noise slider, on the page that shows the AKI answer."""
    found: dict[str, Seconds] = {name: [] for name in NOISE.values()}
    noise = page.get_by_test_id("stSidebar").get_by_role("slider", name="Noise")

    def choose(label: str, option: str) -> dict[str, float]:
        page.get_by_test_id("stSidebar").get_by_role("combobox", name=label).click()
        target = page.get_by_role("option", name=option).first
        target.wait_for()
        return _watched(page, target.click)

    def move() -> dict[str, float]:
        noise.focus()
        return _watched(page, lambda: page.keyboard.press("ArrowRight"))

    choose("Where the quantum circuit runs", "Simulated processor")
    for processor in PROCESSORS:
        took = choose("Processor", processor)
        for part in ("answer", "bars"):
            found[f"processor_{part}"].append(took[part])
    for _ in range(NOISE_STEPS):
        took = move()
        for part in ("answer", "gauge", "bars"):
            found[f"slider_{part}"].append(took[part])
    choose("Shots", "4,000")
    for _ in range(NOISE_STEPS):
        took = move()
        for part in ("answer", "bars"):
            found[f"shots_{part}"].append(took[part])
    return found


def _watched(page: Page, act: Callable[[], object]) -> dict[str, float]:
    """Act, and return after how many seconds answer, gauge and bars had changed in the browser."""
    page.evaluate(WATCH)
    act()
    page.wait_for_function("Object.keys(window.took).length === 3", timeout=WAIT_MS)
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(400)
    took: dict[str, float] = page.evaluate("window.took")
    return took


def in_process(rounds: int) -> dict[str, Seconds]:
    """Time script runs by Streamlit's AppTest, and the exact Shapley values alone."""
    from streamlit.testing.v1 import AppTest

    from qcore.backends.registry import backend
    from qcore.settings import settings
    from qcore.tasks.aki.examples import examples
    from qcore.tasks.aki.model import load

    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"QLINICAL_DATABASE": f"sqlite:///{folder}/trail.db", "QLINICAL_PROGRAMS": f"{folder}/programs"}
        settings.cache_clear()
        page = AppTest.from_file(str(ROOT / "dashboard" / "app.py"), default_timeout=WAIT_MS / 1000).run()
        page.switch_page("aki/page.py").run()
        model, ideal, patients = load(), backend("ideal"), examples()
        found: dict[str, Seconds] = {
            "rerun of the whole AKI page, nothing changed": [],
            "rerun of the whole AKI page after a slider": [],
            "rerun of the whole AKI page, another patient": [],
            "exact Shapley values of one patient": [],
        }
        for place in range(rounds):
            slider = page.slider[1]
            slider.set_value(slider.min + (place + 1) * 10 * slider.step)
            patient = patients[(place + 1) % len(patients)]
            works = (
                lambda: page.run(),
                lambda moved=slider: moved.run(),
                lambda key=patient.key: page.selectbox(key="aki_example").set_value(key).run(),
                lambda inputs=patient.inputs: model.explain(inputs, ideal),
            )
            # The slider is set before, so the first rerun must not carry it.
            for name, work in list(zip(found, works, strict=True))[1:]:
                found[name].append(timed(work))
            found["rerun of the whole AKI page, nothing changed"].append(timed(works[0]))
        page.selectbox(key="backend_kind").set_value("noisy").run()
        for shots, name in ((0, "another noise scale"), (4_000, "another noise scale, 4,000 shots")):
            page.selectbox(key="backend_shots").set_value(shots).run()
            scales = [page.slider(key="backend_scale").step * place for place in range(rounds)]
            found[f"rerun of the whole AKI page, {name}"] = [
                timed(page.slider(key="backend_scale").set_value(scale).run) for scale in scales
            ]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="servers started (default 3)")
    parser.add_argument("--runs", type=int, default=15, help="runs in this process (default 15)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    found = with_browser(asked.rounds) | in_process(asked.runs)
    rows = {
        name: {"median_s": statistics.median(s), "fastest_s": min(s), "slowest_s": max(s), "n": len(s)}
        for name, s in found.items()
    }
    load = os.getloadavg()[0]
    if asked.json:
        print(json.dumps({"load_1_min": load, "cores": os.cpu_count(), "measured": rows}, indent=2))
        return
    print(f"{'':62}{'median':>9}{'fastest':>9}{'slowest':>9}    (s; load {load:.1f} on {os.cpu_count()} cores)")
    for name, row in rows.items():
        print(f"{name:62}{row['median_s']:9.3f}{row['fastest_s']:9.3f}{row['slowest_s']:9.3f}")


if __name__ == "__main__":
    main()
