"""The circuit of QAOA: what it prepares, against the textbook's gates and states, and what reading it gives."""

from collections import Counter
from itertools import combinations

import numpy as np
import pennylane as qml
import pytest
import torch
from qiskit_aer import AerSimulator
from qubos import random_qubo
from torch import Tensor

from qcore.backends.qiskit_circuit import parameter_array, to_qiskit
from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.errors import InvalidValue
from qcore.noise.compile import isa_circuit
from qcore.noise.device.calibration import load
from qcore.noise.transpile.trace import bound_trace
from qcore.optimisation.angles import noiseless
from qcore.optimisation.circuit import qaoa
from qcore.optimisation.network import network
from qcore.optimisation.qubo import Qubo, bits
from qcore.optimisation.reading import distribution
from qcore.parity import aer

NO_WEIGHTS = torch.zeros(0, dtype=torch.float64)
SIZES = [(1, 1), (2, 2), (3, 1), (4, 2), (5, 1), (5, 3)]


def angles(n_layers: int, batch: int = 3) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(batch, 2 * n_layers, generator=generator, dtype=torch.float64) * 2


def shown(qubo: Qubo, n_layers: int, where: str = "ideal") -> Tensor:
    circuit = qaoa(qubo.ising, n_layers)
    return distribution(backend(where).expectations(circuit, angles(n_layers), NO_WEIGHTS).values)


def textbook(qubo: Qubo, row: Tensor) -> np.ndarray:
    """The same gates without a swap network, from PennyLane's probabilities, bit 0 the last wire."""
    ising, n = qubo.ising, qubo.n_bits

    @qml.qnode(qml.device("default.qubit", wires=n))
    def run() -> object:
        for bit in range(n):
            qml.Hadamard(wires=bit)
        for gamma, beta in zip(*row.reshape(2, -1).tolist(), strict=True):
            for bit in range(n):
                qml.RZ(2 * gamma * ising.fields[bit] / ising.spread, wires=bit)
            for first, second in combinations(range(n), 2):
                qml.IsingZZ(2 * gamma * ising.couplings[first, second] / ising.spread, wires=[first, second])
            for bit in range(n):
                qml.RX(-2 * beta, wires=bit)
        return qml.probs(wires=list(range(n))[::-1])

    return np.asarray(run())


@pytest.mark.parametrize(("n", "n_layers"), SIZES)
def test_what_is_read_is_the_probability_of_every_string(n: int, n_layers: int) -> None:
    qubo = random_qubo(n)
    found = shown(qubo, n_layers)
    expected = [textbook(qubo, row) for row in angles(n_layers)]
    assert np.ptp(expected) > 0.05
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_its_own_gates_show_the_same_to_pennylane() -> None:
    """At an odd number of layers the bits have changed wires."""
    qubo, row = random_qubo(4), angles(3, batch=1)
    circuit = qaoa(qubo.ising, 3)
    order = network(4, combinations(range(4), 2)).order
    assert order != (0, 1, 2, 3)

    @qml.qnode(qml.device("default.qubit", wires=4))
    def run() -> object:
        circuit.queue(row[0], NO_WEIGHTS)
        return qml.probs(wires=[order.index(bit) for bit in (3, 2, 1, 0)])

    np.testing.assert_allclose(shown(qubo, 3)[0], run(), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("n", "n_layers"), SIZES)
def test_the_short_way_without_noise_gives_the_same(n: int, n_layers: int) -> None:
    qubo = random_qubo(n, seed=2)
    cost = torch.from_numpy((qubo.values - qubo.values.mean()) / qubo.values.std())
    torch.testing.assert_close(noiseless(cost, angles(n_layers)), shown(qubo, n_layers), rtol=0, atol=1e-12)


@pytest.mark.parametrize("device_name", ["fez", "sherbrooke"])
def test_under_noise_what_is_read_is_the_distribution_of_aer(device_name: str) -> None:
    qubo, n, n_layers = random_qubo(4), 4, 1
    found = shown(qubo, n_layers, f"noisy:{device_name}")[0]
    device, circuit = load(device_name), qaoa(qubo.ising, n_layers)
    isa = isa_circuit(bound_trace(circuit, NO_WEIGHTS), device)
    placed = to_qiskit(isa, dt_s=device.dt_s)
    (row,) = parameter_array(placed, isa, angles(n_layers, batch=1), NO_WEIGHTS)
    run = placed.assign_parameters(row)
    run.save_probabilities()
    simulator = AerSimulator(method="density_matrix", noise_model=aer.noise_model(device, isa.line))
    before_readout = np.asarray(simulator.run(run).result().data()["probabilities"])
    read = before_readout
    for position, physical in enumerate(isa.line):
        qubit = device.qubits[physical]
        confusion = np.array([[1 - qubit.p1_given_0, qubit.p0_given_1], [qubit.p1_given_0, 1 - qubit.p0_given_1]])
        tensor = read.reshape(-1, 2, 2**position)
        read = np.einsum("ij,ajb->aib", confusion, tensor).reshape(-1)
    order = network(n, combinations(range(n), 2)).order
    places = [isa.measured[order.index(bit)] for bit in range(n)]
    expected = [read[(bits(string, n) << np.array(places)).sum()] for string in range(2**n)]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)
    assert np.abs(np.array(expected) - shown(qubo, n_layers)[0].numpy()).max() > 1e-3


