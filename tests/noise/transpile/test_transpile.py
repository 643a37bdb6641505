"""From a circuit to instructions: on coupled qubits, in the calibrated direction, without gaps, folded or not."""

from collections import Counter

import made_up_devices as made_up
import numpy as np
import pennylane as qml
import pytest
import torch
from density_matrix import Simulator
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.circuits import Circuit, reuploading
from qcore.noise.device.calibration import load
from qcore.noise.device.line import best_line
from qcore.noise.device.processor import Device
from qcore.noise.measurement import pauli_sum
from qcore.noise.model import CalibratedNoise, HandMadeNoise
from qcore.noise.transpile.isa import IsaCircuit
from qcore.noise.transpile.to_device import transpile, transpile_trace
from qcore.noise.transpile.trace import symbolic_trace
from qcore.parity.random_circuits import mixed

CZ, ECR = made_up.device(), made_up.device(two_qubit_gate="ecr")


def on_the_processor(isa: IsaCircuit) -> list[tuple[str, tuple[int, ...]]]:
    """Names and physical qubits."""
    return [(i.name, tuple(isa.line[position] for position in i.qubits)) for i in isa.instructions]


@pytest.mark.parametrize("device", [load("fez"), load("sherbrooke"), load("miami"), CZ, ECR], ids=lambda d: d.name)
@pytest.mark.parametrize("circuit", [reuploading(3, 2), mixed(3, 1), mixed(4, 2)], ids=lambda c: c.name)
def test_only_gates_the_processor_has_on_its_best_line(circuit: Circuit, device: Device) -> None:
    _, weights = made_up.angles(circuit)
    for isa in (transpile(circuit, device), transpile(circuit, device, weights)):
        assert isa.line == best_line(device, circuit.n_qubits)
        assert sorted(isa.measured) == list(range(circuit.n_qubits))
        calibrated = {edge.qubits for edge in device.edges}
        if device.two_qubit_gate == "cz":
            calibrated |= {pair[::-1] for pair in calibrated}
        for name, qubits in on_the_processor(isa):
            assert name in {"rz", "sx", "x", "delay", device.two_qubit_gate}
            assert len(qubits) == 1 or (name == device.two_qubit_gate and qubits in calibrated)


@pytest.mark.parametrize("folds", [1, 3])
@pytest.mark.parametrize("device", [load("fez"), load("sherbrooke"), CZ, ECR], ids=lambda d: d.name)
def test_no_qubit_is_ever_left_unaccounted_for(device: Device, folds: int) -> None:
    isa = transpile_trace(symbolic_trace(mixed(3, 1)), device, folds)
    durations = {frozenset(edge.qubits): edge.duration_s for edge in device.edges}
    total: Counter[int] = Counter()
    for instruction, (name, qubits) in zip(isa.instructions, on_the_processor(isa), strict=True):
        for position, qubit in zip(instruction.qubits, qubits, strict=True):
            if name in {"sx", "x"}:
                total[position] += device.qubits[qubit].pulse_duration_s
            elif len(qubits) == 2:
                total[position] += durations[frozenset(qubits)]
            else:
                total[position] += instruction.duration_s
    assert isa.duration_s > 0
    assert dict(total) == pytest.approx(dict.fromkeys(range(3), isa.duration_s), rel=1e-9)


def test_a_qubit_that_waits_relaxes() -> None:
    def queue(inputs: Tensor, _weights: Tensor) -> None:
        qml.PauliX(0)
        qml.Hadamard(1)
        qml.CZ([0, 1])
        for turn in range(6):
            (qml.RX, qml.RY)[turn % 2](inputs[..., turn], 1)

    noise = HandMadeNoise(t1_s=2e-6)
    circuit = Circuit("waiting", 2, 6, 0, queue, (qml.PauliZ(0),))
    isa = transpile(circuit, noise.device)
    excited = next(place for place, i in enumerate(isa.instructions) if i.name == "x")
    (qubit,) = isa.instructions[excited].qubits
    lengths = {"x": 32e-9, "cz": 68e-9}
    later = [i for i in isa.instructions[excited:] if qubit in i.qubits]
    time_s = sum(lengths.get(i.name, i.duration_s) for i in later)
    assert time_s > 5 * 32e-9 + 68e-9, "most of that time the qubit does nothing"
    value = Simulator(isa, noise).expectations([pauli_sum(qml.PauliZ(0))], torch.ones(1, 6), torch.zeros(0))
    assert float(value) == pytest.approx(1 - 2 * np.exp(-time_s / 2e-6), abs=1e-9)


@pytest.mark.parametrize("device", [CZ, ECR], ids=["cz", "ecr"])
@pytest.mark.parametrize("folds", [3, 5])
def test_folding_repeats_the_pair_gates_and_nothing_else(device: Device, folds: int) -> None:
    traced = symbolic_trace(mixed(3, 1))
    once, folded = (transpile_trace(traced, device, n) for n in (1, folds))
    counts = [Counter(i.name for i in isa.instructions if i.name != "delay") for isa in (once, folded)]
    pairs = counts[0].pop(device.two_qubit_gate)
    assert counts[1].pop(device.two_qubit_gate) == folds * pairs > 0
    assert counts[0] == counts[1]
    assert folded.duration_s > once.duration_s
    assert folded.measured == once.measured


@pytest.mark.parametrize("folds", [0, 2, 4, -1])
def test_an_even_number_of_folds_is_refused(folds: int) -> None:
    with pytest.raises(ValueError, match="an odd number of times"):
        transpile_trace(symbolic_trace(reuploading(2, 2)), CZ, folds)


def test_the_same_circuit_always_becomes_the_same_instructions() -> None:
    traced = symbolic_trace(mixed(4, 3))
    first, second = (transpile_trace(traced, load("sherbrooke")) for _ in range(2))
    assert first == second


def test_bound_weights_make_a_shorter_circuit_with_fewer_symbolic_angles() -> None:
    circuit = mixed(3, 2)
    _, weights = made_up.angles(circuit)
    symbolic, bound = transpile(circuit, CZ), transpile(circuit, CZ, weights)

    def turned(isa: IsaCircuit) -> int:
        return sum(i.angle is not None and bool(i.angle.terms) for i in isa.instructions)

    assert turned(bound) < turned(symbolic)
    assert len(bound.instructions) < len(symbolic.instructions)


@pytest.mark.parametrize("device", [CZ, ECR], ids=["cz", "ecr"])
@pytest.mark.parametrize("seed", range(3))
def test_without_noise_the_instructions_give_the_values_of_the_circuit(device: Device, seed: int) -> None:
    circuit = mixed(3, seed)
    inputs, weights = made_up.angles(circuit, batch=2)
    isa = transpile(circuit, device, weights)
    measured = [pauli_sum(observable) for observable in circuit.observables]
    found = Simulator(isa, CalibratedNoise(device, 0.0)).expectations(measured, inputs, weights)
    expected = IdealBackend().expectations(circuit, inputs, weights).values
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-9)


def test_one_qubit_alone_needs_no_pair() -> None:
    isa = transpile(reuploading(1, 3), made_up.device(1, []))
    assert (isa.line, isa.measured) == ((0,), (0,))
    assert {i.name for i in isa.instructions} <= {"rz", "sx", "x"}
