"""qlinical parity: what it prints, and that a disagreement is an exit code."""

import json

import pytest
from toys import Command

from qcore.parity import checks
from qcore.parity.checks import Check

AGREE, DIFFER = Check("ideal against PennyLane", 2e-13, 1e-12), Check("fez against Aer", 3e-3, 1e-6)


def test_a_program_can_read_the_result(qlinical: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "checks", lambda: iter([AGREE, DIFFER]))
    done = qlinical("parity", "--json")
    assert json.loads(done.out) == {
        "checks": [
            {"name": "ideal against PennyLane", "value": 2e-13, "limit": 1e-12, "ok": True},
            {"name": "fez against Aer", "value": 3e-3, "limit": 1e-6, "ok": False},
        ]
    }
    assert done.code == 1, "a disagreement must not go unnoticed"


def test_a_person_sees_which_comparison_failed(qlinical: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "checks", lambda: iter([AGREE, DIFFER]))
    done = qlinical("parity")
    assert done.code == 1
    lines = {line.split(" against")[0].strip("│ "): line for line in done.out.splitlines() if "against" in line}
    assert "ok" in lines["ideal"]
    assert "no" in lines["fez"]
    assert "3.0e-03" in lines["fez"]


def test_agreement_is_success(qlinical: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "QUBITS", (1,))
    monkeypatch.setattr(checks, "REHEARSED_QUBITS", ())
    done = qlinical("parity", "--json")
    assert done.code == 0
    found = json.loads(done.out)["checks"]
    assert len(found) == 5 * len(checks.FAMILIES)
    assert all(check["ok"] and check["value"] <= check["limit"] for check in found)
