"""The noiseless backend against PennyLane sample by sample, against a state vector written here, and its gradients."""

import numpy as np
import pennylane as qml
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.circuits import Circuit, reuploading

SIZES = [(1, 1), (1, 3), (2, 1), (2, 3), (3, 2), (4, 3)]
BATCH = 6


def angles(circuit: Circuit, dtype: torch.dtype, batch: int = BATCH) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    inputs = 6 * torch.rand(batch, circuit.n_inputs, generator=generator, dtype=torch.float64) - 3
    weights = 6 * torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) - 3
    return inputs.to(dtype), weights.to(dtype)


def reuploading_by_hand(qubits: int, layers: int, inputs: NDArray, weights: NDArray) -> NDArray:
    """State vector of one patient, gate by gate; qubit 0 is the highest bit."""
    bits = (np.arange(2**qubits)[:, None] >> np.arange(qubits - 1, -1, -1)) & 1
    state = np.zeros(2**qubits)
    state[0] = 1.0
    for layer in range(layers):
        if layer:
            for qubit in range(qubits - 1):
                state = np.where((bits[:, qubit] & bits[:, qubit + 1]) == 1, -state, state)
        for qubit in range(qubits):
            # Two rotations about the same axis are one by the sum of their angles.
            half = (inputs[layer * qubits + qubit] + weights[layer * qubits + qubit]) / 2
            rotation = np.array([[np.cos(half), -np.sin(half)], [np.sin(half), np.cos(half)]])
            full = np.eye(1)
            for other in range(qubits):
                full = np.kron(full, rotation if other == qubit else np.eye(2))
            state = full @ state
    return (state**2) @ (1 - 2 * bits)


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-6)])
@pytest.mark.parametrize(("qubits", "layers"), SIZES)
class TestValues:
    def test_as_a_state_vector_by_hand(self, qubits: int, layers: int, dtype: torch.dtype, tolerance: float) -> None:
        circuit = reuploading(qubits, layers)
        inputs, weights = angles(circuit, dtype)
        expected = np.array(
            [reuploading_by_hand(qubits, layers, row, weights.double().numpy()) for row in inputs.double().numpy()]
        )
        values = IdealBackend().expectations(circuit, inputs, weights).values
        assert values.shape == (BATCH, qubits)
        assert values.dtype == dtype
        np.testing.assert_allclose(values.double().numpy(), expected, rtol=0, atol=tolerance)

    def test_as_pennylane_sample_by_sample(
        self, qubits: int, layers: int, dtype: torch.dtype, tolerance: float
    ) -> None:
        circuit = reuploading(qubits, layers)
        inputs, weights = angles(circuit, dtype)

        @qml.qnode(qml.device("default.qubit", wires=qubits))
        def one(row: Tensor) -> list[object]:
            circuit.queue(row, weights.double())
            return [qml.expval(observable) for observable in circuit.observables]

        expected = np.array([[float(value) for value in one(row)] for row in inputs.double()])
        values = IdealBackend().expectations(circuit, inputs, weights).values
        np.testing.assert_allclose(values.double().numpy(), expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("qubits", "layers"), [(1, 2), (3, 2)])
def test_gradients_as_finite_differences(qubits: int, layers: int) -> None:
    circuit = reuploading(qubits, layers)
    inputs, weights = angles(circuit, torch.float64, batch=2)

    def values(x: Tensor, w: Tensor) -> Tensor:
        return IdealBackend().expectations(circuit, x, w).values

    arguments = (inputs.requires_grad_(), weights.requires_grad_())
    assert torch.autograd.gradcheck(values, arguments, atol=1e-8, rtol=1e-6)


def test_a_patient_does_not_depend_on_the_batch() -> None:
    circuit = reuploading(3, 2)
    inputs, weights = angles(circuit, torch.float64)
    together = IdealBackend().expectations(circuit, inputs, weights).values
    alone = [IdealBackend().expectations(circuit, row[None], weights).values for row in inputs]
    assert alone[0].shape == (1, 3)
    torch.testing.assert_close(torch.cat(alone), together, rtol=0, atol=1e-14)


def test_a_full_turn_changes_nothing() -> None:
    circuit = reuploading(2, 2)
    inputs, weights = angles(circuit, torch.float64)
    first = IdealBackend().expectations(circuit, inputs, weights).values
    turned = IdealBackend().expectations(circuit, inputs + 2 * torch.pi, weights).values
    torch.testing.assert_close(first, turned, rtol=0, atol=1e-12)


def test_a_qubit_without_input_has_the_same_value_for_everyone() -> None:
    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.RY(inputs[..., 0], wires=0)
        qml.RY(weights[0], wires=1)

    circuit = Circuit("apart", 2, 1, 1, queue, (qml.PauliZ(0), qml.PauliZ(1)))
    inputs, weights = angles(circuit, torch.float64)
    values = IdealBackend().expectations(circuit, inputs, weights).values
    expected = torch.stack([inputs[:, 0].cos(), weights.cos().expand(BATCH)], dim=1)
    torch.testing.assert_close(values, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(6,), (2, 5), (2, 7), (2, 1), (1, 2, 6)])
def test_wrong_inputs_are_refused(shape: tuple[int, ...]) -> None:
    circuit = reuploading(3, 2)
    with pytest.raises(ValueError, match=r"reuploading-3x2 takes inputs \(batch, 6\)"):
        IdealBackend().expectations(circuit, torch.zeros(shape), torch.zeros(6))


@pytest.mark.parametrize("shape", [(), (5,), (1, 6)])
def test_wrong_weights_are_refused(shape: tuple[int, ...]) -> None:
    circuit = reuploading(3, 2)
    with pytest.raises(ValueError, match="reuploading-3x2 takes 6 weights"):
        IdealBackend().expectations(circuit, torch.zeros(1, 6), torch.zeros(shape))


def test_the_provenance_claims_no_shots_no_noise_and_no_error() -> None:
    circuit = reuploading(2, 1)
    found = IdealBackend().expectations(circuit, *angles(circuit, torch.float64))
    assert torch.equal(found.standard_error, torch.zeros(BATCH, 2, dtype=torch.float64))
    ran = found.provenance
    assert (ran.backend, ran.mitigation) == ("ideal", "none")
    assert (ran.shots, ran.seed, ran.calibration_time, ran.job_id) == (None, None, None, None)
    assert ran.seconds > 0
