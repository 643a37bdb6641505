"""qlinical predict ecg and convert ecg: every recording is in the list, and what was read can be seen."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from toys import Command

from qcore.io.ecg.export.table import write_csv
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.question import LABELS
from qcore.tasks.ecg.synthetic_cases import synthetic


def _write(ecg: Ecg, file: Path) -> None:
    """Write a table that says its unit."""
    columns = {f"{lead} [µV]": row for lead, row in zip(ecg.leads, ecg.uv, strict=True)}
    seconds = np.arange(ecg.uv.shape[1]) / ecg.rate_hz
    pd.DataFrame({"time [s]": seconds, **columns}).to_csv(file, index=False)


def test_recordings_are_listed_with_answers_or_reasons(qlinical: Command, tmp_path: Path) -> None:
    made = synthetic("atrial_fibrillation")
    _write(made.ecg, tmp_path / "twelve.csv")
    _write(replace(made.ecg, leads=("II",), uv=made.ecg.uv[1:2]), tmp_path / "one.csv")
    (tmp_path / "letter.txt").write_text("Dear colleague")
    rows = {Path(row["file"]).name: row for row in json.loads(qlinical("predict", "ecg", str(tmp_path), "--json").out)}
    assert set(rows) == {"twelve.csv", "one.csv", "letter.txt"}
    twelve, one, letter = rows["twelve.csv"], rows["one.csv"], rows["letter.txt"]
    assert set(twelve["diagnoses"]) == set(LABELS.names)
    assert twelve["diagnoses"]["AF"] > 0.5
    assert twelve["rejected"] is None
    assert twelve["rate_hz"] == 500
    assert twelve["measurements"]["pr_ms"] is None
    assert abs(twelve["measurements"]["rate_bpm"] - made.truth["rate_bpm"]) < 3
    peaks = np.array(twelve["fiducials"]["II"]["R_peak"])
    assert all(np.abs(peaks - beat).min() < 20 for beat in made.beats[1:-1])
    assert one["diagnoses"] == {}
    assert "Diagnoses need leads" in one["rejected"]
    assert one["measurements"]["rate_bpm"] > 60
    assert letter["leads"] == []
    assert letter["rejected"]


def test_nothing_read_is_exit_1_and_nothing_there_exit_2(qlinical: Command, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear colleague")
    assert qlinical("predict", "ecg", str(tmp_path / "letter.txt"), "--json").code == 1
    assert qlinical("predict", "ecg", str(tmp_path / "none.hea"), "--json").code == 2


def test_what_was_read_is_written_as_microvolts(qlinical: Command, tmp_path: Path) -> None:
    made = synthetic("normal").ecg
    write_csv(made, tmp_path / "in.csv")
    found = qlinical("convert", "ecg", str(tmp_path / "in.csv"), "--out", str(tmp_path / "out.csv"), "--unit", "µV")
    assert found.code == 0
    table = pd.read_csv(tmp_path / "out.csv")
    assert list(table.columns) == ["time_s", *made.leads]
    np.testing.assert_allclose(table["V2"], made["V2"], atol=0.5)
