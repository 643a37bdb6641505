"""Pauli transfer matrices against qiskit.quantum_info and Aer, and that every channel is a physical one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_devices import kraus
from numpy.typing import NDArray
from qiskit.circuit import library
from qiskit.quantum_info import PTM, Choi, Kraus, Operator, SuperOp, average_gate_fidelity
from qiskit_aer.noise import depolarizing_error, thermal_relaxation_error
from qiskit_aer.noise.errors import amplitude_damping_error, phase_damping_error

from qcore.noise import channels
from qcore.noise.channels import Matrix

PROBABILITY = st.floats(0, 1)
TIME_S = st.floats(1e-9, 1e-3)
SEED = st.integers(0, 2**32 - 1)


def order(n_qubits: int) -> NDArray[np.int64]:
    """Where our Pauli strings (I, Z, X, Y) stand among Qiskit's (I, X, Y, Z)."""
    place = np.zeros(1, dtype=np.int64)
    for _ in range(n_qubits):
        place = (4 * place[:, None] + np.array([0, 3, 1, 2])).reshape(-1)
    return place


def from_qiskit(channel: object) -> Matrix:
    data = np.asarray(PTM(channel).data).real
    place = order(round(np.log2(len(data)) / 2))
    return data[np.ix_(place, place)]


def to_qiskit(matrix: Matrix) -> PTM:
    place = np.argsort(order(round(np.log2(len(matrix)) / 2)))
    return PTM(matrix[np.ix_(place, place)])


def assert_physical(matrix: Matrix) -> None:
    np.testing.assert_allclose(matrix[0], np.eye(len(matrix))[0], rtol=0, atol=1e-14, err_msg="loses probability")
    weights = np.linalg.eigvalsh(Choi(to_qiskit(matrix)).data)
    assert weights.min() > -1e-12, "not completely positive"


@pytest.mark.parametrize(
    ("name", "gate"),
    [("sx", library.SXGate()), ("x", library.XGate()), ("cz", library.CZGate()), ("ecr", library.ECRGate())],
)
def test_gates_are_those_of_qiskit_with_the_first_qubit_more_significant(name: str, gate: object) -> None:
    expected = from_qiskit(Operator(gate).reverse_qargs())
    np.testing.assert_allclose(channels.gate(name), expected, rtol=0, atol=1e-15)


@pytest.mark.parametrize("name", ["sx", "x", "cz", "ecr"])
def test_a_gate_turns_every_pauli_string_into_exactly_one_other(name: str) -> None:
    assert (np.count_nonzero(channels.gate(name), axis=0) == 1).all()
    assert (np.count_nonzero(channels.gate(name), axis=1) == 1).all()


@given(angle=st.floats(-20, 20))
def test_rz_is_that_of_qiskit(angle: float) -> None:
    np.testing.assert_allclose(channels.rz(angle), from_qiskit(Operator(library.RZGate(angle))), rtol=0, atol=1e-13)


@settings(max_examples=40)
@given(n_qubits=st.integers(1, 2), n_operators=st.integers(1, 4), seed=SEED)
def test_a_channel_goes_to_kraus_operators_and_back(n_qubits: int, n_operators: int, seed: int) -> None:
    operators = kraus(n_qubits, n_operators, seed)
    matrix = channels.from_kraus(operators)
    np.testing.assert_allclose(matrix, from_qiskit(Kraus(operators)), rtol=0, atol=1e-13)
    back = channels.to_kraus(matrix)
    assert len(back) <= 4**n_qubits
    np.testing.assert_allclose(sum(k.conj().T @ k for k in back), np.eye(2**n_qubits), rtol=0, atol=1e-12)
    np.testing.assert_allclose(channels.from_kraus(back), matrix, rtol=0, atol=1e-12)
    assert_physical(matrix)


@settings(max_examples=30)
@given(n_qubits=st.integers(1, 2), seed=SEED)
def test_infidelity_is_that_of_qiskit(n_qubits: int, seed: int) -> None:
    operators = kraus(n_qubits, 3, seed)
    expected = 1 - average_gate_fidelity(Kraus(operators))
    assert channels.average_infidelity(channels.from_kraus(operators)) == pytest.approx(expected, abs=1e-12)


@given(t1=TIME_S, ratio=st.floats(0.01, 2.0), time=st.floats(0, 1e-4))
def test_thermal_relaxation_is_that_of_aer(t1: float, ratio: float, time: float) -> None:
    expected = from_qiskit(SuperOp(thermal_relaxation_error(t1, min(ratio * t1, 2 * t1), time)))
    # Aer leaves out what is less likely than 1e-8.
    np.testing.assert_allclose(channels.thermal_relaxation(t1, ratio * t1, time), expected, rtol=0, atol=2e-8)


@given(t1=TIME_S, ratio=st.floats(2.0, 1000.0), time=TIME_S)
def test_t2_is_cut_at_twice_t1(t1: float, ratio: float, time: float) -> None:
    cut = channels.thermal_relaxation(t1, ratio * t1, time)
    np.testing.assert_array_equal(cut, channels.thermal_relaxation(t1, 2 * t1, time))
    assert_physical(cut)


@given(t1=TIME_S, t2=TIME_S, times=st.tuples(st.floats(0, 1e-4), st.floats(0, 1e-4)))
def test_waiting_twice_is_waiting_longer(t1: float, t2: float, times: tuple[float, float]) -> None:
    first, second = (channels.thermal_relaxation(t1, t2, time) for time in times)
    together = channels.thermal_relaxation(t1, t2, sum(times))
    np.testing.assert_allclose(second @ first, together, rtol=0, atol=1e-12)


def test_what_never_relaxes_stays() -> None:
    np.testing.assert_array_equal(channels.thermal_relaxation(np.inf, np.inf, 1.0), np.eye(4))


@settings(max_examples=30)
@given(probability=PROBABILITY)
def test_textbook_channels_are_those_of_aer(probability: float) -> None:
    for n_qubits in (1, 2):
        found = channels.depolarizing(probability, n_qubits)
        expected = from_qiskit(SuperOp(depolarizing_error(probability, n_qubits)))
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    for ours, theirs in (
        (channels.amplitude_damping, amplitude_damping_error),
        (channels.phase_damping, phase_damping_error),
    ):
        expected = from_qiskit(SuperOp(theirs(probability)))
        np.testing.assert_allclose(ours(probability), expected, rtol=0, atol=1e-7)


@given(t1=TIME_S, t2=TIME_S, time=TIME_S, p=PROBABILITY, q=PROBABILITY)
def test_every_channel_is_physical_for_any_parameters(t1: float, t2: float, time: float, p: float, q: float) -> None:
    relaxation = channels.thermal_relaxation(t1, t2, time)
    for matrix in (relaxation, channels.amplitude_damping(p), channels.phase_damping(p), channels.depolarizing(p, 1)):
        assert_physical(matrix)
    assert_physical(channels.tensor(relaxation, channels.amplitude_damping(q)) @ channels.depolarizing(p, 2))


def test_the_first_of_several_qubits_is_the_most_significant() -> None:
    first, second = (channels.from_kraus(kraus(1, 2, seed)) for seed in (1, 2))
    expected = from_qiskit(SuperOp(to_qiskit(first)).tensor(SuperOp(to_qiskit(second))))
    np.testing.assert_allclose(channels.tensor(first, second), expected, rtol=0, atol=1e-13)
