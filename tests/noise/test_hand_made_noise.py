"""Noise set by hand: every knob alone does to a one-gate circuit what the textbook says, and nothing else."""

import math
from dataclasses import fields

import pennylane as qml
import pytest
import torch
from torch import Tensor

from qcore.backends.noisy import NoisyBackend
from qcore.circuits import Circuit
from qcore.noise.model import PULSE_S, HandMadeNoise


def flipped(_inputs: Tensor, _weights: Tensor) -> None:
    qml.PauliX(0)


def superposed(_inputs: Tensor, _weights: Tensor) -> None:
    qml.Hadamard(0)


def entangled(_inputs: Tensor, _weights: Tensor) -> None:
    qml.Hadamard(0)
    qml.CNOT([0, 1])


EXCITED = Circuit("excited", 1, 0, 0, flipped, (qml.PauliZ(0),))
PLUS = Circuit("plus", 1, 0, 0, superposed, (qml.PauliX(0),))
GROUND = Circuit("ground", 1, 0, 0, lambda _inputs, _weights: None, (qml.PauliZ(0),))
BELL = Circuit("bell", 2, 0, 0, entangled, (qml.PauliZ(0) @ qml.PauliZ(1),))


def value(circuit: Circuit, noise: HandMadeNoise) -> float:
    inputs, weights = torch.zeros(1, 0, dtype=torch.float64), torch.zeros(0, dtype=torch.float64)
    return float(NoisyBackend(noise).expectations(circuit, inputs, weights).values)


@pytest.mark.parametrize(("circuit", "expected"), [(EXCITED, -1), (PLUS, 1), (GROUND, 1), (BELL, 1)])
def test_without_noise_circuits_are_perfect(circuit: Circuit, expected: float) -> None:
    assert value(circuit, HandMadeNoise()) == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("p", [0.01, 0.2])
class TestEachKnobAlone:
    def test_depolarizing_after_a_pulse(self, p: float) -> None:
        noise = HandMadeNoise(depolarizing_1q=p)
        assert value(EXCITED, noise) == pytest.approx(-(1 - p))
        assert value(PLUS, noise) == pytest.approx((1 - p) ** 2), "the pulse that turns X to Z is one more"
        assert value(GROUND, noise) == pytest.approx(1)

    def test_depolarizing_after_a_pair_gate(self, p: float) -> None:
        noise = HandMadeNoise(depolarizing_2q=p)
        assert value(BELL, noise) == pytest.approx(1 - p)
        assert value(EXCITED, noise) == pytest.approx(-1)

    def test_amplitude_damping(self, p: float) -> None:
        noise = HandMadeNoise(amplitude_damping=p)
        assert value(EXCITED, noise) == pytest.approx(1 - 2 * (1 - p))
        assert value(GROUND, noise) == pytest.approx(1)

    def test_phase_damping(self, p: float) -> None:
        noise = HandMadeNoise(phase_damping=p)
        assert value(PLUS, noise) == pytest.approx(math.sqrt(1 - p))
        assert value(EXCITED, noise) == pytest.approx(-1)

    def test_relaxation(self, p: float) -> None:
        noise = HandMadeNoise(t1_s=PULSE_S / p)
        assert value(EXCITED, noise) == pytest.approx(1 - 2 * math.exp(-p))
        assert value(GROUND, noise) == pytest.approx(1)

    def test_dephasing(self, p: float) -> None:
        noise = HandMadeNoise(t2_s=PULSE_S / p)
        assert value(PLUS, noise) == pytest.approx(math.exp(-p))
        assert value(EXCITED, noise) == pytest.approx(-1)

    def test_read_out_of_0(self, p: float) -> None:
        noise = HandMadeNoise(p1_given_0=p)
        assert value(GROUND, noise) == pytest.approx(1 - 2 * p)
        assert value(EXCITED, noise) == pytest.approx(-1)

    def test_read_out_of_1(self, p: float) -> None:
        noise = HandMadeNoise(p0_given_1=p)
        assert value(EXCITED, noise) == pytest.approx(-1 + 2 * p)
        assert value(GROUND, noise) == pytest.approx(1)


@pytest.mark.parametrize("p", [0.5, 0.7, 1.0])
def test_any_noise_that_can_be_set_can_be_run(p: float) -> None:
    assert value(EXCITED, HandMadeNoise(depolarizing_1q=p)) == pytest.approx(-(1 - p))
    assert value(BELL, HandMadeNoise(depolarizing_2q=p)) == pytest.approx(1 - p)
    assert value(EXCITED, HandMadeNoise(p1_given_0=p, p0_given_1=p)) == pytest.approx(-1 + 2 * p)


@pytest.mark.parametrize("name", [item.name for item in fields(HandMadeNoise)])
def test_values_out_of_range_are_refused_by_name(name: str) -> None:
    wrong = (0.0, -1e-6) if name.endswith("_s") else (-0.01, 1.01)
    for number in (*wrong, float("nan")):
        with pytest.raises(ValueError, match=f"{name} must"):
            HandMadeNoise(**{name: number})


def test_phase_cannot_outlive_what_t1_allows() -> None:
    for t2_s in (2.0000001e-4, 1.0):
        with pytest.raises(ValueError, match=r"t2_s must be at most twice t1_s, which is 0\.0002 s"):
            HandMadeNoise(t1_s=1e-4, t2_s=t2_s)
    # Just as long as it can be, and not set, are the same: nothing but T1 takes the phase.
    longest, unset = HandMadeNoise(t1_s=1e-4, t2_s=2e-4), HandMadeNoise(t1_s=1e-4)
    assert value(PLUS, longest) == value(PLUS, unset) == pytest.approx(math.exp(-PULSE_S / 2e-4))
    assert value(PLUS, HandMadeNoise(t1_s=1e-4, t2_s=1e-4)) < value(PLUS, longest)


def test_the_label_names_what_was_set_and_the_fingerprint_every_difference() -> None:
    assert HandMadeNoise().label == "noise set by hand (none)"
    noise = HandMadeNoise(depolarizing_2q=0.01, t1_s=1e-4)
    assert noise.label == "noise set by hand (after a two-qubit gate 0.01, T1 0.0001 s)"
    settings = [{}, *({item.name: 0.125} for item in fields(HandMadeNoise)), {"t1_s": 0.125 + 1e-15}]
    assert len({HandMadeNoise(**setting).fingerprint for setting in settings}) == len(settings)
