"""Answers follow weights continuously: one template a circuit, no noisier than numbers make it, or it is said."""

from collections import Counter

import numpy as np
import pennylane as qml
import pytest
import torch
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import TRANSPILED_ANEW, NoisyBackend
from qcore.circuits import Circuit
from qcore.circuits.ansatz import STRONG
from qcore.circuits.encodings import IQP
from qcore.circuits.experts import expert
from qcore.circuits.qcnn import qcnn
from qcore.circuits.reuploading import layered
from qcore.noise.device.calibration import load
from qcore.noise.model import CalibratedNoise
from qcore.noise.transpile.placement import as_qiskit, optimised
from qcore.noise.transpile.to_device import transpile
from qcore.noise.transpile.trace import bound_trace
from qcore.parity.random_circuits import mixed

CIRCUITS = [layered(3, 2), layered(3, 2, IQP), layered(3, 2, ansatz=STRONG), expert(3, 1), mixed(3, 2)]
SIGNS = (1, pytest.param(-1, marks=pytest.mark.slow))
SPECIAL = {"0": 0.0, "pi/2": np.pi / 2, "pi": np.pi, "-pi/2": -np.pi / 2}


def angles(circuit: Circuit, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    inputs = 6 * torch.rand(4, circuit.n_inputs, generator=generator, dtype=torch.float64) - 3
    return inputs, 6 * torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) - 3


def largest_jump(backend: NoisyBackend, circuit: Circuit, inputs: Tensor, weights: Tensor, step: float) -> float:
    usual = backend.expectations(circuit, inputs, weights).values
    jumps = []
    for place in range(circuit.n_weights):
        moved = weights.clone()
        moved[place] += step
        jumps.append(float((backend.expectations(circuit, inputs, moved).values - usual).abs().max()))
    return max(jumps)


@pytest.mark.usefixtures("fresh_engine")
@pytest.mark.parametrize("device", ["fez", pytest.param("sherbrooke", marks=pytest.mark.slow)])
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("circuit", CIRCUITS, ids=lambda circuit: circuit.name)
def test_a_tiny_change_of_a_weight_is_a_tiny_change_of_the_answer(circuit: Circuit, sign: int, device: str) -> None:
    backend = NoisyBackend(CalibratedNoise(load(device)))
    inputs, weights = angles(circuit)
    assert largest_jump(backend, circuit, inputs, weights, sign * 1e-12) < 1e-10
    assert largest_jump(backend, circuit, inputs, weights, sign * 1e-6) < 1e-5
    assert TRANSPILED_ANEW not in backend.expectations(circuit, inputs, weights).provenance.device


@pytest.mark.usefixtures("fresh_engine")
@pytest.mark.parametrize(
    "value", ["0", "pi/2", *(pytest.param(each, marks=pytest.mark.slow) for each in ("pi", "-pi/2"))]
)
@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("circuit", CIRCUITS, ids=lambda circuit: circuit.name)
def test_special_weights_are_no_cliff(circuit: Circuit, sign: int, value: str) -> None:
    backend = NoisyBackend(CalibratedNoise(load("fez")))
    inputs, weights = angles(circuit)[0], torch.full((circuit.n_weights,), SPECIAL[value], dtype=torch.float64)
    assert largest_jump(backend, circuit, inputs, weights, sign * 1e-12) < 1e-10
    assert largest_jump(backend, circuit, inputs, weights, sign * 1e-6) < 1e-3


@pytest.mark.parametrize("circuit", [*CIRCUITS, qcnn(4), mixed(4, 1)], ids=lambda circuit: circuit.name)
def test_a_template_is_no_longer_than_what_numbers_become(circuit: Circuit) -> None:
    device = load("fez")
    for seed in range(2):
        weights = angles(circuit, seed)[1]
        traced = bound_trace(circuit, weights)
        numbers, _ = optimised(as_qiskit(circuit.n_qubits, traced.gates, traced.n_slots), device)
        found = Counter(instruction.name for instruction in transpile(circuit, device, weights).instructions)
        expected = numbers.count_ops()
        assert found["cz"] <= expected["cz"]
        assert found["sx"] + found["x"] <= expected["sx"] + expected.get("x", 0)


def test_where_numbers_make_it_shorter_the_answer_says_what_that_costs() -> None:
    circuit = qcnn(4)
    inputs, weights = angles(circuit)
    found = NoisyBackend(CalibratedNoise(load("fez"))).expectations(circuit, inputs, weights)
    assert found.provenance.device == f"noise of IBM Fez, simulated{TRANSPILED_ANEW}"


@pytest.mark.parametrize("circuit", [*CIRCUITS, qcnn(4)], ids=lambda circuit: circuit.name)
@pytest.mark.parametrize("value", [None, *SPECIAL])
def test_a_template_does_what_the_circuit_does(circuit: Circuit, value: str | None) -> None:
    inputs, weights = angles(circuit)
    if value is not None:
        weights = torch.full_like(weights, SPECIAL[value])
    found = NoisyBackend(CalibratedNoise(load("fez"), 0.0)).expectations(circuit, inputs, weights).values
    torch.testing.assert_close(found, IdealBackend().expectations(circuit, inputs, weights).values, rtol=0, atol=1e-9)


def test_what_is_always_a_rotation_about_z_costs_no_pulse() -> None:
    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.RX(inputs[..., 0], 0)
        qml.Hadamard(0)
        qml.RX(weights[0], 0)
        qml.Hadamard(0)
        qml.RX(inputs[..., 1], 0)

    circuit = Circuit("about Z", 1, 2, 1, queue, (qml.PauliZ(0),))
    isa = transpile(circuit, load("fez"), torch.tensor([0.7], dtype=torch.float64))
    assert sum(instruction.name in {"sx", "x"} for instruction in isa.instructions) <= 4
