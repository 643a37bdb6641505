"""Credentials come from the environment or from a mapping, and from nowhere else."""

import re
import subprocess
import sys

import pytest

from qcore.backends.ibm_account import HOW_TO_CONNECT, Credentials, from_environment

NAMES = ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_no_token_is_no_account() -> None:
    assert from_environment() is None
    assert from_environment({"QISKIT_IBM_INSTANCE": "crn:1"}) is None
    assert from_environment({"QISKIT_IBM_TOKEN": "  "}) is None


def test_the_environment_comes_before_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {"QISKIT_IBM_TOKEN": "from-file", "QISKIT_IBM_INSTANCE": "crn:1"}
    assert from_environment(secrets) == Credentials("from-file", "crn:1", "ibm_quantum_platform")
    monkeypatch.setenv("QISKIT_IBM_TOKEN", " key \n")
    monkeypatch.setenv("QISKIT_IBM_CHANNEL", "ibm_cloud")
    assert from_environment(secrets) == Credentials("key", "crn:1", "ibm_cloud")
    assert from_environment() == Credentials("key", None, "ibm_cloud")


def test_how_to_connect_is_two_sentences_with_the_names_of_the_settings() -> None:
    assert len(re.findall(r"[a-z]\. (?=[A-Z])|\.$", HOW_TO_CONNECT)) == 2
    assert "QISKIT_IBM_TOKEN" in HOW_TO_CONNECT
    assert "QISKIT_IBM_INSTANCE" in HOW_TO_CONNECT


def test_knowing_about_jobs_and_accounts_loads_no_heavy_library() -> None:
    code = (
        "import sys, qcore.backends.ibm_account, qcore.backends.ibm_job, qcore.records.jobs;"
        "print({'torch', 'qiskit', 'qiskit_ibm_runtime', 'pennylane'} & set(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
