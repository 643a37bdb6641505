"""Papers of recordings, and their bytes."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dashboard.shared.browser.packing import header_of
from dashboard.shared.ecg_paper.component import script
from dashboard.shared.ecg_paper.encoding import GAP, encode, same
from dashboard.shared.ecg_paper.paper import MedianBeat, Overlay, Paper
from qcore.io.ecg.record import Ecg
from tests.made_up_ecgs import TITLE, marked

UV = np.array([[0.4, -1.6, np.nan], [40_000, -40_000, 7]], np.float32)
ECG = Ecg(("II", "V1"), UV, 250.0)
BYTES = np.zeros((2, 3), np.uint8)


def body(data: bytes) -> bytes:
    length = int.from_bytes(data[:4], "little")
    return data[-(-(4 + length) // 4) * 4 :]


def test_samples_are_whole_microvolts_and_gaps_are_told_apart() -> None:
    data = encode(Paper(ECG))
    assert np.frombuffer(body(data), np.int16, 6).tolist() == [0, -2, GAP, 32767, -32767, 7]
    assert header_of(data)["beats"] is None


def test_marks_median_and_overlays_lie_where_the_layout_says() -> None:
    paper = Paper(
        ECG, [1, 2], {"V1": {"P_on": [0.6, np.nan], "T_off": [2]}},
        MedianBeat(np.full((2, 1), np.nan, np.float32), 500.0),
        (Overlay("a", BYTES + 9, TITLE, median_values=BYTES[:, :1]),),
    )  # fmt: skip
    data = encode(paper)
    header, rest = header_of(data), body(data)
    assert np.frombuffer(rest, np.int32, 4, offset=12).tolist() == [1, 2, 1, 2]
    assert header["fiducials"] == {"V1": {"P_on": 1, "T_off": 1}}
    assert np.frombuffer(rest, np.int16, 2, offset=28).tolist() == [GAP, GAP]
    assert np.frombuffer(rest, np.uint8, 6, offset=32).tolist() == [9] * 6
    assert len(rest) == 44
    assert header["overlays"][0]["title"] == TITLE


def test_the_median_beat_of_the_file_is_drawn_unless_another_is_given() -> None:
    median = np.zeros((2, 5), np.float32)
    ecg = replace(ECG, median=median, median_rate_hz=1000.0)
    assert header_of(encode(Paper(ecg)))["median"] == {"samples": 5, "rate_hz": 1000.0, "fiducials": {}}
    given = MedianBeat(median[:, :2], 500.0, {"II": {"P_on": np.nan, "T_off": 1.0}})
    assert header_of(encode(Paper(ecg, median=given)))["median"] == {
        "samples": 2, "rate_hz": 500.0, "fiducials": {"II": {"T_off": 1.0}},
    }  # fmt: skip


def test_numbers_become_overlays() -> None:
    values = np.array([[-2.0, 0.0, 1.0, 4.0, np.nan]])
    assert Overlay.of_numbers("a", values, TITLE).values.tolist() == [[0, 0, 64, 255, 0]]
    signed = Overlay.of_numbers("a", values, TITLE, signed=True, most=2.0, median_values=values[:, :2])
    assert signed.values.tolist() == [[1, 128, 192, 255, 128]]
    assert signed.median_values is not None
    assert signed.median_values.tolist() == [[1, 128]]


def test_what_changes_the_view_and_what_does_not() -> None:
    paper = marked()
    one, two = (header_of(encode(p)) for p in (paper, replace(paper, caption="another", overlays=())))
    assert one["signal"] == two["signal"]
    assert one["digest"] != two["digest"]
    assert header_of(encode(Paper(replace(ECG, rate_hz=500.0))))["signal"] != header_of(encode(Paper(ECG)))["signal"]
    assert same(paper, replace(paper))
    assert not same(paper, replace(paper, description="another"))
    assert not same(paper, replace(paper, ecg=replace(paper.ecg, uv=paper.ecg.uv.copy())))


@pytest.mark.parametrize(
    "change",
    [
        {"ecg": Ecg(("II",), np.zeros((1, 0), np.float32), 250.0)},
        {"beats": [3]},
        {"beats": [-1]},
        {"fiducials": {"V2": {}}},
        {"fiducials": {"II": {"P_start": [0]}}},
        {"fiducials": {"II": {"P_on": [3.0]}}},
        {"median": MedianBeat(UV[:1], 250.0)},
        {"median": MedianBeat(UV, 0.0)},
        {"overlays": (Overlay("a", BYTES[:1], TITLE),)},
        {"overlays": (Overlay("a", BYTES.astype(np.int16), TITLE),)},  # type: ignore[arg-type]
        {"overlays": (Overlay("a", BYTES, TITLE, median_values=BYTES),)},
    ],
)
def test_what_does_not_agree_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|needs|are|is"):
        encode(replace(Paper(ECG), **change))


def test_more_than_streamlit_sends_is_refused() -> None:
    ecg = Ecg(("II",), np.broadcast_to(np.float32(0), (1, 100_000_000)), 250.0)
    with pytest.raises(ValueError, match="at most"):
        encode(Paper(ecg))


def test_the_script_is_one_module_that_loads_nothing() -> None:
    text = script()
    assert not re.search(r"^import\b", text, re.MULTILINE)
    assert len(re.findall(r"^export\b", text, re.MULTILINE)) == 1
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
