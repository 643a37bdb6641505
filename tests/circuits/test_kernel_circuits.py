"""The circuits of quantum kernels: what they measure, and what is left out because it cannot matter."""

import numpy as np
import pennylane as qml
import pytest
import torch
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits import Circuit, gates
from qcore.circuits.ansatz import ANSATZE, CHAIN, SEPARATE, STRONG, Ansatz
from qcore.circuits.encodings import AMPLITUDE, ANGLE, ENCODINGS, IQP, Encoding
from qcore.circuits.kernels import AllZeros, fidelity, local_states
from qcore.circuits.reuploading import layered
from qcore.noise.measurement import pauli_sum


def numbers(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 4 - 2


def state(feature_map: Circuit, angles: Tensor, weights: Tensor) -> np.ndarray:
    device = qml.device("default.qubit", wires=feature_map.n_qubits)

    @qml.qnode(device)
    def run() -> object:
        feature_map.queue(angles, weights)
        return qml.state()

    return np.asarray(run())


def weights_that_matter(encoding: Encoding, ansatz: Ansatz, entanglers_end: bool) -> list[int]:
    """Of two layers on three qubits: what neither meets its inverse nor turns a single qubit at the end."""
    n = ansatz.n_weights(3)
    if entanglers_end and ansatz is STRONG:
        return list(range(2 * n))
    if encoding is AMPLITUDE:
        # It prepares the state before both layers, which CZ alone separates from the end.
        # The first RZ commutes with that CZ and ends there too.
        return list(range(0, n, 2)) if entanglers_end and ansatz is not SEPARATE else []
    return list(range(n))


each_encoding = pytest.mark.parametrize("encoding", ENCODINGS.values(), ids=lambda e: e.name)
each_ansatz = pytest.mark.parametrize("ansatz", ANSATZE.values(), ids=lambda a: a.name)


@each_encoding
@each_ansatz
def test_the_probability_of_all_zeros_is_the_overlap_of_two_states(encoding: Encoding, ansatz: Ansatz) -> None:
    feature_map = layered(3, 2, encoding, ansatz)
    circuit = fidelity(feature_map)
    x, y = numbers(5, feature_map.n_inputs), numbers(5, feature_map.n_inputs, seed=1)
    weights = numbers(feature_map.n_weights)
    expected = [
        abs(np.vdot(state(feature_map, b, weights), state(feature_map, a, weights))) ** 2
        for a, b in zip(x, y, strict=True)
    ]
    kept = weights[weights_that_matter(encoding, ansatz, entanglers_end=False)]
    measured = backend("ideal").expectations(circuit, torch.cat([x, y], 1), kept)
    assert np.ptp(expected) > 0.01
    np.testing.assert_allclose(measured.values[:, 0], expected, rtol=0, atol=1e-12)


def test_what_meets_its_own_inverse_is_left_out() -> None:
    # Two encodings with one trained layer between them; the second ansatz would cancel.
    circuit = fidelity(layered(4, 2, ANGLE, CHAIN))
    assert circuit.n_inputs == 2 * 8
    assert circuit.n_weights == 8
    assert len(gates(circuit)) == 2 * (4 + 3 + 8 + 4)
    # The last CNOT of an IQP encoding cancels too, its other gates do not.
    assert len(gates(fidelity(layered(2, 1, IQP)))) == 2 * (4 + 2)
    assert fidelity(layered(3, 1)).n_weights == 0
    # A state is prepared once; the second layer of weights follows the first, and both cancel.
    assert fidelity(layered(2, 2, AMPLITUDE)).n_weights == 0


def test_local_states_keep_the_last_entangler_only() -> None:
    circuit = local_states(layered(4, 2, ANGLE, CHAIN))
    assert circuit.n_weights == 8
    assert len(gates(circuit)) == 4 + 3 + 8 + 4 + 3
    assert len(gates(local_states(layered(4, 2, ANGLE, SEPARATE)))) == 4 + 8 + 4
    assert [str(observable) for observable in circuit.observables[::4]] == ["X(0)", "Y(0)", "Z(0)"]
    assert len(circuit.observables) == 12


@each_encoding
@each_ansatz
def test_the_rotations_left_out_do_not_change_distances_of_local_states(encoding: Encoding, ansatz: Ansatz) -> None:
    feature_map = layered(3, 2, encoding, ansatz)
    circuit = local_states(feature_map)
    x = numbers(2, feature_map.n_inputs)
    weights = numbers(feature_map.n_weights)
    distance = 0.0
    for qubit in range(3):
        reduced = [
            qml.math.reduce_dm(qml.math.dm_from_state_vector(state(feature_map, a, weights)), [qubit]) for a in x
        ]
        distance += np.linalg.norm(reduced[0] - reduced[1]) ** 2
    kept = weights[weights_that_matter(encoding, ansatz, entanglers_end=True)]
    read = backend("ideal").expectations(circuit, x, kept).values
    # Of rho = (1 + r sigma) / 2 the squared Frobenius distance is half that of the Bloch vectors r.
    assert float((read[0] - read[1]).square().sum() / 2) == pytest.approx(distance, abs=1e-12)
    assert distance > 0.01


def test_the_projector_in_paulis_is_its_matrix() -> None:
    words = AllZeros(3).pauli_rep
    np.testing.assert_allclose(qml.matrix(words, wire_order=[0, 1, 2]), np.diag([1.0] + [0.0] * 7), atol=1e-15)
    assert len(pauli_sum(AllZeros(9)).words) == 512


@pytest.mark.parametrize("where", ["noisy:fez", "noisy:fez:shots=500", "rehearsal:fez"])
def test_a_state_is_less_like_itself_under_noise(where: str) -> None:
    circuit = fidelity(layered(2, 2))
    x = numbers(3, 4)
    same = torch.cat([x, x], 1)
    values = backend(where).expectations(circuit, same, numbers(circuit.n_weights)).values
    assert values.shape == (3, 1)
    assert ((values > 0.85) & (values < 1)).all()


def test_gradients_reach_both_patients_and_every_weight() -> None:
    circuit = fidelity(layered(3, 2))
    inputs, weights = numbers(4, circuit.n_inputs).requires_grad_(), numbers(circuit.n_weights).requires_grad_()
    for where in ("ideal", "noisy:fez"):
        inputs.grad = weights.grad = None
        backend(where).expectations(circuit, inputs, weights).values.sum().backward()
        assert inputs.grad is not None
        assert weights.grad is not None
        assert (inputs.grad.abs() > 1e-6).all()
        assert (weights.grad.abs() > 1e-6).all()
