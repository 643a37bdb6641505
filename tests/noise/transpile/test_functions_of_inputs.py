"""Angles may be any function of inputs and weights: without noise the answer is the noiseless one, or a clear error."""

from collections.abc import Callable

import numpy as np
import pennylane as qml
import pytest
import torch
from torch import Tensor

from qcore.backends import ibm
from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import NoisyBackend
from qcore.circuits import Circuit, gates
from qcore.circuits.kernels import fidelity, local_states
from qcore.errors import UnsuitableCircuit
from qcore.noise.device.calibration import load
from qcore.noise.model import CalibratedNoise
from qcore.noise.transpile.trace import symbolic_trace

Function = Callable[[Tensor, Tensor], Tensor]
PERFECT = NoisyBackend(CalibratedNoise(load("fez"), 0.0))
INPUTS = torch.tensor(
    [[-1.3, 0.4], [0.0, 0.0], [-0.0, 1.0], [1.0, -1.0], [0.5, 2.5], [40.7, -1000.3], [2.0, 6.0], [-2.5, -0.5]],
    dtype=torch.float64,
)
"""Negative, zero, on the kinks, where one samples, and far from there."""
WEIGHTS = [[0.7, 1.1], [-0.7, -1.1], [0.0, 0.0], [1.0, -1.0], [7.5, -40.0]]


class Rounded(torch.autograd.Function):
    """Rounds, and says that it had not: a straight-through estimator."""

    @staticmethod
    def forward(_context: object, value: Tensor) -> Tensor:
        return value.round()

    @staticmethod
    def backward(_context: object, slope: Tensor) -> Tensor:
        return slope


class Reversed(torch.autograd.Function):
    """Leaves values as they are and turns gradients round."""

    @staticmethod
    def forward(_context: object, value: Tensor) -> Tensor:
        return value.clone()

    @staticmethod
    def backward(_context: object, slope: Tensor) -> Tensor:
        return -slope


def in_place(x: Tensor, _y: Tensor) -> Tensor:
    angle = x.clone()
    angle[x > 1] = 0.25
    return angle


FUNCTIONS: dict[str, Function] = {
    "abs": lambda x, _: x.abs(),
    "abs of Python": lambda x, _: abs(x - 5),
    "relu": lambda x, y: torch.relu(x - 0.2) + y,
    "relu of something far": lambda x, _: torch.relu(x - 30),
    "clamp": lambda x, _: x.clamp(-1, 3),
    "hardtanh": lambda x, _: torch.nn.functional.hardtanh(x),
    "where": lambda x, y: torch.where(x > 0, x, 2 * y),
    "where between constants": lambda x, _: torch.where(x > 0, 0.5, -0.7),
    "a mask": lambda x, _: (x > 3).to(x.dtype) * 0.9 + 0.1,
    "heaviside": lambda x, y: torch.heaviside(x.detach(), torch.ones((), dtype=x.dtype)) * y,
    "round": lambda x, _: x.round(),
    "floor": lambda x, _: x.floor(),
    "floor division": lambda x, _: x // 2,
    "division rounded": lambda x, _: torch.div(x, 2, rounding_mode="floor"),
    "trunc": lambda x, _: x.trunc(),
    "whole numbers": lambda x, _: x.long().to(x.dtype),
    "sign": lambda x, _: x.sign(),
    "maximum": torch.maximum,
    "minimum": lambda x, y: torch.minimum(x, y * 2),
    "greatest of a row": lambda x, y: torch.stack([x, y], -1).max(-1).values,
    "sorted": lambda x, y: torch.stack([x, y], -1).sort(-1).values[..., 0],
    "remainder": lambda x, _: torch.remainder(x, 2.0),
    "modulo of Python": lambda x, _: x % 1.5,
    "product": lambda x, y: x * y,
    "power": lambda x, _: x**2,
    "sine": lambda x, _: torch.sin(x),
    "root": lambda x, _: torch.sqrt(x.abs() + 1e-3),
    "quotient": lambda x, y: x / (1 + y.square()),
    "arctangent of a tangent": lambda x, _: torch.atan(torch.tan(x)),
    "hidden from autograd": lambda x, _: x.detach(),
    "data": lambda x, _: x.data * 2,
    "straight through": lambda x, _: Rounded.apply(x),
    "gradient reversed": lambda x, _: Reversed.apply(x),
    "vectorised": lambda x, _: torch.vmap(lambda v: (v > 1).to(v.dtype) * 0.5)(x) if x.ndim else x.abs(),
    "by NumPy": lambda x, _: torch.tensor(np.abs(x.detach().numpy()), dtype=x.dtype),
    "written in place": in_place,
    "mean of the batch": lambda x, _: x - x.mean(),
    "affine": lambda x, y: 2 * x - y / 3 + 0.1,
}

