"""What is read at the end: observables as Pauli words, and the whole distribution of outcomes, read-out included."""

from itertools import product

import made_up_devices as made_up
import numpy as np
import pennylane as qml
import pytest
import torch
from density_matrix import Simulator
from noise_engine import built, runner, transpiled

from qcore.circuits import Circuit
from qcore.noise import program
from qcore.noise.execute import execute, load
from qcore.noise.measurement import PauliSum, observable_rows, outcome_rows, pauli_sum
from qcore.noise.model import CalibratedNoise, HandMadeNoise, NoiseModel
from qcore.noise.noisy_circuit import noisy_circuit
from qcore.noise.shots import probabilities
from qcore.noise.transpile.isa import IsaCircuit
from qcore.parity.random_circuits import mixed

NOISE = CalibratedNoise(made_up.device())


Z0, Z1, X1 = qml.PauliZ(0), qml.PauliZ(1), qml.PauliX(1)


@pytest.mark.parametrize(
    ("observable", "expected"),
    [
        (qml.PauliZ(2), {((2, "Z"),): 1.0}),
        (qml.PauliY(3) @ X1, {((1, "X"), (3, "Y")): 1.0}),
        (qml.Identity(1), {(): 1.0}),
        (0.5 * Z0 - 2.0 * X1 + 3.0 * qml.Identity(0), {((0, "Z"),): 0.5, ((1, "X"),): -2.0, (): 3.0}),
        (qml.Hamiltonian([1.5, 0.5], [Z0 @ Z1, Z0]), {((0, "Z"), (1, "Z")): 1.5, ((0, "Z"),): 0.5}),
        (qml.Hermitian(np.array([[1.0, 0.5], [0.5, 0.0]]), wires=2), {(): 0.5, ((2, "Z"),): 0.5, ((2, "X"),): 0.5}),
    ],
)
def test_observables_become_pauli_words(observable: qml.operation.Operator, expected: dict[object, float]) -> None:
    found = pauli_sum(observable)
    assert dict(zip(found.words, found.coefficients, strict=True)) == pytest.approx(expected)


def test_an_observable_without_pauli_words_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be written in Pauli words"):
        pauli_sum(qml.NumberOperator(0))


def test_words_follow_the_circuit_to_where_it_ends() -> None:
    placed = PauliSum((((0, "X"), (2, "Z")), ()), (2.0, 1.0)).placed((1, 2, 0))
    assert placed == PauliSum((((0, "Z"), (1, "X")), ()), (2.0, 1.0))


def outcomes(isa: IsaCircuit, noise: NoiseModel, basis: dict[int, str], slots: torch.Tensor) -> np.ndarray:
    plan = noisy_circuit(isa, noise)
    rows = outcome_rows(basis, isa.measured, noise, isa.line, plan.readout)
    compiled = program.build(plan, rows, 2 ** len(isa.line), isa.trace.n_slots)
    return probabilities(execute(load(compiled, isa.trace.shared, torch.float64), slots).numpy())


@pytest.mark.parametrize("basis", [{}, {0: "X"}, {0: "Y", 2: "X"}, {0: "X", 1: "Y", 2: "Z"}])
@pytest.mark.parametrize("seed", range(2))
def test_outcomes_are_the_diagonal_of_the_density_matrix_read_with_error(basis: dict[int, str], seed: int) -> None:
    circuit = mixed(3, seed)
    inputs, weights = made_up.angles(circuit, batch=2)
    isa = transpiled(circuit, NOISE, weights)
    slots = isa.slots(inputs, weights)
    found = outcomes(isa, NOISE, basis, slots)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=0, atol=1e-12)
    simulator = Simulator(isa, NOISE)
    for row, angles in zip(found, slots.tolist(), strict=True):
        expected = simulator.outcomes(simulator.state(angles), basis)
        for bits in product((0, 1), repeat=3):
            index = sum(bit << qubit for qubit, bit in enumerate(bits))
            assert row[index] == pytest.approx(expected[bits], abs=1e-12), "bit q of the number is qubit q"


def test_expectations_and_outcomes_agree() -> None:
    circuit = mixed(3, 4)
    parities = (qml.PauliZ(0), qml.PauliZ(0) @ qml.PauliZ(2), qml.PauliZ(0) @ qml.PauliZ(1) @ qml.PauliZ(2))
    circuit = Circuit(circuit.name, 3, circuit.n_inputs, circuit.n_weights, circuit.queue, parities)
    inputs, weights = made_up.angles(circuit)
    isa = transpiled(circuit, NOISE, weights)
    exact = runner(isa, built(isa, NOISE))(inputs, weights).numpy()
    distribution = outcomes(isa, NOISE, {}, isa.slots(inputs, weights))
    sign = 1.0 - 2.0 * (np.arange(8)[:, None] >> np.arange(3) & 1)
    products = np.stack([sign[:, 0], sign[:, 0] * sign[:, 2], sign.prod(axis=1)], axis=1)
    np.testing.assert_allclose(distribution @ products, exact, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_inverted_read_out_is_no_read_out_error(seed: int) -> None:
    circuit = mixed(3, seed)
    inputs, weights = made_up.angles(circuit, batch=2)
    isa = transpiled(circuit, NOISE, weights)
    observables = [pauli_sum(observable) for observable in circuit.observables]
    expected = Simulator(isa, NOISE).expectations(observables, inputs, weights, read_with_error=False)
    inverted = runner(isa, built(isa, NOISE, read_with_error=False))(inputs, weights)
    torch.testing.assert_close(inverted, expected, rtol=0, atol=1e-12)
    assert (runner(isa, built(isa, NOISE))(inputs, weights) - inverted).abs().max() > 0.01


def test_a_word_is_read_with_the_errors_of_its_own_qubits() -> None:
    """By hand: from |000>, Z0 Z2 is the product of the means of two wrong coins."""
    errors = [(0.1, 0.3), (0.2, 0.4), (0.05, 0.15)]
    rows = observable_rows([PauliSum((((0, "Z"), (2, "Z")),), (1.0,))], HandMadeNoise(), range(3), errors)
    # In |000> every string of I and Z is 1, so the coefficients add up.
    assert rows.value.sum() == pytest.approx((1 - 2 * 0.1) * (1 - 2 * 0.05))
    assert rows.pauli.tolist() == [0, 1, 1 << 4, 1 | 1 << 4]


def test_a_read_out_that_says_nothing_gives_nothing() -> None:
    noise = HandMadeNoise()
    rows = observable_rows([PauliSum((((0, "Z"),),), (1.0,))], noise, (0,), [(0.5, 0.5)])
    assert len(rows.row) == 0
    circuit = mixed(1, 0)
    inputs, weights = made_up.angles(circuit)
    isa = transpiled(circuit, noise, weights)
    compiled = program.build(noisy_circuit(isa, noise), rows, 1, isa.trace.n_slots)
    assert runner(isa, compiled)(inputs, weights).tolist() == [[0.0]] * 3
