"""Parity: the real engine passes every comparison, and each comparison catches the error it is there for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from torch import Tensor

from qcore.backends import noisy
from qcore.backends.ideal import IdealBackend
from qcore.noise import channels, estimate, measurement
from qcore.parity import checks
from qcore.parity.checks import Check
from qcore.parity.random_circuits import FAMILIES


def run(monkeypatch: pytest.MonkeyPatch, qubits: tuple[int, ...], rehearsed: tuple[int, ...]) -> list[Check]:
    monkeypatch.setattr(checks, "QUBITS", qubits)
    monkeypatch.setattr(checks, "REHEARSED_QUBITS", rehearsed)
    return list(checks.checks())


def test_all_backends_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    found = run(monkeypatch, (1, 3), (1,))
    wrong = {check.name: check.value for check in found if not check.ok}
    assert wrong == {}
    assert len({check.name for check in found}) == len(found) == 5 * 2 * len(FAMILIES) + len(FAMILIES)
    for family in FAMILIES:
        for against, limit in (
            ("ideal against default.qubit, float32", 1e-6),
            ("ideal against default.qubit, float64", 1e-12),
            ("fez at noise scale 0 against ideal", 1e-9),
            ("fez against Aer density_matrix", 1e-6),
            ("4096 shots of fez in standard errors", 5.0),
        ):
            (check,) = (check for check in found if check.name == f"{against}, {family}, 3 qubits")
            assert check.limit <= limit
            assert 0 <= check.value < check.limit


def test_everything_that_was_promised_is_compared() -> None:
    assert tuple(checks.QUBITS) == tuple(range(1, 10))
    assert {"fez", "sherbrooke"} <= set(checks.DEVICES)
    assert len(checks.REHEARSED_QUBITS) > 0


@pytest.mark.parametrize(("value", "ok"), [(0.5, True), (1.0, True), (1.1, False), (float("nan"), False)])
def test_a_check_is_passed_up_to_its_limit(value: float, ok: bool) -> None:
    assert Check("any", value, 1.0).ok is ok


def longer(relaxation: Callable[..., Any]) -> Callable[..., Any]:
    return lambda t1_s, t2_s, time_s: relaxation(t1_s, t2_s, 1.01 * time_s)


def weaker(depolarizing: Callable[..., Any]) -> Callable[..., Any]:
    return lambda probability, n_qubits: depolarizing(0.99 * probability, n_qubits)


def mixed_up(readout: Callable[..., Any]) -> Callable[..., Any]:
    return lambda errors: readout(errors[::-1])


def without_cz(gate: Callable[..., Any]) -> Callable[..., Any]:
    return lambda name: channels.tensor(gate("x"), gate("x")) if name == "cz" else gate(name)


def shifted(sample: Callable[..., Any]) -> Callable[..., Any]:
    def biased(*arguments: Any) -> Any:
        drawn = sample(*arguments)
        return replace(drawn, mean=drawn.mean + 8 * drawn.covariance.diagonal(0, 1, 2) ** 0.5)

    return biased


BREAKAGES = {
    "relaxation 1 % too strong": (channels, "thermal_relaxation", longer, "against Aer"),
    "depolarisation 1 % too weak": (channels, "depolarizing", weaker, "against Aer"),
    "read-out errors swapped": (measurement, "z_readout", mixed_up, "against Aer"),
    "another gate instead of CZ": (channels, "gate", without_cz, "at noise scale 0"),
    "shots off by eight standard errors": (estimate, "sample", shifted, "in standard errors"),
}


@pytest.mark.usefixtures("fresh_engine")
@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_engine_is_caught(breakage: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, name, wrong, caught_by = BREAKAGES[breakage]
    monkeypatch.setattr(module, name, wrong(getattr(module, name)))
    monkeypatch.setattr(checks, "DEVICES", ("fez",))
    failed = [check.name for check in run(monkeypatch, (2,), ()) if not check.ok]
    assert any(caught_by in name for name in failed)
    assert not any("default.qubit" in name for name in failed), "the ideal backend is not broken"


def test_a_broken_ideal_backend_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = IdealBackend.expectations

    def wrong(self: IdealBackend, *arguments: Any) -> Any:
        found = right(self, *arguments)
        return replace(found, values=found.values + 1e-5)

    monkeypatch.setattr(IdealBackend, "expectations", wrong)
    failed = [check.name for check in run(monkeypatch, (1,), ()) if not check.ok]
    assert len(failed) == 2 * len(FAMILIES)
    assert all(name.startswith("ideal against default.qubit") for name in failed)


@pytest.mark.usefixtures("fresh_engine")
def test_patients_mixed_up_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    right = noisy.exact

    def rolled(traced: object, noise: object, observables: object, slots: Tensor, mitigation: object) -> object:
        return right(traced, noise, observables, slots.roll(1, 0), mitigation)

    monkeypatch.setattr(noisy, "exact", rolled)
    failed = [check.name for check in run(monkeypatch, (2,), ()) if not check.ok]
    assert any("against Aer" in name for name in failed)
