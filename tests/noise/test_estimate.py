"""Estimates from shots, with and without mitigation: unbiased, with honest standard errors, reproducible."""

from dataclasses import replace

import made_up_devices as made_up
import numpy as np
import pennylane as qml
import pytest
import torch
from noise_engine import built, runner, transpiled
from torch import Tensor

from qcore.circuits import Circuit, reuploading
from qcore.errors import InvalidValue
from qcore.noise.device.calibration import load
from qcore.noise.estimate import Estimate, exact, from_shots
from qcore.noise.measurement import pauli_sum
from qcore.noise.mitigation import EXTRAPOLATIONS, Mitigation
from qcore.noise.model import CalibratedNoise, HandMadeNoise, NoiseModel
from qcore.noise.transpile.trace import bound_trace, symbolic_trace
from qcore.parity.random_circuits import mixed

FEZ = CalibratedNoise(load("fez"))
PLAIN = Mitigation()
# Read along Z, X and Y, alone and together: three bases, and words that share one.
OBSERVABLES = (
    qml.PauliZ(0),
    qml.PauliZ(0) @ qml.PauliZ(1),
    qml.PauliX(0),
    qml.PauliY(0) @ qml.PauliX(1),
    0.5 * qml.PauliZ(1) - 2.0 * qml.PauliX(0) + 0.25 * qml.Identity(0),
    qml.Identity(1),
)
CIRCUIT = replace(mixed(2, 7), observables=OBSERVABLES)


def estimate(
    mitigation: Mitigation = PLAIN,
    shots: int | None = None,
    seed: int = 0,
    batch: int = 300,
    noise: NoiseModel = FEZ,
    circuit: Circuit = CIRCUIT,
) -> Estimate:
    inputs, weights = made_up.angles(circuit, batch)
    traced = bound_trace(circuit, weights)
    arguments = traced, noise, [pauli_sum(o) for o in circuit.observables], traced.slots(inputs, weights), mitigation
    return exact(*arguments) if shots is None else from_shots(*arguments, shots, seed)


MITIGATIONS = [PLAIN, Mitigation(readout=True), Mitigation(extrapolation="linear"), Mitigation(True, "quadratic")]


@pytest.mark.parametrize("mitigation", MITIGATIONS, ids=lambda m: m.label)
def test_estimates_scatter_around_the_exact_value_as_much_as_they_say(mitigation: Mitigation) -> None:
    found, expected = estimate(mitigation, shots=400), estimate(mitigation).values
    assert found.covariance is not None
    assert found.covariance.shape == (300, 6, 6)
    errors = found.covariance.diagonal(0, 1, 2).sqrt()
    assert (found.values[:, 5] - 1).abs().max() < 1e-12, "the identity is certain"
    z = ((found.values - expected) / errors)[:, :5]
    assert z.abs().max() < 5
    assert (z.mean(0).abs() < 5 / np.sqrt(300)).all(), "biased"
    assert ((z.std(0) - 1).abs() < 5 / np.sqrt(600)).all(), "the standard errors are wrong"


@pytest.mark.parametrize("mitigation", [PLAIN, Mitigation(True, "linear")], ids=lambda m: m.label)
def test_the_covariance_is_that_of_many_seeds(mitigation: Mitigation) -> None:
    n = 400
    values = torch.cat([estimate(mitigation, shots=100, seed=seed, batch=1).values for seed in range(n)])
    covariance = estimate(mitigation, shots=100, batch=1).covariance[0, :5, :5]
    scale = covariance.diagonal().sqrt()
    difference = (torch.cov(values[:, :5].T) - covariance) / torch.outer(scale, scale)
    assert difference.abs().max() < 5 * np.sqrt(2 / n)
    correlation = covariance / torch.outer(scale, scale)
    assert abs(float(correlation[0, 1])) > 0.05, "read from the same shots, they vary together"
    assert float(correlation[0, 3]) == pytest.approx(0), "read from other shots, they do not"
    assert abs(float(correlation[2, 4])) > 0.5, "a sum varies with its part"


