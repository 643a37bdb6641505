"""Tracing: the flat list of gates does what PennyLane queues, its slots are filled right, odd circuits are refused."""

from collections.abc import Callable

import made_up_devices as made_up
import numpy as np
import pennylane as qml
import pytest
import torch
from torch import Tensor

from qcore.circuits import Circuit, reuploading
from qcore.errors import UnsuitableCircuit
from qcore.noise.transpile.elementary import FIXED, ROTATIONS
from qcore.noise.transpile.trace import Trace, TracedGate, bound_trace, calls, symbolic_trace, trace
from qcore.parity.random_circuits import mixed

Queue = Callable[[Tensor, Tensor], object]


def circuit(queue: Queue, n_qubits: int = 2, n_inputs: int = 2, n_weights: int = 2, name: str = "small") -> Circuit:
    return Circuit(name, n_qubits, n_inputs, n_weights, queue, (qml.PauliZ(0),))


def state(n_qubits: int, queue: Callable[[], object]) -> np.ndarray:
    @qml.qnode(qml.device("default.qubit", wires=n_qubits))
    def run() -> object:
        queue()
        return qml.state()

    return np.asarray(run())


def replay(traced: Trace, slots: Tensor) -> Callable[[], None]:
    def queue() -> None:
        for gate in traced.gates:
            angle = gate.angle if gate.slot is None else float(slots[gate.slot])
            getattr(qml, gate.name)(*([] if angle is None else [angle]), wires=gate.wires)

    return queue


def layers(inputs: Tensor, weights: Tensor) -> None:
    qml.AngleEmbedding(inputs, wires=range(2), rotation="Y")
    qml.StronglyEntanglingLayers(weights.reshape(1, 2, 3), wires=range(2))


def curved(inputs: Tensor, weights: Tensor) -> None:
    qml.RX(inputs[..., 0] ** 2 + weights[0], 0)
    qml.CRX(weights[0] * weights[1], [1, 0])
    qml.MultiRZ(inputs[..., 1] * weights[1], [0, 1])


CIRCUITS = [
    reuploading(2, 2),
    *(mixed(n_qubits, seed) for n_qubits in (1, 2, 3) for seed in range(3)),
    circuit(layers, n_weights=6),
    circuit(curved),
    circuit(lambda _inputs, weights: (qml.Hadamard(0), qml.U2(weights[0], weights[1], 1), qml.ISWAP([0, 1]))),
    circuit(lambda inputs, _weights: (qml.Toffoli([0, 1, 2]), qml.QFT([0, 2]), qml.RZ(inputs[..., 0], 2)), n_qubits=3),
    circuit(lambda _inputs, _weights: None, n_inputs=0, n_weights=0),
]


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize("of", CIRCUITS, ids=lambda of: of.name)
def test_a_trace_does_what_the_circuit_does(of: Circuit, bound: bool) -> None:
    inputs, weights = made_up.angles(of, batch=2)
    traced = bound_trace(of, weights) if bound else symbolic_trace(of)
    assert {gate.name for gate in traced.gates} <= ROTATIONS | FIXED
    slots = traced.slots(inputs, weights)
    assert slots.shape == (2, traced.n_slots)
    for row, angles in zip(inputs, slots, strict=True):
        expected = state(of.n_qubits, lambda row=row: of.queue(row, weights))
        overlap = np.vdot(expected, state(of.n_qubits, replay(traced, angles)))
        assert abs(overlap) == pytest.approx(1, abs=1e-12)


def test_angles_that_autograd_follows_are_slots_and_all_others_numbers() -> None:
    traced = trace(circuit(lambda x, w: (qml.RX(x[..., 0], 0), qml.RY(0.25, 0), qml.RZ(w[0], 1), qml.CZ([0, 1]))))
    assert traced.gates == (
        TracedGate("RX", (0,), slot=0),
        TracedGate("RY", (0,), angle=0.25),
        TracedGate("RZ", (1,), slot=1),
        TracedGate("CZ", (0, 1)),
    )
    assert traced.shared == (False, True), "only the second is the same for all patients"


def test_rotations_about_one_axis_that_meet_are_added() -> None:
    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.RX(inputs[..., 0], 0)
        qml.RX(weights[0], 1)
        qml.RX(weights[0], 0)
        qml.RX(0.5, 0)
        qml.CZ([0, 1])
        qml.RX(inputs[..., 1], 0)
        qml.RZ(weights[1], 0)
        qml.RX(inputs[..., 1], 0)

    traced = trace(circuit(queue))
    named = [(gate.name, gate.wires) for gate in traced.gates]
    assert named == [("RX", (0,)), ("RX", (1,)), ("CZ", (0, 1)), ("RX", (0,)), ("RZ", (0,)), ("RX", (0,))]
    inputs, weights = torch.tensor([[0.1, 0.2]]), torch.tensor([0.01, 0.02])
    torch.testing.assert_close(traced.slots(inputs, weights), torch.tensor([[0.61, 0.01, 0.2, 0.02, 0.2]]))


def test_reuploading_has_one_slot_a_turn_input_plus_weight() -> None:
    of = reuploading(3, 2)
    inputs, weights = made_up.angles(of)
    for traced in (symbolic_trace(of), bound_trace(of, weights)):
        assert traced.affine is not None
        torch.testing.assert_close(traced.slots(inputs, weights), inputs + weights, rtol=0, atol=1e-14)


