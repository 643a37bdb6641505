"""Calibrated noise against the errors Aer makes of the same backend, and what its scale does."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit.quantum_info import PTM, SuperOp
from qiskit.transpiler import Target
from qiskit_aer.noise.device.models import basic_device_gate_errors
from qiskit_ibm_runtime import fake_provider

from qcore.noise import channels
from qcore.noise.channels import Matrix
from qcore.noise.device.calibration import load, shipped
from qcore.noise.device.processor import MAX_READOUT_ERROR, MAX_SCALE, Device
from qcore.noise.model import CalibratedNoise

# Place of our Pauli strings (I, Z, X, Y) among Qiskit's (I, X, Y, Z).
ONE = np.array([0, 3, 1, 2])
TWO = (4 * ONE[:, None] + ONE).reshape(-1)


def noteworthy(device: Device) -> list[tuple[int, int]]:
    """The best and the worst pair, those with the shortest T1, and one whose T2 exceeds 2 T1 where there is one."""
    edges = sorted(device.edges, key=lambda edge: edge.error)
    t1 = sorted(device.edges, key=lambda edge: min(device.qubits[q].t1_s for q in edge.qubits))
    cut = [e for e in device.edges if any(device.qubits[q].t2_s > 2 * device.qubits[q].t1_s for q in e.qubits)]
    return [edge.qubits for edge in (edges[0], edges[-1], t1[0], *cut[:1])]


@lru_cache
def target(name: str) -> Target:
    """The fake backend's own description, of the noteworthy pairs alone: that of all qubits takes Aer seconds."""
    whole = getattr(fake_provider, f"Fake{name.capitalize()}")().target
    part = Target(num_qubits=whole.num_qubits, dt=whole.dt, qubit_properties=whole.qubit_properties)
    pairs = noteworthy(load(name))
    kept = {at for pair in pairs for at in (pair, pair[::-1], pair[:1], pair[1:])}
    for gate in {"sx", "x", "cz", "ecr"} & set(whole.operation_names):
        known = {qubits: properties for qubits, properties in whole[gate].items() if qubits in kept}
        part.add_instruction(whole.operation_from_name(gate), known)
    return part


def errors_of_aer(name: str) -> Iterator[tuple[str, tuple[int, ...], Matrix]]:
    for gate, qubits, error in basic_device_gate_errors(target=target(name)):
        data = np.asarray(PTM(SuperOp(error)).data).real
        if len(qubits) == 2:  # Qiskit's first qubit is the less significant one
            data = data[np.ix_(TWO, TWO)].reshape(4, 4, 4, 4).transpose(1, 0, 3, 2).reshape(16, 16)
        yield gate, tuple(qubits), data if len(qubits) == 2 else data[np.ix_(ONE, ONE)]


@pytest.mark.parametrize("name", ["fez", "sherbrooke", "miami"])
def test_gate_errors_are_those_aer_makes_of_the_same_backend(name: str) -> None:
    noise = CalibratedNoise(load(name))
    compared = set()
    for gate, qubits, expected in errors_of_aer(name):
        np.testing.assert_allclose(noise.gate(gate, qubits), expected, rtol=0, atol=1e-9, err_msg=f"{gate} {qubits}")
        compared.add((gate, qubits))
    pairs = noteworthy(load(name))
    assert {(load(name).two_qubit_gate, pair) for pair in pairs} <= compared
    assert {(gate, (pair[0],)) for gate in ("sx", "x") for pair in pairs} <= compared


