"""Matrices or the whole register, float32 or float64, alone or in a batch: the answer is the same, and so its slope."""

from collections.abc import Callable

import made_up_devices as made_up
import pennylane as qml
import pytest
import torch
from noise_engine import PATHS, Run, built, path, runner, transpiled
from torch import Tensor

from qcore.circuits import Circuit, reuploading
from qcore.noise import execute
from qcore.noise.device.calibration import load
from qcore.noise.model import CalibratedNoise
from qcore.parity.random_circuits import mixed

NOISE = CalibratedNoise(made_up.device())
FEZ = CalibratedNoise(load("fez"))


def compiled(circuit: Circuit, way: str, weights: Tensor | None = None, noise: CalibratedNoise = NOISE) -> Run:
    isa = transpiled(circuit, noise, weights)
    with path(way):
        return runner(isa, built(isa, noise))


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize("way", [way for way in PATHS if way != "matrices"])
@pytest.mark.parametrize("circuit", [reuploading(2, 3), mixed(3, 1), mixed(4, 2)], ids=lambda c: c.name)
def test_every_way_gives_the_same(circuit: Circuit, way: str, bound: bool) -> None:
    inputs, weights = made_up.angles(circuit)
    by_matrices = compiled(circuit, "matrices", weights if bound else None)(inputs, weights)
    found = compiled(circuit, way, weights if bound else None)(inputs, weights)
    torch.testing.assert_close(found, by_matrices, rtol=0, atol=1e-12)


def test_the_ways_are_really_different() -> None:
    isa = transpiled(mixed(3, 1), NOISE)
    programs = {}
    for way in PATHS:
        with path(way):
            programs[way] = built(isa, NOISE)
    shapes = {way: (len(p.front.moves) if p.front else 0, len(p.layers)) for way, p in programs.items()}
    n_layers = shapes["matrices"][1]
    assert all(moves + layers == n_layers for moves, layers in shapes.values())
    assert shapes["matrices"] == (0, n_layers)
    assert shapes["register, last stretch pulled back"] == (n_layers, 0)
    # A stretch without a gate costs nothing to pull back, whatever the limit.
    assert shapes["register"][0] >= n_layers - 1
    assert min(shapes["register, then matrices"]) >= 1


@pytest.mark.parametrize("size", [(4, 9), (6, 6)], ids=["4 x 9", "6 x 6"])
def test_a_deep_circuit_begins_on_the_register_and_gives_what_matrices_give(size: tuple[int, int]) -> None:
    circuit = reuploading(*size)
    inputs, weights = made_up.angles(circuit, batch=2)
    isa = transpiled(circuit, FEZ, weights)
    chosen = built(isa, FEZ)
    assert chosen.front is not None
    assert chosen.layers
    with path("register"):
        registered = built(isa, FEZ)
    values = runner(isa, chosen)(inputs, weights)
    torch.testing.assert_close(runner(isa, registered)(inputs, weights), values, rtol=0, atol=1e-12)
    if size == (4, 9):
        by_matrices = compiled(circuit, "matrices", weights, FEZ)(inputs, weights)
        torch.testing.assert_close(by_matrices, values, rtol=0, atol=1e-12)


def test_what_is_chosen_is_not_dearer_than_the_register() -> None:
    for circuit in (reuploading(4, 3), reuploading(4, 9), mixed(4, 1)):
        isa = transpiled(circuit, FEZ)
        with path("register"):
            registered = built(isa, FEZ)
        assert built(isa, FEZ).flops <= registered.flops


@pytest.mark.parametrize("way", PATHS)
@pytest.mark.parametrize("circuit", [reuploading(2, 2), mixed(2, 4)], ids=lambda c: c.name)
def test_gradients_are_those_of_finite_differences(circuit: Circuit, way: str) -> None:
    inputs, weights = made_up.angles(circuit, batch=2)
    run = compiled(circuit, way)
    assert torch.autograd.gradcheck(run, (inputs.requires_grad_(), weights.requires_grad_()), atol=1e-8, rtol=1e-6)


@pytest.mark.parametrize("way", PATHS)
def test_gradients_of_weights_do_not_depend_on_how_many_patients_share_them(way: str) -> None:
    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.RY(inputs[..., 0], 0)
        for layer in range(2):  # layers that the weights alone decide are made once a call
            qml.RX(weights[2 * layer], 0)
            qml.RY(weights[2 * layer + 1], 1)
            qml.CZ([0, 1])
        qml.RX(inputs[..., 1], 1)

    circuit = Circuit("shared", 2, 2, 4, queue, (qml.PauliZ(0), qml.PauliX(1)))
    inputs, weights = made_up.angles(circuit, batch=200)
    run = compiled(circuit, way)
    together = torch.autograd.functional.jacobian(lambda w: run(inputs, w).sum(0), weights)
    alone = [torch.autograd.functional.jacobian(lambda w, row=row: run(row[None], w)[0], weights) for row in inputs]
    torch.testing.assert_close(together, torch.stack(alone).sum(0), rtol=0, atol=1e-10)


@pytest.mark.parametrize("way", PATHS)
def test_a_patient_does_not_depend_on_the_batch(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = mixed(3, 3)
    inputs, weights = made_up.angles(circuit, batch=40)
    run = compiled(circuit, way)
    together = run(inputs, weights)
    assert together.shape == (40, len(circuit.observables))
    alone = torch.cat([run(row[None], weights) for row in inputs])
    torch.testing.assert_close(alone, together, rtol=0, atol=1e-13)
    torch.testing.assert_close(run(inputs.flip(0), weights).flip(0), together, rtol=0, atol=1e-13)
    monkeypatch.setattr(execute, "REGISTER_ENTRIES", 4**3 * 7)
    torch.testing.assert_close(run(inputs, weights), together, rtol=0, atol=1e-13)


@pytest.mark.parametrize("way", PATHS)
def test_float32_agrees_with_float64(way: str) -> None:
    circuit = mixed(3, 3)
    inputs, weights = made_up.angles(circuit, batch=20)
    isa = transpiled(circuit, NOISE)
    with path(way):
        program = built(isa, NOISE)
    double = runner(isa, program)(inputs.float().double(), weights.float().double())
    single = runner(isa, program, torch.float32)(inputs.float(), weights.float())
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, rtol=0, atol=3e-6)


@pytest.mark.parametrize("way", PATHS)
@pytest.mark.parametrize(
    ("queue", "differs"),
    [
        (lambda _x, _w: None, (False, False)),
        (lambda _x, w: qml.RY(w[0], 1), (False, False)),
        (lambda x, _w: qml.RX(x[..., 0], 0), (True, False)),
    ],
    ids=["no gate", "no input", "a qubit never used"],
)
def test_circuits_in_which_little_happens(
    queue: Callable[[Tensor, Tensor], object], differs: tuple[bool, bool], way: str
) -> None:
    circuit = Circuit("little", 2, 1, 1, queue, (qml.PauliZ(0), qml.PauliZ(1), qml.Identity(0)))
    inputs, weights = made_up.angles(circuit)
    found = compiled(circuit, way)(inputs, weights)
    assert found.shape == (3, 3)
    torch.testing.assert_close(found[:, 2], torch.ones(3, dtype=torch.float64))
    torch.testing.assert_close(compiled(circuit, "matrices")(inputs, weights), found, rtol=0, atol=1e-13)
    assert tuple((found.std(0)[:2] > 0.1).tolist()) == differs