@pytest.mark.parametrize(
    ("queue", "symbolic", "bound"),
    [
        (lambda x, w: qml.RY(2 * x[..., 0] - w[1] + 1, 0), True, True),
        (lambda x, w: qml.RY(x[..., 0] * w[0], 0), False, True),
        (lambda x, _: qml.RY(torch.sin(x[..., 0]), 0), False, False),
        (lambda x, w: qml.RY(x[..., 0] * torch.exp(w[0]) + x[..., 1], 0), False, True),
    ],
    ids=["affine", "product", "sine", "affine once bound"],
)
def test_slots_are_one_product_where_that_is_exact(queue: Queue, symbolic: bool, bound: bool) -> None:
    of = circuit(queue)
    inputs, weights = made_up.angles(of)
    for traced, affine in ((trace(of), symbolic), (trace(of, weights), bound)):
        assert (traced.affine is not None) is affine
        tape = qml.tape.make_qscript(of.queue)(inputs, weights)
        torch.testing.assert_close(traced.slots(inputs, weights)[:, 0], tape.operations[0].data[0])


@pytest.mark.parametrize("of", [reuploading(2, 2), mixed(2, 3)], ids=["affine", "not affine"])
def test_slots_are_differentiable(of: Circuit) -> None:
    inputs, weights = made_up.angles(of)
    arguments = inputs.requires_grad_(), weights.requires_grad_()
    assert torch.autograd.gradcheck(symbolic_trace(of).slots, arguments)
    assert torch.autograd.gradcheck(lambda x: bound_trace(of, weights.detach()).slots(x, weights), (inputs,))


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_a_trace_does_not_depend_on_whether_gradients_are_wanted(mode: Callable[[], object]) -> None:
    of = mixed(2, 5)
    inputs, weights = made_up.angles(of)
    expected = trace(of, weights).slots(inputs, weights)
    with mode():
        inputs, weights = made_up.angles(of)
        traced = trace(of, weights)
        assert traced.n_slots == expected.shape[1] > 0
        torch.testing.assert_close(traced.slots(inputs, weights), expected)


def as_many_as(number: Tensor) -> range:
    return range(1 + int(1000 * float(number.detach().sum(-1))) % 5)


@pytest.mark.parametrize("which", ["inputs", "weights"])
def test_patients_are_grouped_by_the_gates_that_their_values_make(which: str) -> None:
    of = circuit(
        lambda x, w: [(qml.RX(x[..., 0], 0), qml.CZ([0, 1])) for _ in as_many_as(x if which == "inputs" else w)]
    )
    inputs = torch.tensor([[0.5, 1.5], [0.001, 0.002], [0.5, 1.5]], dtype=torch.float64)
    weights = torch.tensor([0.002, 0.002], dtype=torch.float64)
    rows = [list(call.rows) for call in calls(of, inputs, weights, bind=True)]
    assert rows == ([[0, 2], [1]] if which == "inputs" else [[0, 1, 2]])
    for call in calls(of, inputs, weights, bind=True):
        torch.testing.assert_close(call.trace.slots(inputs[list(call.rows)], weights), call.slots)


def test_a_trace_of_some_inputs_is_refused_for_others_that_queue_other_gates() -> None:
    of = circuit(lambda x, _: [(qml.RX(x[..., 0], 0), qml.CZ([0, 1])) for _ in as_many_as(x)])
    traced = trace(of)
    with pytest.raises(UnsuitableCircuit, match="gates of small depend on the values of its angles"):
        traced.slots(torch.tensor([[0.0015, 0.0015]], dtype=torch.float64), torch.zeros(2, dtype=torch.float64))


def test_a_gate_without_a_decomposition_is_refused_by_name() -> None:
    damped = circuit(lambda _x, _w: qml.AmplitudeDamping(0.1, 0))
    # PennyLane itself warns first.
    with pytest.warns(UserWarning, match="AmplitudeDamping"), pytest.raises(ValueError, match="AmplitudeDamping of s"):
        trace(damped)


def test_the_fingerprint_is_of_what_is_done_not_of_its_name() -> None:
    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.RX(inputs[..., 0], 0)
        qml.RY(weights[0], 1)

    weights = torch.tensor([0.5, 0.25])
    same = {trace(circuit(queue, name=name)).fingerprint for name in ("one", "another")}
    assert len(same) == 1
    others = {
        trace(circuit(queue), weights).fingerprint,
        trace(circuit(queue), weights + 1e-6).fingerprint,
        trace(circuit(queue, n_qubits=3)).fingerprint,
        trace(circuit(lambda x, w: (qml.RX(x[..., 0], 0), qml.RZ(w[0], 1)))).fingerprint,
        trace(circuit(lambda x, w: (qml.RX(x[..., 0], 1), qml.RY(w[0], 0)))).fingerprint,
    }
    assert len(others | same) == 6


def test_traces_are_kept_for_the_next_call() -> None:
    of = reuploading(2, 1)
    weights = torch.tensor([0.5, 0.25])
    assert symbolic_trace(of) is symbolic_trace(of)
    assert bound_trace(of, weights) is bound_trace(of, weights.clone().requires_grad_())
    assert bound_trace(of, weights) is not bound_trace(of, weights + 1)