def test_the_same_patient_is_one_experiment_and_another_seed_another() -> None:
    inputs, weights = made_up.angles(CIRCUIT, 8)
    traced = bound_trace(CIRCUIT, weights)
    observables = [pauli_sum(o) for o in OBSERVABLES]

    def values(rows: Tensor, seed: int = 0) -> Tensor:
        return from_shots(traced, FEZ, observables, traced.slots(rows, weights), PLAIN, 200, seed).values

    whole = values(inputs)
    torch.testing.assert_close(values(inputs[[6, 1, 1]]), whole[[6, 1, 1]], rtol=0, atol=1e-12)
    torch.testing.assert_close(values(inputs + 1e-12), whole, rtol=0, atol=1e-9)
    assert (values(inputs, seed=1) != whole)[:, :5].float().mean() > 0.8


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_any_seed_a_specification_takes_can_be_used(seed: int) -> None:
    assert estimate(shots=10, seed=seed, batch=2).values.isfinite().all()


def test_a_single_shot_shows_plus_or_minus_one() -> None:
    values = estimate(shots=1).values[:, :4]
    torch.testing.assert_close(values.abs(), torch.ones_like(values), rtol=0, atol=1e-12)
    assert (values.sign().sum(0).abs() < 300).all(), "not always the same"


def test_more_shots_make_a_smaller_error() -> None:
    few, many = (estimate(shots=shots).covariance for shots in (100, 10_000))
    torch.testing.assert_close(few / 100, many, rtol=1e-9, atol=1e-15)


def test_bases_that_agree_are_read_at_once() -> None:
    """X on one qubit and Z on the other need one circuit, not two: then both come from the same shots."""
    circuit = replace(mixed(2, 7), observables=(qml.PauliX(0), qml.PauliZ(1), qml.PauliX(0) @ qml.PauliZ(1)))
    covariance = estimate(shots=100, circuit=circuit).covariance
    errors = covariance.diagonal(0, 1, 2).sqrt()
    correlation = covariance / (errors[:, :, None] * errors[:, None, :])
    assert (correlation[:, 0, 2].abs() > 0.01).float().mean() > 0.9


def test_gradients_from_shots_are_the_exact_ones() -> None:
    circuit = replace(mixed(2, 7), observables=OBSERVABLES)
    inputs, weights = (tensor.requires_grad_() for tensor in made_up.angles(circuit, 3))
    traced = symbolic_trace(circuit)
    observables = [pauli_sum(o) for o in OBSERVABLES]
    gradients = []
    for shots in (None, 50):
        arguments = traced, FEZ, observables, traced.slots(inputs, weights), Mitigation(True, "exponential")
        values = (exact(*arguments) if shots is None else from_shots(*arguments, shots, 3)).values
        gradients.append(torch.autograd.grad(values.sum(), (inputs, weights)))
    torch.testing.assert_close(gradients[0], gradients[1])
    assert gradients[0][1].abs().max() > 0.01


def test_inverting_the_read_out_gives_what_perfect_read_out_would_and_costs_precision() -> None:
    inputs, weights = made_up.angles(CIRCUIT, 5)
    isa = transpiled(CIRCUIT, FEZ, weights)
    expected = runner(isa, built(isa, FEZ, read_with_error=False))(inputs, weights)
    torch.testing.assert_close(estimate(Mitigation(readout=True), batch=5).values, expected, rtol=0, atol=1e-12)
    plain, inverted = (estimate(Mitigation(readout=r), shots=100).covariance for r in (False, True))
    assert (inverted.diagonal(0, 1, 2)[:, 0] > plain.diagonal(0, 1, 2)[:, 0]).all()


@pytest.mark.parametrize("kind", EXTRAPOLATIONS)
def test_extrapolating_and_inverting_come_closer_to_the_noiseless_answer(kind: str) -> None:
    circuit = reuploading(4, 3)
    ideal = estimate(noise=CalibratedNoise(load("fez"), 0.0), circuit=circuit).values

    def distance(mitigation: Mitigation) -> float:
        return float((estimate(mitigation, circuit=circuit).values - ideal).abs().mean())

    raw, inverted, both = (distance(m) for m in (PLAIN, Mitigation(readout=True), Mitigation(True, kind)))
    assert both < 0.6 * inverted < 0.6 * raw


@pytest.mark.parametrize("errors", [(0.48, 0.48), (0.9, 0.06), (0.0, 1.0)])
def test_a_read_out_too_wrong_to_invert_is_refused(errors: tuple[float, float]) -> None:
    noise = HandMadeNoise(p1_given_0=errors[0], p0_given_1=errors[1])
    for shots in (None, 10):
        with pytest.raises(InvalidValue, match=r"qubit 0 is wrong so often .* Choose a smaller noise scale"):
            estimate(Mitigation(readout=True), shots, noise=noise)
    assert estimate(noise=noise).values.isfinite().all(), "without inversion it can be simulated"