WITHOUT_DERIVATIVE = {"floor division"}


def turned_by(function: Function, of_weights: bool = False) -> Circuit:
    """A rotation by the function, where its sign, size and offset all show."""

    def queue(inputs: Tensor, weights: Tensor) -> None:
        first, second = (weights[0], weights[1]) if of_weights else (inputs[..., 0], inputs[..., 1])
        qml.RY(weights[0] + 0.3, wires=0)
        qml.RX(inputs[..., 1] + 0.4, wires=1)
        qml.CZ(wires=[0, 1])
        qml.RX(function(first, second), wires=0)
        qml.RY(weights[1], wires=1)
        qml.RZ(function(second, first) * 0.5 if of_weights else inputs[..., 0], wires=0)

    observables = (qml.PauliZ(0), qml.PauliX(0), qml.PauliY(1), qml.PauliZ(0) @ qml.PauliX(1))
    return Circuit("piecewise", 2, 2, 2, queue, observables)


def assert_as_noiseless(circuit: Circuit, inputs: Tensor, weights: Tensor) -> None:
    expected = IdealBackend().expectations(circuit, inputs, weights).values
    for batch in (inputs, *inputs.split(1)):
        part = IdealBackend().expectations(circuit, batch, weights).values
        found = PERFECT.expectations(circuit, batch, weights).values
        torch.testing.assert_close(found, part, rtol=0, atol=1e-7)
    symbolic = PERFECT.expectations(circuit, inputs, weights.clone().requires_grad_()).values
    torch.testing.assert_close(symbolic.detach(), expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_any_function_of_an_input(name: str) -> None:
    assert_as_noiseless(turned_by(FUNCTIONS[name]), INPUTS, torch.tensor(WEIGHTS[0], dtype=torch.float64))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_any_function_of_a_weight(name: str, weights: list[float]) -> None:
    circuit = turned_by(FUNCTIONS[name], of_weights=True)
    assert_as_noiseless(circuit, INPUTS[:3], torch.tensor(weights, dtype=torch.float64))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ["relu", "floor", "remainder", "where"])
def test_kinks_lie_where_they_lie_without_noise_in_either_precision(name: str, dtype: torch.dtype) -> None:
    circuit, weights = turned_by(FUNCTIONS[name]), torch.tensor([0.7, 0.1], dtype=dtype)
    inputs = INPUTS[:5].to(dtype)
    expected = IdealBackend().expectations(circuit, inputs, weights).values
    found = PERFECT.expectations(circuit, inputs, weights).values
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in WITHOUT_DERIVATIVE])
@pytest.mark.parametrize("train", [False, True])
def test_gradients_are_those_of_the_noiseless_circuit(name: str, train: bool) -> None:
    circuit = turned_by(FUNCTIONS[name])
    inputs = torch.tensor([[-1.3, 0.4], [0.6, -2.2], [31.7, 0.3]], dtype=torch.float64).requires_grad_()
    weights = torch.tensor(WEIGHTS[0], dtype=torch.float64).requires_grad_(train)
    expected, found = (
        torch.autograd.grad(
            backend.expectations(circuit, inputs, weights).values.square().sum(), [inputs, *[weights] * train]
        )
        for backend in (IdealBackend(), PERFECT)
    )
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-7)


def branching(inputs: Tensor, weights: Tensor) -> None:
    qml.RY(weights[0], wires=0)
    if inputs[..., 0] > 1:
        qml.RX(inputs[..., 1], wires=0)
        qml.CNOT(wires=[0, 1])
    elif weights[1] < 0:
        qml.RX(0.3, wires=1)
    qml.RY(inputs[..., 0], wires=1)


def choosing(inputs: Tensor, weights: Tensor) -> None:
    largest = float(inputs[..., 0].detach().abs().max())
    qml.RX(largest, wires=0)
    qml.RY(weights[1] if largest > 2 else inputs[..., 1], wires=0)
    qml.CZ(wires=[0, 1])
    qml.RX(weights[0], wires=1)


def repeating(inputs: Tensor, weights: Tensor) -> None:
    for _ in range(1 + int(weights[0].abs().detach() * 2)):
        qml.RY(inputs[..., 0], wires=0)
        qml.CNOT(wires=[0, 1])
        qml.RX(weights[1], wires=1)


