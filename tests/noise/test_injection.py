"""Error injection: what is drawn are Pauli errors, as often as the noise model makes them."""

import numpy as np
import pytest
import torch

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.noise.channels import depolarizing
from qcore.noise.injection import InjectedErrors
from qcore.noise.model import HandMadeNoise

NOISE = HandMadeNoise(depolarizing_1q=0.3, depolarizing_2q=0.4, p1_given_0=0.02, p0_given_1=0.05)


def test_a_draw_is_one_pauli_error() -> None:
    drawn = InjectedErrors(NOISE, 1).gate("cz", (0, 1))
    assert drawn.shape == (16, 16)
    np.testing.assert_array_equal(np.abs(drawn), np.eye(16))
    assert drawn[0, 0] == 1
    # All errors but "none" turn the sign of half the strings.
    assert np.trace(drawn) in {16, 0}


@pytest.mark.parametrize(("name", "qubits", "probability"), [("sx", (0,), 0.3), ("cz", (0, 1), 0.4)])
def test_on_average_the_draws_are_the_channel(name: str, qubits: tuple[int, ...], probability: float) -> None:
    errors = InjectedErrors(NOISE, 2)
    n = 2000
    mean = np.mean([errors.gate(name, qubits) for _ in range(n)], axis=0)
    np.testing.assert_allclose(mean, depolarizing(probability, len(qubits)), atol=5 / np.sqrt(n))


def test_readout_stays_as_it_is() -> None:
    assert InjectedErrors(NOISE, 0).readout(3) == (0.02, 0.05)


def test_every_call_draws_anew_and_a_seed_repeats_the_sequence() -> None:
    circuit = reuploading(3, 2)
    inputs = torch.rand(2, circuit.n_inputs, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weights = torch.full((circuit.n_weights,), 0.4, dtype=torch.float64)

    def three_calls() -> list[torch.Tensor]:
        injecting = backend("noisy:fez:5:inject:seed=3")
        return [injecting.expectations(circuit, inputs, weights).values for _ in range(12)]

    first, again = three_calls(), three_calls()
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert len({tuple(values.flatten().tolist()) for values in first}) > 1


def test_the_mean_over_calls_is_the_noisy_expectation() -> None:
    circuit = reuploading(2, 2)
    inputs = torch.rand(4, circuit.n_inputs, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    weights = torch.full((circuit.n_weights,), 0.4, dtype=torch.float64)
    text = "noisy:depolarizing_1q=0.05:depolarizing_2q=0.1"
    injecting = backend(f"{text}:inject")
    draws = torch.stack([injecting.expectations(circuit, inputs, weights).values for _ in range(400)])
    expected = backend(text).expectations(circuit, inputs, weights).values
    error = draws.std(0) / np.sqrt(len(draws))
    assert ((draws.mean(0) - expected).abs() <= 5 * error).all()


def test_the_gradient_goes_through_the_errors_drawn() -> None:
    circuit = reuploading(2, 2)
    inputs = torch.rand(4, circuit.n_inputs, dtype=torch.float64)
    weights = torch.full((circuit.n_weights,), 0.4, dtype=torch.float64, requires_grad=True)
    backend("noisy:fez:inject").expectations(circuit, inputs, weights).values.sum().backward()
    assert weights.grad is not None
    assert weights.grad.abs().sum() > 0
