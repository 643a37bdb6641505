"""qlinical device lists what is here and writes snapshots; without an account it says how to get one."""

import json
import statistics
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from qiskit_ibm_runtime import fake_provider
from toys import Command

from qcore.backends import ibm_processor
from qcore.noise.device import calibration
from qcore.noise.device.calibration import ORDER, load, read_snapshot
from qcore.noise.device.line import best_line


def test_the_list_can_be_read_by_a_program(qlinical: Command) -> None:
    done = qlinical("device", "list", "--json")
    assert (done.code, done.err) == (0, "")
    rows = {row["name"]: row for row in json.loads(done.out)["devices"]}
    assert tuple(rows) == ORDER
    fez = load("fez")
    assert rows["fez"]["error_sx"] == statistics.median(qubit.sx_error for qubit in fez.qubits)
    assert rows["fez"]["error_2q"] == statistics.median(edge.error for edge in fez.edges)
    line = [int(number) for number in rows["fez"]["best_line_of_4"].split("-")]
    errors = {frozenset(edge.qubits): edge.error for edge in fez.edges}
    assert tuple(line) == best_line(fez, 4)
    assert rows["fez"]["best_line_errors_2q"] == [errors[frozenset(pair)] for pair in pairwise(line)]
    assert rows["fez"]["best_line_errors_readout"] == [fez.qubits[number].readout_error for number in line]


def test_the_list_names_every_device(qlinical: Command) -> None:
    done = qlinical("device", "list")
    assert done.code == 0
    assert [name for name in ORDER if name in done.out] == list(ORDER)
    for name in ORDER:
        assert "-".join(map(str, best_line(load(name), 4))) in done.out, "a line is never cut off"


def test_a_snapshot_is_written_where_it_is_told(qlinical: Command, tmp_path: Path) -> None:
    done = qlinical("device", "snapshot", "fez", "--directory", tmp_path / "new")
    assert done.code == 0
    assert str(tmp_path / "new" / "fez.json") in done.out
    shipped_file = calibration.DIRECTORY / "fez.json"
    assert (tmp_path / "new" / "fez.json").read_text() == shipped_file.read_text()


def test_an_unknown_device_is_a_sentence(qlinical: Command, tmp_path: Path) -> None:
    done = qlinical("device", "snapshot", "nowhere", "--directory", tmp_path)
    assert done.code == 2
    assert "ships no calibration of a device 'nowhere'" in done.sentence


def test_a_live_snapshot_without_credentials_says_how_to_connect(
    qlinical: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE"):
        monkeypatch.delenv(name, raising=False)
    done = qlinical("device", "snapshot", "fez", "--live", "--directory", tmp_path)
    assert done.code == 2
    assert "QISKIT_IBM_TOKEN" in done.sentence
    assert not list(tmp_path.glob("*.json"))


def test_a_live_snapshot_is_what_the_processor_reports_now(
    qlinical: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor = fake_provider.FakeFez()
    processor.name = "ibm_fez"
    properties = processor.properties()
    properties.last_update_date = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)
    properties._qubits[7]["T1"] = (123e-6, None)
    monkeypatch.setattr(processor, "properties", lambda: properties)
    service = SimpleNamespace(backend={"ibm_fez": processor}.__getitem__)
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "secret-key")
    monkeypatch.setattr(ibm_processor, "_service", lambda _: service)
    done = qlinical("device", "snapshot", "fez", "--live", "--directory", tmp_path)
    assert done.code == 0, done.err
    assert "2030-01-02T03:04:05+00:00" in done.out
    written = (tmp_path / "fez.json").read_text()
    assert "secret-key" not in written + done.out
    monkeypatch.setattr(calibration, "DIRECTORY", tmp_path)
    read_snapshot.cache_clear()
    live = load("fez")
    read_snapshot.cache_clear()
    assert live.calibration_time == "2030-01-02T03:04:05+00:00"
    assert (live.name, live.qubits[7].t1_s) == ("fez", 123e-6)
    assert "live" in live.source