@pytest.mark.parametrize("name", ["fez", "sherbrooke"])
def test_a_pair_has_one_error_in_whichever_order_it_is_named(name: str) -> None:
    noise = CalibratedNoise(load(name))
    first, second = noteworthy(load(name))[1]
    there, back = (noise.gate(load(name).two_qubit_gate, pair) for pair in ((first, second), (second, first)))
    swapped = there.reshape(4, 4, 4, 4).transpose(1, 0, 3, 2).reshape(16, 16)
    np.testing.assert_allclose(swapped, back, rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", shipped())
def test_scale_0_is_a_perfect_processor(name: str) -> None:
    device = load(name)
    noise = CalibratedNoise(device, 0.0)
    for qubit in range(len(device.qubits)):
        assert (noise.idle(qubit, 1.0) == np.eye(4)).all()
        assert (noise.gate("sx", (qubit,)) == np.eye(4)).all()
        assert noise.readout(qubit) == (0.0, 0.0)
    for edge in device.edges:
        assert (noise.gate(device.two_qubit_gate, edge.qubits) == np.eye(16)).all()


@settings(max_examples=60)
@given(
    scale=st.floats(0, MAX_SCALE),
    name=st.sampled_from(["fez", "sherbrooke", "miami", "torino"]),
    choice=st.floats(0, 0.999),
)
def test_the_scale_multiplies_the_infidelity(scale: float, name: str, choice: float) -> None:
    device = load(name)
    noise = CalibratedNoise(device, scale)
    edge = device.edges[int(choice * len(device.edges))]
    first, second = (device.qubits[qubit] for qubit in edge.qubits)
    for gate, qubits, error, duration_s in (
        (device.two_qubit_gate, edge.qubits, edge.error, edge.duration_s),
        ("sx", edge.qubits[:1], first.sx_error, first.pulse_duration_s),
        ("x", edge.qubits[1:], second.x_error, second.pulse_duration_s),
    ):
        relaxation = channels.tensor(*(noise.idle(q, duration_s) for q in qubits))
        dim = 2 ** len(qubits)
        # Relaxation alone may already be worse than what was calibrated, and no gate is worse than one that forgets.
        expected = max(min(scale * error, dim / (dim + 1)), channels.average_infidelity(relaxation))
        assert channels.average_infidelity(noise.gate(gate, qubits)) == pytest.approx(expected, abs=1e-12)


@given(scale=st.floats(0.01, MAX_SCALE), qubit=st.integers(0, 132), time_s=st.floats(1e-9, 1e-4))
def test_relaxation_at_a_scale_is_relaxation_for_that_much_longer(scale: float, qubit: int, time_s: float) -> None:
    device = load("torino")
    expected = CalibratedNoise(device).idle(qubit, time_s * scale)
    np.testing.assert_allclose(CalibratedNoise(device, scale).idle(qubit, time_s), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", shipped())
def test_the_largest_scale_is_still_physical(name: str) -> None:
    device = load(name)
    noise = CalibratedNoise(device, MAX_SCALE)
    worst = sorted(device.edges, key=lambda edge: -edge.error)[:3]
    found = [noise.gate(gate, (qubit,)) for qubit in range(len(device.qubits)) for gate in ("sx", "x")]
    for matrix in [*found, *(noise.gate(device.two_qubit_gate, edge.qubits) for edge in worst)]:
        operators = channels.to_kraus(matrix)
        # What is not completely positive has no Kraus operators that give it back.
        np.testing.assert_allclose(channels.from_kraus(operators), matrix, rtol=0, atol=1e-12)
        np.testing.assert_array_equal(matrix[0], np.eye(len(matrix))[0])
    for number, qubit in enumerate(device.qubits):
        assert max(noise.readout(number)) <= max(MAX_READOUT_ERROR, qubit.p1_given_0, qubit.p0_given_1)


def test_read_out_stays_asymmetric_and_grows_with_the_scale_until_it_says_nothing() -> None:
    device = load("torino")
    for number, qubit in enumerate(device.qubits):
        assert CalibratedNoise(device).readout(number) == (qubit.p1_given_0, qubit.p0_given_1)
        doubled = CalibratedNoise(device, 2.0).readout(number)
        for calibrated, scaled in zip((qubit.p1_given_0, qubit.p0_given_1), doubled, strict=True):
            assert scaled == (min(2 * calibrated, 0.5) if calibrated <= 0.5 else calibrated)
    assert len({qubit.p1_given_0 - qubit.p0_given_1 for qubit in device.qubits}) > 10


@pytest.mark.parametrize("scale", [-0.1, 5.1, float("nan")])
def test_a_scale_out_of_range_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="scale must be a number, at least 0 and at most 5"):
        CalibratedNoise(load("fez"), scale).readout(0)


def test_the_label_tells_device_and_scale_and_the_fingerprint_every_difference() -> None:
    fez = load("fez")
    assert CalibratedNoise(fez).label == "noise of IBM Fez"
    assert CalibratedNoise(fez, 2.5).label == "noise of IBM Fez × 2.5"
    different = [CalibratedNoise(load(name), scale) for name in ("fez", "torino") for scale in (0.0, 1.0, 1.0 + 1e-12)]
    assert len({noise.fingerprint for noise in different}) == 6
    assert CalibratedNoise(fez, 2.0).fingerprint == CalibratedNoise(load("fez"), 2.0).fingerprint