def test_from_shots_every_probability_is_a_whole_number_of_shots() -> None:
    counts = shown(random_qubo(5), 2, "noisy:fez:shots=1000") * 1000
    torch.testing.assert_close(counts, counts.round(), rtol=0, atol=1e-9)
    torch.testing.assert_close(counts.sum(1), torch.full((3,), 1000.0, dtype=torch.float64))
    assert (counts.round() > 0).sum(1).max() > 1


def test_negative_probabilities_become_zero_and_the_others_keep_their_proportions() -> None:
    # Of two qubits: 0.6, 0.3, 0.2 and -0.1.
    raw = torch.tensor([[0.6, 0.3, 0.2, -0.1]], dtype=torch.float64)
    signs = torch.tensor([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]], dtype=torch.float64)
    found = distribution((raw @ signs)[:, 1:])
    torch.testing.assert_close(found, torch.tensor([[0.6, 0.3, 0.2, 0.0]], dtype=torch.float64) / 1.1)


def test_gradients_reach_the_angles_without_noise_and_with() -> None:
    circuit = qaoa(random_qubo(3).ising, 2)
    for where in ("ideal", "noisy:fez"):
        inputs = angles(2).requires_grad_()
        distribution(backend(where).expectations(circuit, inputs, NO_WEIGHTS).values)[:, 0].sum().backward()
        assert inputs.grad is not None
        assert (inputs.grad.abs() > 1e-6).all()


def test_only_neighbours_share_a_gate_and_only_rotations_know_the_problem() -> None:
    first, second = (qaoa(random_qubo(6, seed).ising, 2) for seed in (1, 2))
    assert gates(first) == gates(second)
    together = [gate for gate in gates(first) if len(gate.wires) == 2]
    assert all(abs(gate.wires[0] - gate.wires[1]) == 1 for gate in together)
    assert Counter(gate.name for gate in together) == {"CNOT": 2 * (3 * 15 - 5)}
    assert {gate.name for gate in gates(first) if gate.source == "input"} == {"RZ", "RX"}
    # So the noisy program of one serves the other.
    fingerprints = {bound_trace(circuit, NO_WEIGHTS).fingerprint for circuit in (first, second)}
    assert len(fingerprints) == 1


def test_bits_that_do_not_interact_share_no_gate() -> None:
    separate = qaoa(Qubo(np.array([1.0, -2.0, 3.0]), np.zeros((3, 3))).ising, 2)
    assert {len(gate.wires) for gate in gates(separate)} == {1}
    coupled = np.zeros((3, 3))
    coupled[0, 2] = 1.0
    qubo = Qubo(np.array([1.0, -2.0, 3.0]), coupled)
    expected = [textbook(qubo, row) for row in angles(3)]
    np.testing.assert_allclose(shown(qubo, 3), expected, rtol=0, atol=1e-12)
    # One bit lets the other pass and takes its place beside the third.
    together = [gate.name for gate in gates(qaoa(qubo.ising, 1)) if len(gate.wires) == 2]
    assert together == ["SWAP", "CNOT", "CNOT"]


@pytest.mark.parametrize(
    ("qubo", "n_layers", "sentence"),
    [
        (random_qubo(10), 1, "The problem has 10 bits, each of which needs a qubit: at most 9 are possible."),
        (random_qubo(3), 0, "The number of layers must lie between 1 and 8, not 0."),
        (random_qubo(3), 9, "The number of layers must lie between 1 and 8, not 9."),
        (Qubo(np.zeros(3), np.zeros((3, 3)), 5.0), 1, "Every choice costs the same, so there is nothing to optimise."),
        (Qubo(np.zeros(1), np.zeros((1, 1))), 1, "Every choice costs the same, so there is nothing to optimise."),
    ],
)
def test_what_cannot_be_built_is_refused_in_a_sentence(qubo: Qubo, n_layers: int, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=f"^{sentence}$"):
        qaoa(qubo.ising, n_layers)
