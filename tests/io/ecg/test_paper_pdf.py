"""The page on paper: measured in its own file, in points."""

import base64
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest

from qcore.io.ecg.export import RESEARCH
from qcore.io.ecg.export.paper_pdf import Printed, paper_pdf
from qcore.io.ecg.record import Ecg
from tests.made_up_ecgs import twelve_leads

MM = 72 / 25.4
NUMBER = r"(-?[\d.]+)"
LINE = re.compile(rf"n {NUMBER} {NUMBER} m {NUMBER} {NUMBER} l S")
PATH = re.compile(rf"n ((?:{NUMBER} {NUMBER} [ml]\s)+)S")
SPIKES = Printed("Spikes", ("Rate 60 /min", "QT 400 ms"), ("NORM 84 %",), "0.5-40 Hz")


def drawn(pdf: bytes) -> str:
    """What the page draws: the one stream of the file."""
    found = re.search(rb"/ASCII85Decode.*?stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    assert found
    return zlib.decompress(base64.a85decode(b"<~" + found.group(1).strip(), adobe=True)).decode("latin-1")


def paths(page: str) -> list[np.ndarray]:
    """The paths of more than two points: pulses and traces, in points of the page."""
    found = [re.findall(rf"{NUMBER} {NUMBER} [ml]", match.group(1)) for match in PATH.finditer(page)]
    return [np.array(path, float) for path in found if len(path) > 2]


def spikes() -> Ecg:
    """Twelve leads of zeros with 1 mV in one sample at every second, 500 Hz."""
    uv = np.zeros((12, 5000), np.float32)
    uv[:, ::500] = 1000
    return replace(twelve_leads(), uv=uv)


def test_a_second_is_25_mm_and_a_millivolt_10_mm() -> None:
    page = drawn(paper_pdf(spikes(), SPIKES))
    strip = max(paths(page), key=len)
    assert len(strip) == 5000
    tops = strip[strip[:, 1] > strip[:, 1].min() + 1]
    np.testing.assert_allclose(np.diff(tops[:, 0]) / MM, 25.0, atol=0.001)
    np.testing.assert_allclose((tops[:, 1] - strip[1, 1]) / MM, 10.0, atol=0.001)


def test_the_grid_is_of_1_and_5_mm_and_the_trace_begins_on_it() -> None:
    page = drawn(paper_pdf(spikes(), SPIKES))
    lines = np.array(LINE.findall(page), float)
    upright = np.unique(
        lines[(lines[:, 0] == lines[:, 2]) & (np.abs(lines[:, 1] - lines[:, 3]) > 100 * MM), 0].round(2)
    )
    level = np.unique(lines[(lines[:, 1] == lines[:, 3]) & (np.abs(lines[:, 0] - lines[:, 2]) > 100 * MM), 1].round(2))
    for grid in (upright, level):
        np.testing.assert_allclose(np.diff(grid) / MM, 1.0, atol=0.01)
    strip = max(paths(page), key=len)
    assert np.abs(upright - strip[0, 0]).min() < 0.01
    assert np.abs(level - strip[1, 1]).min() < 0.01
    thick = re.findall(r"([\d.]+) w\n", page)
    assert {".25", ".5"} <= set(thick)


def test_the_calibration_pulse_is_1_mv_for_a_fifth_of_a_second() -> None:
    pulses = [path for path in paths(drawn(paper_pdf(spikes(), SPIKES))) if len(path) == 6]
    assert len(pulses) == 4
    for pulse in pulses:
        assert (pulse[2, 1] - pulse[1, 1]) / MM == pytest.approx(10, abs=0.001)
        assert (pulse[3, 0] - pulse[2, 0]) / MM == pytest.approx(5, abs=0.001)


def test_what_is_said_is_printed() -> None:
    page = drawn(paper_pdf(spikes(), SPIKES))
    for text in (
        RESEARCH,
        "Spikes",
        "Rate 60 /min",
        "NORM 84 %",
        "25 mm/s",
        "10 mm/mV",
        "0.5-40 Hz",
        "500 Hz",
        "derived",
    ):
        assert text in page
    for lead in spikes().leads:
        assert f"({lead})" in page
    assert "NOT CALIBRATED" not in page
    assert "NOT CALIBRATED" in drawn(paper_pdf(replace(spikes(), calibrated=False), SPIKES))
    many = drawn(paper_pdf(spikes(), Printed("a", [f"line {k}" for k in range(9)])))
    assert "line 4" in many
    assert "line 5" not in many
    assert "4 more lines did not fit." in many


def test_a_gap_is_a_gap() -> None:
    ecg = spikes()
    whole = len(paths(drawn(paper_pdf(ecg, SPIKES))))
    ecg.uv[:, 1100:1200] = np.nan
    page = drawn(paper_pdf(ecg, SPIKES))
    assert "nothing was recorded" in page
    assert max(map(len, paths(page))) == 4900
    strip = max((match.group(1) for match in PATH.finditer(page)), key=len)
    assert strip.count(" m ") == 2  # begun anew behind the gap
    assert len(paths(page)) == whole


def test_short_ones_and_single_leads_are_drawn_too() -> None:
    short = drawn(paper_pdf(twelve_leads(2.0), SPIKES))
    assert len([path for path in paths(short) if len(path) == 1000]) == 13
    one = Ecg(("ECG1",), np.zeros((1, 1280), np.float32), 128.0)
    page = drawn(paper_pdf(one, SPIKES))
    assert "(ECG1)" in page
    assert max(map(len, paths(page))) == 1280
