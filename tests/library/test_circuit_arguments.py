"""Circuits, angles and noise that cannot be are refused by both simulators in a sentence, before anything runs."""

from collections.abc import Callable

import numpy as np
import pennylane as qml
import pytest
import torch

import qcore
from qcore.errors import InvalidValue, QlinicalError, UnsuitableCircuit

CIRCUIT = qcore.reuploading(2, 1)
INPUTS, WEIGHTS = torch.zeros(3, 2), torch.zeros(2)
Z = (qml.PauliZ(0),)


@pytest.mark.parametrize("place", ["ideal", "noisy:fez"])
@pytest.mark.parametrize(
    ("circuit", "inputs", "weights", "sentence"),
    [
        (None, INPUTS, WEIGHTS, "circuit must be a qcore.Circuit"),
        (CIRCUIT, INPUTS.numpy(), WEIGHTS, "torch tensors"),
        (CIRCUIT, torch.tensor(1.0), WEIGHTS, r"takes inputs \(batch, 2\), not \(\)"),
        (CIRCUIT, INPUTS.long(), WEIGHTS, "finite floating-point angles"),
        (CIRCUIT, INPUTS[:0], WEIGHTS, "one patient or more"),
        (CIRCUIT, INPUTS, WEIGHTS * torch.nan, "Weights must be finite"),
        (CIRCUIT, INPUTS, torch.zeros(3), r"takes 2 weights, not \(3,\)"),
    ],
)
def test_what_a_backend_cannot_run_is_refused(
    place: str, circuit: qcore.Circuit, inputs: torch.Tensor, weights: torch.Tensor, sentence: str
) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        qcore.backend(place).expectations(circuit, inputs, weights)


@pytest.mark.parametrize("place", ["ideal", "noisy:fez"])
@pytest.mark.parametrize(
    ("gate", "sentence"),
    [
        (lambda inputs, _: qml.RX(inputs[..., 0], wires=5), "gate RX of mine acts on wire 5: .* 0 to 1"),
        (lambda inputs, _: qml.RX(inputs[..., 7], wires=0), "ask for an angle that is not there"),
    ],
)
def test_gates_outside_the_register_or_the_angles_are_named(
    place: str, gate: Callable[[torch.Tensor, torch.Tensor], None], sentence: str
) -> None:
    own = qcore.Circuit("mine", 2, 2, 2, gate, Z)
    with pytest.raises(UnsuitableCircuit, match=sentence):
        qcore.backend(place).expectations(own, INPUTS, WEIGHTS)


def noise_of(**settings: object) -> qcore.CalibratedNoise:
    return qcore.CalibratedNoise(**{"device": qcore.device("fez"), **settings})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: qcore.Circuit("x", 0, 1, 1, CIRCUIT.queue, Z), "n_qubits must be a whole number, 1 or more"),
        (lambda: qcore.Circuit("x", 2, 1.5, 1, CIRCUIT.queue, Z), "n_inputs must be a whole number"),
        (lambda: qcore.Circuit("x", 2, 1, -1, CIRCUIT.queue, Z), "n_weights must be a whole number"),
        (lambda: qcore.Circuit("x", 2, 2, 2, "gates", Z), "queue must be a function"),
        (lambda: qcore.Circuit("x", 2, 2, 2, CIRCUIT.queue, ()), "observables must be a tuple"),
        (lambda: qcore.Circuit("x", 2, 2, 2, CIRCUIT.queue, [qml.PauliZ(0)]), "observables must be a tuple"),
        (lambda: qcore.Circuit("x", 2, 2, 2, CIRCUIT.queue, ("Z",)), "one of PennyLane's"),
        (lambda: qcore.reuploading(2.5, 1), "n_qubits must be a whole number, 1 or more, not 2.5"),
        (lambda: qcore.reuploading(2, 0), "n_layers must be a whole number"),
        (lambda: qcore.layered(2, 1, "angel"), "no encoding 'angel'. Choose from angle, iqp, amplitude"),
        (lambda: qcore.layered(2, 1, ansatz=3), "ansatz must be one of separate, chain"),
        (lambda: qcore.layered(2, 1, observables="zz"), "no observables 'zz'. Choose from z, xyz-zz"),
        (lambda: noise_of(device="fez"), r"device must be a calibration, such as qcore.device\('fez'\)"),
        (lambda: noise_of(scale=9), "scale must be a number, at least 0 and at most 5, not 9"),
        (lambda: qcore.HandMadeNoise(depolarizing_1q="much"), "depolarizing_1q must be a number"),
        (lambda: qcore.HandMadeNoise(t1_s=np.nan), "t1_s must be a number, above 0"),
        (lambda: qcore.NoisyBackend("fez"), "noise must be noise, such as qcore.CalibratedNoise"),
        (lambda: qcore.NoisyBackend(noise_of(), shots=0), "shots must be a whole number, 1 to 1,000,000, not 0"),
        (lambda: qcore.NoisyBackend(noise_of(), shots=1.5), "shots must be a whole number"),
        (lambda: qcore.NoisyBackend(noise_of(), seed=-1), "seed must be a whole number"),
        (lambda: qcore.device(["fez"]), "name of a device must be text"),
        (lambda: qcore.device_summary("fez"), "device must be a calibration"),
        (lambda: qcore.QuantumLayer("reuploading"), "circuit must be a qcore.Circuit"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_made(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(QlinicalError, match=sentence):
        make()


def test_an_encoding_and_an_ansatz_may_be_named() -> None:
    assert qcore.layered(2, 1, "iqp", "strong", "xyz-zz").name == "iqp-strong-2x1-xyz-zz"
