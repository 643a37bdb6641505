"""A calibration as a value: what it says of itself and what scaling changes."""

from dataclasses import FrozenInstanceError, replace

import made_up_devices as made_up
import pytest

from qcore.noise.device.processor import MAX_SCALE, Device

DEVICE = made_up.device()
FIRST, *REST = DEVICE.qubits


@pytest.mark.parametrize(
    "other",
    [
        replace(DEVICE, calibration_time="2026-01-02T03:04:06+00:00"),
        replace(DEVICE, dt_s=DEVICE.dt_s * (1 + 1e-15)),
        replace(DEVICE, edges=DEVICE.edges[:-1]),
        replace(DEVICE, qubits=(replace(FIRST, t1_s=FIRST.t1_s * (1 + 1e-15)), *REST)),
    ],
)
def test_every_change_of_the_calibration_changes_the_fingerprint(other: Device) -> None:
    assert other.fingerprint != DEVICE.fingerprint == made_up.device().fingerprint


def test_a_calibration_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        DEVICE.dt_s = 1.0  # type: ignore[misc]


@pytest.mark.parametrize("factor", [0.25, 1.0, 3.0])
def test_scaling_multiplies_rates_and_leaves_durations(factor: float) -> None:
    scaled = DEVICE.scaled(factor)
    for before, after in zip(DEVICE.qubits, scaled.qubits, strict=True):
        assert after.sx_error == factor * before.sx_error
        assert after.x_error == factor * before.x_error
        assert after.t1_s == before.t1_s / factor
        assert after.t2_s == before.t2_s / factor
        assert after.readout_error == pytest.approx(factor * before.readout_error)
        assert after.pulse_duration_s == before.pulse_duration_s
    for before, after in zip(DEVICE.edges, scaled.edges, strict=True):
        assert (after.error, after.duration_s) == (factor * before.error, before.duration_s)


def test_scale_1_is_the_calibration_and_scale_0_perfect() -> None:
    assert DEVICE.scaled(1.0) == DEVICE
    perfect = DEVICE.scaled(0.0)
    assert {time for qubit in perfect.qubits for time in (qubit.t1_s, qubit.t2_s)} == {float("inf")}
    assert {rate for q in perfect.qubits for rate in (q.sx_error, q.x_error, q.p1_given_0, q.p0_given_1)} == {0.0}
    assert {edge.error for edge in perfect.edges} == {0.0}


@pytest.mark.parametrize("factor", [-1e-9, MAX_SCALE + 1e-9, float("inf"), float("nan")])
def test_a_scale_out_of_range_is_refused(factor: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 5"):
        DEVICE.scaled(factor)
