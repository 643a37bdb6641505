"""The engine's values against PennyLane without noise, and against a density matrix moved gate by gate with it."""

from dataclasses import replace

import made_up_devices as made_up
import pennylane as qml
import pytest
import torch
from density_matrix import Simulator
from noise_engine import built, runner, transpiled
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.circuits import Circuit, reuploading
from qcore.noise.device.calibration import load
from qcore.noise.measurement import pauli_sum
from qcore.noise.model import CalibratedNoise, HandMadeNoise, NoiseModel
from qcore.parity.random_circuits import FAMILIES, mixed

NOISE: dict[str, NoiseModel] = {
    "cz": CalibratedNoise(made_up.device()),
    "ecr": CalibratedNoise(made_up.device(two_qubit_gate="ecr"), 0.7),
    "fez x 5": CalibratedNoise(load("fez"), 5.0),
    "sherbrooke": CalibratedNoise(load("sherbrooke")),
    "by hand": HandMadeNoise(0.01, 0.03, 0.02, 0.04, 50e-6, 30e-6, 0.02, 0.05),
}


def with_observables(circuit: Circuit) -> Circuit:
    """The same circuit, read along every letter, several qubits at once, and in sums."""
    last = circuit.n_qubits - 1
    observables = (
        qml.PauliX(0),
        qml.PauliY(last),
        qml.PauliZ(0),
        qml.Identity(last),
        0.5 * qml.PauliZ(0) - 2.0 * qml.PauliX(last) + 0.25 * qml.Identity(0),
        *([qml.PauliY(0) @ qml.PauliX(last)] if last else []),
        *([qml.PauliX(0) @ qml.PauliZ(1) @ qml.PauliZ(2)] if last > 1 else []),
    )
    return replace(circuit, observables=observables)


def by_hand(circuit: Circuit, noise: NoiseModel, inputs: Tensor, weights: Tensor, folds: int = 1) -> Tensor:
    isa = transpiled(circuit, noise, weights, folds)
    return Simulator(isa, noise).expectations([pauli_sum(o) for o in circuit.observables], inputs, weights)


def by_engine(circuit: Circuit, noise: NoiseModel, inputs: Tensor, weights: Tensor, folds: int = 1) -> Tensor:
    isa = transpiled(circuit, noise, weights, folds)
    return runner(isa, built(isa, noise))(inputs, weights)


@pytest.mark.parametrize("noise", NOISE)
@pytest.mark.parametrize(
    "circuit", [reuploading(1, 2), reuploading(3, 3), mixed(1, 4), mixed(2, 5), mixed(3, 6)], ids=lambda c: c.name
)
def test_as_a_density_matrix_gate_by_gate(circuit: Circuit, noise: str) -> None:
    circuit = with_observables(circuit)
    inputs, weights = made_up.angles(circuit, batch=2)
    expected = by_hand(circuit, NOISE[noise], inputs, weights)
    torch.testing.assert_close(by_engine(circuit, NOISE[noise], inputs, weights), expected, rtol=0, atol=1e-12)
    isa = transpiled(circuit, NOISE[noise])
    symbolic = runner(isa, built(isa, NOISE[noise]))(inputs, weights)
    measured = [pauli_sum(observable) for observable in circuit.observables]
    expected = Simulator(isa, NOISE[noise]).expectations(measured, inputs, weights)
    torch.testing.assert_close(symbolic, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("noise", ["cz", "ecr"])
@pytest.mark.parametrize("folds", [3, 5])
def test_folded_circuits_as_a_density_matrix(noise: str, folds: int) -> None:
    circuit = mixed(2, 5)
    inputs, weights = made_up.angles(circuit, batch=2)
    expected = by_hand(circuit, NOISE[noise], inputs, weights, folds)
    found = by_engine(circuit, NOISE[noise], inputs, weights, folds)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("device", ["fez", "sherbrooke", "miami"])
@pytest.mark.parametrize("n_qubits", [1, 2, 4, 6])
@pytest.mark.parametrize("family", FAMILIES)
def test_without_noise_as_pennylane(family: str, n_qubits: int, device: str) -> None:
    circuit = with_observables(FAMILIES[family](n_qubits, n_qubits + 1))
    inputs, weights = made_up.angles(circuit, batch=2)
    found = by_engine(circuit, CalibratedNoise(load(device), 0.0), inputs, weights)
    expected = IdealBackend().expectations(circuit, inputs, weights).values
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-9)


@pytest.mark.parametrize("device", ["fez", "sherbrooke"])
def test_folding_changes_nothing_without_noise(device: str) -> None:
    circuit = mixed(3, 2)
    inputs, weights = made_up.angles(circuit)
    noise = CalibratedNoise(load(device), 0.0)
    once, *folded = (by_engine(circuit, noise, inputs, weights, folds) for folds in (1, 3, 5))
    for values in folded:
        torch.testing.assert_close(values, once, rtol=0, atol=1e-9)


@pytest.mark.parametrize("device", ["fez", "sherbrooke"])
def test_every_fold_adds_noise(device: str) -> None:
    def entangled(_inputs: Tensor, _weights: Tensor) -> None:
        qml.Hadamard(0)
        qml.CNOT([0, 1])
        qml.CNOT([1, 2])

    parities = (qml.PauliZ(0) @ qml.PauliZ(1), qml.PauliX(0) @ qml.PauliX(1) @ qml.PauliX(2))
    circuit = Circuit("ghz", 3, 0, 0, entangled, parities)
    values = [
        by_engine(circuit, CalibratedNoise(load(device)), torch.zeros(1, 0).double(), torch.zeros(0).double(), folds)
        for folds in (1, 3, 5)
    ]
    assert (torch.stack(values).diff(dim=0) < -1e-3).all()
    assert (values[2] > 0.5).all()


@pytest.mark.parametrize("noise", ["cz", "ecr"])
def test_more_noise_brings_every_answer_nearer_to_none(noise: str) -> None:
    circuit = reuploading(3, 3)
    inputs, weights = made_up.angles(circuit, batch=20)
    device = NOISE[noise].device
    spread = [by_engine(circuit, CalibratedNoise(device, s), inputs, weights).std(0) for s in (0.0, 0.5, 1.0, 2.0, 5.0)]
    assert (torch.stack(spread).diff(dim=0) < 0).all()


def test_waiting_is_part_of_the_answer() -> None:
    circuit, noise = mixed(3, 6), CalibratedNoise(made_up.device())
    inputs, weights = made_up.angles(circuit, batch=2)
    isa = transpiled(circuit, noise, weights)
    relaxed = runner(isa, built(isa, noise))(inputs, weights)
    waits = sum(instruction.duration_s for instruction in isa.instructions if instruction.name == "delay")
    assert waits > 0
    without = replace(isa, instructions=tuple(i for i in isa.instructions if i.name != "delay"))
    assert (runner(isa, built(without, noise))(inputs, weights) - relaxed).abs().max() > 1e-4
