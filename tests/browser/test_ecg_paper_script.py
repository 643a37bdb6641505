"""The paper's functions alone, in a page with nothing else: bytes, filter, layouts, what lies between two points."""

import base64
from collections.abc import Iterator

import numpy as np
import pytest
import scipy.signal
from playwright.sync_api import BrowserContext, Page

from dashboard.shared.ecg_paper.component import script
from dashboard.shared.ecg_paper.encoding import GAP, encode
from tests.made_up_ecgs import marked, short, with_gaps

LOAD = """([script, ...bytes]) => {
  const names = "decode,bandPassed,bandText,arrange,layoutsOf,between,extremes,clock";
  window.paper = new Function(script + `; return {${names}}`)();
  window.records = bytes.map((text) => window.paper.decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));
}"""
PAPERS = marked(), with_gaps(), short()


@pytest.fixture(scope="module")
def page(visitor: BrowserContext) -> Iterator[Page]:
    page = visitor.new_page()
    text = script().replace("export default function render", "function render")
    page.evaluate(LOAD, [text, *(base64.b64encode(encode(paper)).decode() for paper in PAPERS)])
    yield page
    page.close()


def test_bytes_are_read_as_they_were_written(page: Page) -> None:
    read = page.evaluate("""() => { const { uv, beats, fiducials, median, overlays } = records[0]; return {
      uv: [...uv[7]], beats: [...beats], t: [...fiducials.V5.T_off], median: [...median.uv[11]],
      values: [...overlays[1].values[3]], of_median: [...overlays[0].medianValues[5]] }; }""")
    paper = PAPERS[0]
    assert read["uv"] == np.rint(paper.ecg.uv[7]).tolist()
    assert paper.beats is not None
    assert read["beats"] == list(paper.beats)
    assert read["t"] == list(paper.fiducials["V5"]["T_off"])
    assert paper.median is not None
    assert read["median"] == np.rint(paper.median.uv[11]).tolist()
    assert read["values"] == paper.overlays[1].values[3].tolist()
    assert paper.overlays[0].median_values is not None
    assert read["of_median"] == paper.overlays[0].median_values[5].tolist()


@pytest.mark.parametrize(("record", "rate_hz"), [(0, 500.0), (1, 100.0)])
def test_the_band_pass_is_scipys(page: Page, record: int, rate_hz: float) -> None:
    correction = (2**0.5 - 1) ** 0.25
    warped = [np.tan(np.pi * 0.5 / rate_hz) * correction, np.tan(np.pi * 40 / rate_hz) / correction]
    low, high = (np.arctan(end) * rate_hz / np.pi for end in warped)
    sections = [
        scipy.signal.butter(2, end, kind, fs=rate_hz, output="sos") for end, kind in ((low, "high"), (high, "low"))
    ]
    uv = np.rint(PAPERS[record].ecg.uv[1][: 280 if record else None])
    expected = scipy.signal.sosfiltfilt(np.vstack(sections), uv, padlen=min(len(uv) - 1, round(2 * rate_hz)))
    found = page.evaluate(
        "([k, n]) => [...paper.bandPassed(records[k].uv[1].subarray(0, n), records[k].rate)]", [record, len(uv)]
    )
    assert np.abs(np.array(found) - expected).max() < 3
    assert page.evaluate("() => [500, 100, 60].map(paper.bandText)") == ["0.5–40 Hz", "0.5–40 Hz", "from 0.5 Hz"]


def test_gaps_stay_gaps_and_nothing_is_carried_across(page: Page) -> None:
    found = np.array(page.evaluate("() => [...paper.bandPassed(records[1].uv[1], 100)]"))
    assert ((found == GAP) == np.isnan(PAPERS[1].ecg.uv[1])).all()
    alone = np.array(page.evaluate("() => [...paper.bandPassed(records[1].uv[1].subarray(370), 100)]"))
    assert (alone == found[370:]).all()
    least = page.evaluate("() => [...paper.extremes(records[1].uv[1], 100).least]")
    assert [value == GAP for value in least] == [30 <= k < 37 for k in range(100)]


def test_each_lead_stands_where_it_belongs(page: Page) -> None:
    rows = page.evaluate("""() => {
      const names = (layout, cabrera) =>
        paper.arrange(records[0], { layout, lead: 1, cabrera, speed: 25 }, 268).rows.map(({ segments }) =>
          segments.map(({ name, sign }) => name + (sign < 0 ? "!" : "")).join(" "));
      return Object.fromEntries(["3x4", "3x4+3", "6x2", "12x1", "one"].flatMap((layout) =>
        [false, true].map((cabrera) => [`${layout} ${cabrera}`, names(layout, cabrera)])));
    }""")
    assert rows["3x4 false"] == ["I aVR V1 V4", "II aVL V2 V5", "III aVF V3 V6", "II"]
    assert rows["3x4 true"] == ["aVL II V1 V4", "I aVF V2 V5", "\u2212aVR! III V3 V6", "II"]
    assert rows["3x4+3 false"][3:] == ["II", "V1", "V5"]
    assert rows["6x2 false"] == ["I V1", "II V2", "III V3", "aVR V4", "aVL V5", "aVF V6"]
    assert rows["12x1 true"][:6] == ["aVL", "I", "\u2212aVR!", "II", "aVF", "III"]
    assert rows["one false"] == ["II"]
    together = page.evaluate(
        "() => records.map((one) => paper.arrange(one, { layout: '3x4', lead: 1, speed: 25 }, 268).together)"
    )
    assert together == [False, False, True]
    layouts = page.evaluate("() => [['ECG1'], ['A', 'B'], [...records[0].leads, 'X']].map(paper.layoutsOf)")
    assert layouts == [["one"], ["all", "one"], ["3x4", "3x4+3", "6x2", "12x1", "all", "one"]]


def test_what_lies_between_two_points(page: Page) -> None:
    says = page.evaluate("""() => [
      paper.between([{ t: 1, mv: 0 }, { t: 1.8, mv: 0.5 }], true),
      paper.between([{ t: 1.412, mv: 0 }, { t: 1, mv: 0.25 }], false),
      paper.between([{ t: 1, mv: 0 }, { t: 1, mv: 0 }], true),
    ]""")
    assert says == [
        "800 ms · 75 beats/min · 0.50 mV", "412 ms · 146 beats/min · \u22120.25 mV (not calibrated)", "0 ms · 0.00 mV",
    ]  # fmt: skip
    assert page.evaluate("() => [9.5, 3599, 40000].map(paper.clock)") == ["0:09.5", "59:59", "11:06:40"]
