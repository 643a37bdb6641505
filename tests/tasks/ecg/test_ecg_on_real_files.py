"""Against cardiologists (LUDB) and machines (intervals that files state); needs the public data."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pydicom
import pytest

from qcore.io.ecg.leads import lead_name
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.delineation.beats import r_peaks
from qcore.tasks.ecg.measure import measure
from tests import ludb

WITHIN = {"rate_bpm": 2, "pr_ms": 15, "qrs_ms": 12, "qt_ms": 20, "p_axis_deg": 15, "qrs_axis_deg": 15, "t_axis_deg": 15}


def test_marks_lie_where_cardiologists_put_them(data: Path) -> None:
    """Whole recordings through `measure`; the network has seen these, so this only guards what is done around it."""
    score = ludb.Score()
    for record in ludb.held_out(data)[::8]:
        found = measure(ludb.ecg(data, record))
        for lead, of_lead in found.fiducials.items():
            marks = {kind: np.array(of_lead[kind], np.int64) for kind in ludb.KINDS}
            score.add(ludb.marks(data)[record, lead.lower()], marks)

    assert score.macro_f1 > 0.97
    assert score.f1("R_peak") > 0.99
    assert score.qt_error_ms <= 12


def test_the_beat_detector_alone_finds_the_beats(data: Path) -> None:
    """Nothing in it was trained: this is evidence for other recordings too."""
    hits = false = missed = 0
    for record in ludb.held_out(data):
        of_leads = [marks for (number, _), marks in ludb.marks(data).items() if number == record]
        peaks = np.sort(np.concatenate([marks["R_peak"] for marks in of_leads]))
        beats = np.split(peaks, np.flatnonzero(np.diff(peaks) > 60) + 1)
        true = np.array([int(np.median(beat)) for beat in beats if len(beat) >= 6], np.int64)
        first = min(min(at.min() for at in marks.values() if len(at)) for marks in of_leads if len(marks["R_peak"]))
        last = max(max(at.max() for at in marks.values() if len(at)) for marks in of_leads if len(marks["R_peak"]))
        found = r_peaks(ludb.ecg(data, record).uv, ludb.RATE_HZ)
        pairs = ludb.matched(true, found)
        hit = {f for _, f in pairs}
        hits += len(pairs)
        missed += len(true) - len(pairs)
        false += sum(first <= at <= last and f not in hit for f, at in enumerate(found))

    assert 2 * hits / (2 * hits + missed + false) > 0.995


def test_a_dicom_recording_agrees_with_its_machine(data: Path) -> None:
    stored = pydicom.dcmread(data / "ecg_formats" / "dicom" / "waveform_ecg.dcm")
    channels = stored.WaveformSequence[0].ChannelDefinitionSequence
    leads = tuple(lead_name(c.ChannelSourceSequence[0].CodeMeaning.split("(")[0]) for c in channels)
    uv = stored.waveform_array(0).T
    found = measure(Ecg(leads, uv.astype(np.float32), 1000.0))

    stated = {
        "rate_bpm": 60_000 / 982, "pr_ms": 161, "qrs_ms": 75, "qt_ms": 368,
        "p_axis_deg": 74, "qrs_axis_deg": 52, "t_axis_deg": 57,
    }  # fmt: skip
    for key, value in stated.items():
        assert found.measurements[key].value == pytest.approx(value, abs=WITHIN[key]), key


def test_an_aecg_recording_agrees_with_its_machine(data: Path) -> None:
    namespace = {"a": "urn:hl7-org:v3"}
    root = ET.parse(data / "ecg_formats" / "hl7_aecg" / "subject1_0.xml").getroot()  # noqa: S314 - a file of our own
    rows = {}
    for sequence in root.find(".//a:series", namespace).iterfind(".//a:sequence", namespace):
        code, digits = sequence.find("a:code", namespace), sequence.find("a:value/a:digits", namespace)
        if digits is not None and digits.text:
            scale = float(sequence.find("a:value/a:scale", namespace).get("value"))
            rows.setdefault(lead_name(code.get("code")), scale * np.array(digits.text.split(), float))
    found = measure(Ecg(tuple(rows), np.stack(list(rows.values())).astype(np.float32), 500.0))

    stated = {"pr_ms": 148, "qrs_ms": 120, "qt_ms": 420, "p_axis_deg": 44, "qrs_axis_deg": -61, "t_axis_deg": 86}
    for key, value in stated.items():
        assert found.measurements[key].value == pytest.approx(value, abs=WITHIN[key]), key