def amplitudes(inputs: Tensor, weights: Tensor) -> None:
    qml.AmplitudeEmbedding(torch.cat([inputs, inputs.new_ones(*inputs.shape[:-1], 2)], -1), [0, 1], normalize=True)
    qml.RX(weights[0], wires=1)


@pytest.mark.parametrize("queue", [branching, choosing, repeating, amplitudes])
@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_gates_that_depend_on_a_value(queue: Callable[[Tensor, Tensor], None], weights: list[float]) -> None:
    circuit = Circuit(queue.__name__, 2, 2, 2, queue, (qml.PauliZ(0), qml.PauliX(1)))
    assert_as_noiseless(circuit, INPUTS[:5], torch.tensor(weights, dtype=torch.float64))


def test_patients_with_other_gates_are_answered_together_each_with_its_own_standard_errors() -> None:
    circuit = Circuit("branching", 2, 2, 2, branching, (qml.PauliZ(0), qml.PauliX(1)))
    weights = torch.tensor(WEIGHTS[0], dtype=torch.float64)
    backend = NoisyBackend(CalibratedNoise(load("fez")), shots=200)
    whole = backend.expectations(circuit, INPUTS, weights)
    assert whole.covariance is not None
    for row in range(len(INPUTS)):
        one = backend.expectations(circuit, INPUTS[row : row + 1], weights)
        assert one.covariance is not None
        torch.testing.assert_close(whole.values[row], one.values[0])
        torch.testing.assert_close(whole.covariance[row], one.covariance[0])


def test_a_job_for_a_processor_gets_the_angles_whatever_their_function() -> None:
    backend = ibm.IbmBackend(load("fez"), ibm.rehearsal("fez").runner, shots=4000, resilience_level=0)
    circuit, weights = turned_by(FUNCTIONS["relu"]), torch.tensor(WEIGHTS[0], dtype=torch.float64)
    found = backend.expectations(circuit, INPUTS, weights)
    expected = NoisyBackend(CalibratedNoise(load("fez"))).expectations(circuit, INPUTS, weights).values
    torch.testing.assert_close(found.values, expected, rtol=0, atol=0.08)


def test_patients_with_other_gates_are_no_single_job() -> None:
    circuit = Circuit("branching", 2, 2, 2, branching, (qml.PauliZ(0),))
    with pytest.raises(UnsuitableCircuit, match=r"make branching queue 2 different circuits.*one patient at a time"):
        ibm.rehearsal("fez").submit(circuit, INPUTS, torch.tensor(WEIGHTS[0], dtype=torch.float64))


def test_inputs_taken_by_patient_instead_of_by_number_are_refused() -> None:
    circuit = Circuit("wrong axis", 1, 4, 0, lambda x, _: qml.RX(x[0], 0), (qml.PauliZ(0),))
    with pytest.raises(UnsuitableCircuit, match=r"An angle of wrong axis has the shape .* as in inputs\[\.\.\., 0\]"):
        PERFECT.expectations(circuit, torch.zeros(4, 4, dtype=torch.float64), torch.zeros(0))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_what_is_affine_is_taken_as_affine(name: str) -> None:
    assert (symbolic_trace(turned_by(FUNCTIONS[name])).affine is not None) == (name == "affine")


def test_a_drawing_tells_inputs_from_constants_however_they_are_used() -> None:
    drawn = gates(turned_by(lambda x, _: torch.where(x > 30, 0.5, -0.7)))
    assert [gate.source for gate in drawn] == ["weight", "input", "fixed", "input", "weight", "input"]


@pytest.mark.parametrize("kernel", [fidelity, local_states])
def test_a_kernel_keeps_gates_that_matter_for_some_inputs_only(kernel: Callable[[Circuit], Circuit]) -> None:
    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.Hadamard(0)
        qml.RZ(torch.relu(inputs[..., 0] - 5) + torch.relu(weights[0] - 2), wires=0)

    feature_map = Circuit("far", 1, 1, 1, queue, (qml.PauliZ(0),))
    found = kernel(feature_map)
    assert found.n_weights == 1
    inputs = torch.tensor([[6.0, 0.0]], dtype=torch.float64)[:, : found.n_inputs]
    near, far = (
        IdealBackend().expectations(found, inputs, torch.tensor([w], dtype=torch.float64)).values for w in (0.0, 3.0)
    )
    if kernel is local_states:
        assert (near - far).abs().max() > 0.1
    else:
        assert float(near) == pytest.approx(0.5 + 0.5 * float(torch.cos(torch.tensor(1.0))), abs=1e-6)
