"""The doctor: every finding says what to do, and looking takes no numerical library."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from qcore import doctor
from qcore.doctor import WEIGHTS
from qcore.records import audit, database
from qcore.records.audit import Action
from qcore.settings import settings

PINS = {"torch": "2.13.0", "numpy": "2.4.6", "typer": "0.29.1"}


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("QLINICAL_DATABASE", f"sqlite:///{tmp_path / 'trail.db'}")
    monkeypatch.setenv("QLINICAL_DATA", str(tmp_path / "data"))
    settings.cache_clear()
    yield
    database.close()
    settings.cache_clear()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    folder = tmp_path / "aki"
    folder.mkdir()
    for name in WEIGHTS:
        save_file({"weights": np.ones((2, 3)), "bias": np.zeros(1)}, folder / name, {"made": "now"})
    (folder / "model.json").write_text(json.dumps({"name": "aki"}))
    return folder


def test_all_checks_have_a_name_and_a_sentence() -> None:
    found = doctor.checks(8501)
    assert [check.name for check in found] == [
        "python",
        "libraries",
        "other packages",
        "model",
        "data",
        "records",
        "port",
    ]
    assert {check.name for check in found if not check.required} == {"other packages", "data"}
    assert all(len(check.message) > 10 for check in found)


def test_no_numerical_library_is_imported() -> None:
    program = (
        "import sys, qcore.doctor; qcore.doctor.checks(8501);"
        "print({'torch', 'pennylane', 'sklearn', 'numpy', 'pandas', 'streamlit'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_an_old_python_is_refused() -> None:
    assert doctor.check_python((3, 11)).ok
    assert doctor.check_python((3, 13)).ok
    found = doctor.check_python((3, 9))
    assert not found.ok
    assert "3.11 is the oldest" in found.message


def test_a_build_of_the_pinned_release_is_that_release() -> None:
    installed = {"torch": "2.13.0+cpu", "numpy": "2.4.6", "unpinned": "1"}
    assert doctor.check_libraries("libraries", installed, PINS, installed, required=True).ok


def test_wrong_and_missing_libraries_come_with_the_command() -> None:
    installed = {"torch": "2.13.0", "numpy": "1.26.0"}
    found = doctor.check_libraries("libraries", PINS, PINS, installed, required=True)
    assert not found.ok
    assert found.message == (
        "numpy is 1.26.0 instead of 2.4.6, typer is missing. "
        "Run: .venv/bin/python -m pip install --constraint constraints.txt numpy typer"
    )


def test_names_are_compared_as_pip_does() -> None:
    constraints = "# a comment\nPyYAML==6.0.3\nfhir.resources==8.3.0 # why\nlibrary_of_x==1 ; python_version > '3'\n"
    assert doctor.pinned_versions(constraints) == {"pyyaml": "6.0.3", "fhir-resources": "8.3.0", "library-of-x": "1"}
    pyproject = '[project]\ndependencies = ["torch==2.13.0", "dask[distributed]", "Scikit_Learn>=1"]'
    assert doctor.needed_libraries(pyproject) == {"torch", "dask", "scikit-learn"}
    assert doctor.installed_versions()["pydantic-settings"]


def test_whole_weights_pass(models: Path) -> None:
    assert doctor.check_model(models).ok


def test_missing_weights_are_named(models: Path) -> None:
    (models / "control-7.safetensors").unlink()
    (models / "model.json").unlink()
    message = doctor.check_model(models).message
    assert "control-7.safetensors is missing, model.json is missing" in message
    assert "hybrid" not in message
    assert "qlinical train aki" in message


@pytest.mark.parametrize(
    "content",
    [b"", b"\x08", b"\xff" * 40, (2).to_bytes(8, "little") + b"{}", (2).to_bytes(8, "little") + b"[]", b"version 1"],
)
def test_damaged_weights_are_named(models: Path, content: bytes) -> None:
    (models / "hybrid-7.safetensors").write_bytes(content)
    found = doctor.check_model(models)
    assert not found.ok
    assert "hybrid-7.safetensors is damaged" in found.message


def test_weights_cut_short_are_named(models: Path) -> None:
    file = models / "gradient_boosting-7.safetensors"
    file.write_bytes(file.read_bytes()[:-1])
    assert "gradient_boosting-7.safetensors is damaged" in doctor.check_model(models).message


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_damaged_card_is_named(models: Path, content: str) -> None:
    (models / "model.json").write_text(content)
    assert "model.json is damaged" in doctor.check_model(models).message


def test_a_folder_in_place_of_a_file_is_named(models: Path) -> None:
    for name in ("hybrid-7.safetensors", "model.json"):
        (models / name).unlink()
        (models / name).mkdir()
    message = doctor.check_model(models).message
    assert "hybrid-7.safetensors cannot be read" in message
    assert "model.json cannot be read" in message


def test_data_is_found_or_asked_for(tmp_path: Path) -> None:
    found = doctor.check_data()
    assert (found.ok, found.required) == (False, False)
    assert "QLINICAL_DATA" in found.message
    (tmp_path / "data").mkdir()
    assert doctor.check_data().ok


def test_the_trail_is_verified() -> None:
    audit.append(Action.VIEW, "aki")
    assert doctor.check_database().ok
    with database.session(write=True) as session:
        session.delete(session.get_one(audit.AuditEvent, 1))
    found = doctor.check_database()
    assert not found.ok
    assert "Row 1 of the audit trail is missing" in found.message


def test_a_database_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "trail.db").mkdir()
    found = doctor.check_database()
    assert not found.ok
    assert "QLINICAL_DATABASE" in found.message


def test_a_missing_sqlalchemy_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "qcore.records.audit", None)
    found = doctor.check_database()
    assert not found.ok
    assert "pip install" in found.message


def test_a_taken_port_comes_with_a_free_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = doctor.check_port(port)
        assert not found.ok
        assert f"Port {port} on 127.0.0.1 is taken" in found.message
        other = int(found.message.split("PORT=")[1].split()[0])
        assert other != port
        assert doctor.check_port(other).ok
    assert doctor.check_port(port).ok


@pytest.mark.parametrize("port", [-1, 0, 65536])
def test_an_impossible_port_is_a_finding(port: int) -> None:
    assert f"There is no port {port}." in doctor.check_port(port).message
