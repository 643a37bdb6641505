"""Encodings, ansätze and the circuits made of them, against states worked out by hand and by NumPy."""

import numpy as np
import pennylane as qml
import pytest
import torch

from qcore.backends.registry import backend
from qcore.circuits import Circuit, gates
from qcore.circuits.ansatz import ANSATZE, SEPARATE
from qcore.circuits.encodings import AMPLITUDE, ENCODINGS, IQP, amplitude_angles
from qcore.circuits.hqcnn import hqcnn
from qcore.circuits.qcnn import qcnn
from qcore.circuits.reuploading import OBSERVABLES, layered

EVERY = [(encoding, ansatz) for encoding in ENCODINGS for ansatz in ANSATZE]


def state(queue: object, n_qubits: int, *angles: torch.Tensor) -> np.ndarray:
    node = qml.QNode(lambda: (queue(*angles), qml.state())[1], qml.device("default.qubit", wires=n_qubits))
    return np.asarray(node())


def run(circuit: Circuit, where: str, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    inputs = torch.rand(3, circuit.n_inputs, generator=generator, dtype=torch.float64) * 4 - 2
    weights = torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) * 4 - 2
    return backend(where).expectations(circuit, inputs, weights).values


@pytest.mark.parametrize("n_qubits", [1, 2, 3])
def test_amplitude_encoding_prepares_the_vector_it_is_given(n_qubits: int) -> None:
    vectors = torch.randn(4, 2**n_qubits, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    for vector in vectors:
        prepared = state(AMPLITUDE.queue, n_qubits, amplitude_angles(vector), n_qubits)
        np.testing.assert_allclose(prepared, vector / vector.norm(), atol=1e-10)


def test_amplitudes_have_slopes_where_some_are_zero() -> None:
    vectors = torch.tensor([[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]], dtype=torch.float64, requires_grad=True)
    angles = amplitude_angles(vectors)
    assert torch.isfinite(angles).all()
    assert torch.isfinite(torch.autograd.grad(angles.sum(), vectors)[0]).all()


@pytest.mark.parametrize("count", [1, 3, 6])
def test_amplitudes_of_an_odd_number_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="powers of two"):
        amplitude_angles(torch.ones(2, count))


def test_iqp_is_hadamards_then_phases_of_angles_and_their_products() -> None:
    angles = torch.tensor([0.3, -0.7, 1.1], dtype=torch.float64)
    bits = 1 - 2 * np.array(list(np.ndindex(2, 2, 2)))
    first, second, third = angles.tolist()
    phase = bits @ angles.numpy() + first * second * bits[:, 0] * bits[:, 1] + second * third * bits[:, 1] * bits[:, 2]
    np.testing.assert_allclose(state(IQP.queue, 3, angles, 3), np.exp(-0.5j * phase) / np.sqrt(8), atol=1e-12)


@pytest.mark.parametrize(("encoding", "ansatz"), EVERY)
@pytest.mark.parametrize("observables", OBSERVABLES)
def test_every_circuit_runs_the_same_without_noise_on_both_engines(
    encoding: str, ansatz: str, observables: str
) -> None:
    circuit = layered(3, 2, ENCODINGS[encoding], ANSATZE[ansatz], observables)
    ideal = run(circuit, "ideal")
    assert ideal.shape == (3, len(circuit.observables))
    torch.testing.assert_close(run(circuit, "noisy:fez:0"), ideal, rtol=0, atol=1e-12)
    assert (run(circuit, "noisy:fez") - ideal).abs().max() > 1e-3


@pytest.mark.parametrize("ansatz", ANSATZE)
def test_every_weight_matters_to_some_observable(ansatz: str) -> None:
    circuit = layered(3, 2, ansatz=ANSATZE[ansatz], observables="xyz-zz")
    inputs = torch.rand(5, circuit.n_inputs, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    weights = torch.full((circuit.n_weights,), 0.7, dtype=torch.float64, requires_grad=True)
    values = backend("ideal").expectations(circuit, inputs, weights).values
    slopes = torch.stack([torch.autograd.grad(value, weights, retain_graph=True)[0] for value in values.flatten()])
    assert (slopes.abs().max(0).values > 1e-6).all()


def test_separate_layers_have_no_gate_on_two_qubits() -> None:
    assert {len(gate.wires) for gate in gates(layered(3, 2, ansatz=SEPARATE))} == {1}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_drawing_tells_every_input_from_every_weight(encoding: str) -> None:
    circuit = layered(2, 2, ENCODINGS[encoding])
    drawn = [gate.source for gate in gates(circuit)]
    assert drawn.count("weight") == circuit.n_weights
    assert drawn.count("input") == {"angle": 4, "iqp": 6, "amplitude": 3}[encoding]


def test_a_state_is_prepared_once_and_angles_are_uploaded_in_every_layer() -> None:
    assert layered(3, 4).n_inputs == 12
    assert layered(3, 4, AMPLITUDE).n_inputs == 7


@pytest.mark.parametrize("n_qubits", [2, 4, 8])
def test_the_quantum_convolution_ends_in_one_qubit_that_knows_them_all(n_qubits: int) -> None:
    circuit = qcnn(n_qubits)
    assert {wire for observable in circuit.observables for wire in observable.wires} == {n_qubits - 1}
    inputs = torch.full((1, n_qubits), 0.4, dtype=torch.float64, requires_grad=True)
    weights = torch.linspace(-1, 2, circuit.n_weights, dtype=torch.float64, requires_grad=True)
    value = backend("ideal").expectations(circuit, inputs, weights).values.sum()
    for slopes in torch.autograd.grad(value, (inputs, weights)):
        assert (slopes.abs() > 1e-9).all()


def test_pooling_is_what_a_measurement_of_the_dropped_qubit_would_switch_on() -> None:
    """The dropped qubit is never touched again but as a control, so measuring it first changes nothing."""
    circuit = qcnn(2)
    inputs, weights = torch.tensor([0.3, 1.2]), torch.linspace(-1, 2, circuit.n_weights)
    operations = list(qml.tape.make_qscript(circuit.queue)(inputs, weights).operations)
    pool = next(index for index, operation in enumerate(operations) if operation.name == "CRZ")

    @qml.qnode(qml.device("default.mixed", wires=2))
    def measured_first() -> list[object]:
        for operation in operations[:pool]:
            qml.apply(operation)
        qml.PhaseDamping(1.0, wires=0)
        for operation in operations[pool:]:
            qml.apply(operation)
        return [qml.expval(observable) for observable in circuit.observables]

    expected = np.array(measured_first(), dtype=float)
    values = backend("ideal").expectations(circuit, inputs.double()[None], weights.double()).values[0]
    np.testing.assert_allclose(values, expected, atol=1e-6)


@pytest.mark.parametrize("n_qubits", [1, 3, 6])
def test_a_register_that_cannot_be_halved_is_refused(n_qubits: int) -> None:
    with pytest.raises(ValueError, match="2, 4 or 8"):
        qcnn(n_qubits)


def test_hqcnn_has_the_stages_of_its_paper() -> None:
    circuit = hqcnn()
    names = [gate.name for gate in gates(circuit)]
    assert (circuit.n_inputs, circuit.n_weights, len(circuit.observables)) == (4, 12, 8)
    assert names[:4] == ["RY"] * 4
    assert names[16:24] == ["CNOT"] * 4 + ["Toffoli"] * 4
    assert names.count("ControlledPhaseShift") == 6
    torch.testing.assert_close(run(circuit, "noisy:fez:0"), run(circuit, "ideal"), rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="at least three qubits"):
        hqcnn(2)
