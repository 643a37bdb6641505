"""The noisy backend: what it says of itself, gradients for training, and the same weights as everywhere else."""

from dataclasses import replace
from datetime import datetime

import pennylane as qml
import pytest
import torch
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import NoisyBackend
from qcore.backends.protocol import Expectations
from qcore.circuits import Circuit, reuploading
from qcore.noise.device.calibration import load
from qcore.noise.mitigation import Mitigation
from qcore.noise.model import CalibratedNoise, HandMadeNoise
from qcore.parity.random_circuits import mixed

FEZ = NoisyBackend(CalibratedNoise(load("fez")))
CIRCUIT = reuploading(3, 2)


def angles(circuit: Circuit = CIRCUIT, batch: int = 5, dtype: torch.dtype = torch.float64) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    inputs = 6 * torch.rand(batch, circuit.n_inputs, generator=generator, dtype=torch.float64) - 3
    weights = 6 * torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) - 3
    return inputs.to(dtype), weights.to(dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shots", [None, 100])
def test_the_answer_has_the_shape_and_precision_of_the_question(shots: int | None, dtype: torch.dtype) -> None:
    found = replace(FEZ, shots=shots).expectations(CIRCUIT, *angles(dtype=dtype))
    assert found.values.shape == found.standard_error.shape == (5, 3)
    assert found.values.dtype == found.standard_error.dtype == dtype
    if shots is None:
        assert found.covariance is None
        assert (found.standard_error == 0).all()
    else:
        assert found.covariance is not None
        assert found.covariance.shape == (5, 3, 3)
        torch.testing.assert_close(found.standard_error**2, found.covariance.diagonal(0, 1, 2))
        assert (found.standard_error > 0).all()


def test_provenance_of_an_exact_run_tells_device_calibration_and_nothing_that_was_not() -> None:
    ran = FEZ.expectations(CIRCUIT, *angles()).provenance
    assert (ran.backend, ran.device) == ("noisy", "noise of IBM Fez, simulated")
    assert ran.calibration_time == load("fez").calibration_time
    assert datetime.fromisoformat(ran.calibration_time).tzinfo is not None
    assert (ran.shots, ran.seed, ran.job_id, ran.mitigation) == (None, None, None, "none")
    assert ran.seconds > 0


def test_provenance_tells_scale_shots_seed_and_mitigation() -> None:
    backend = NoisyBackend(
        CalibratedNoise(load("torino"), 2.5), 300, Mitigation(True, "linear"), seed=9, name="noisy:torino:2.5"
    )
    ran = backend.expectations(CIRCUIT, *angles()).provenance
    assert (ran.backend, ran.device) == ("noisy:torino:2.5", "noise of IBM Torino × 2.5, simulated")
    assert (ran.shots, ran.seed) == (300, 9)
    assert ran.mitigation == "read-out inversion + zero-noise extrapolation (linear, folds 1, 3, 5)"


def test_provenance_of_noise_set_by_hand_claims_no_calibration() -> None:
    ran = NoisyBackend(HandMadeNoise(depolarizing_2q=0.02)).expectations(CIRCUIT, *angles()).provenance
    assert ran.device == "noise set by hand (after a two-qubit gate 0.02), simulated"
    assert ran.calibration_time is None


def test_noise_makes_a_difference_and_scale_0_none() -> None:
    inputs, weights = angles()
    ideal = IdealBackend().expectations(CIRCUIT, inputs, weights).values
    perfect = NoisyBackend(CalibratedNoise(load("fez"), 0.0)).expectations(CIRCUIT, inputs, weights).values
    torch.testing.assert_close(perfect, ideal, rtol=0, atol=1e-9)
    assert 0.001 < (FEZ.expectations(CIRCUIT, inputs, weights).values - ideal).abs().max() < 0.1


@pytest.mark.parametrize("device", ["fez", "sherbrooke"])
def test_weights_bound_or_symbolic_differ_by_little_noise_and_no_more(device: str) -> None:
    """Bound weights make a shorter circuit, so a model in training sees a little more noise than it will have."""
    circuit = mixed(3, 2)
    inputs, weights = angles(circuit)
    for scale, tolerance in ((0.0, 1e-9), (1.0, 0.1)):
        backend = NoisyBackend(CalibratedNoise(load(device), scale))
        bound = backend.expectations(circuit, inputs, weights).values
        symbolic = backend.expectations(circuit, inputs, weights.clone().requires_grad_()).values.detach()
        torch.testing.assert_close(bound, symbolic, rtol=0, atol=tolerance)
    assert not torch.equal(bound, symbolic)


@pytest.mark.parametrize("shots", [None, 200])
@pytest.mark.parametrize("mitigation", [Mitigation(), Mitigation(True, "exponential")], ids=lambda m: m.label)
def test_gradients_reach_inputs_and_weights_in_training(shots: int | None, mitigation: Mitigation) -> None:
    inputs, weights = (tensor.requires_grad_() for tensor in angles())
    replace(FEZ, shots=shots, mitigation=mitigation).expectations(CIRCUIT, inputs, weights).values.sum().backward()
    assert (inputs.grad != 0).all()
    assert (weights.grad != 0).all()
    assert inputs.grad.isfinite().all()
    assert weights.grad.isfinite().all()


def test_gradients_are_those_of_finite_differences() -> None:
    circuit = mixed(2, 3)
    inputs, weights = (tensor.requires_grad_() for tensor in angles(circuit, batch=2))
    assert torch.autograd.gradcheck(lambda x, w: FEZ.expectations(circuit, x, w).values, (inputs, weights), atol=1e-8)


@pytest.mark.usefixtures("fresh_engine")
@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_every_patient_gets_an_answer_of_his_own_where_gradients_are_off(mode: type) -> None:
    circuit = reuploading(2, 2)
    inputs, weights = angles(circuit)
    expected = FEZ.expectations(reuploading(2, 2), inputs, weights).values
    with mode():
        values = FEZ.expectations(circuit, inputs.clone(), weights.clone()).values
    torch.testing.assert_close(values, expected)
    assert values.std(0).min() > 0.01


@pytest.mark.parametrize("shots", [None, 50])
def test_a_patient_does_not_depend_on_the_batch(shots: int | None) -> None:
    inputs, weights = angles()
    backend = replace(FEZ, shots=shots)
    whole = backend.expectations(CIRCUIT, inputs, weights)
    one = backend.expectations(CIRCUIT, inputs[3:4], weights)
    torch.testing.assert_close(one.values, whole.values[3:4], rtol=0, atol=1e-12)
    torch.testing.assert_close(one.standard_error, whole.standard_error[3:4], rtol=1e-9, atol=1e-12)


def test_certain_outcomes_have_no_error_and_no_nan() -> None:
    inputs = torch.tensor([[0.0, torch.pi], [torch.pi, -torch.pi], [2 * torch.pi, 0.0]], dtype=torch.float64)
    backend = NoisyBackend(CalibratedNoise(load("fez"), 0.0), shots=77)
    found = backend.expectations(reuploading(2, 1), inputs, torch.zeros(2, dtype=torch.float64))
    expected = torch.tensor([[1.0, -1.0], [-1.0, -1.0], [1.0, 1.0]], dtype=torch.float64)
    torch.testing.assert_close(found.values, expected)
    torch.testing.assert_close(found.standard_error, torch.zeros(3, 2, dtype=torch.float64), rtol=0, atol=1e-6)


def test_wrong_shapes_are_refused_by_the_circuits_name() -> None:
    inputs, weights = angles()
    with pytest.raises(ValueError, match=r"reuploading-3x2 takes inputs \(batch, 6\)"):
        FEZ.expectations(CIRCUIT, inputs[:, 1:], weights)
    with pytest.raises(ValueError, match="reuploading-3x2 takes 6 weights"):
        FEZ.expectations(CIRCUIT, inputs, weights[1:])


def test_what_cannot_be_simulated_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 9 qubits, not 10"):
        FEZ.expectations(reuploading(10, 1), *angles(reuploading(10, 1)))
    odd = replace(CIRCUIT, observables=(qml.NumberOperator(0),))
    with pytest.raises(ValueError, match="cannot be written in Pauli words"):
        FEZ.expectations(odd, *angles())


def test_a_backend_is_a_backend() -> None:
    assert isinstance(FEZ.expectations(CIRCUIT, *angles()), Expectations)
    assert NoisyBackend(CalibratedNoise(load("fez"))) == FEZ
