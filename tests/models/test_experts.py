"""The mixture of quantum experts: its circuit, its gate, what targets share, its control, and that it learns."""

from functools import cache
from pathlib import Path

import pennylane as qml
import pytest
import torch
from torch import Tensor, nn

from qcore.backends.protocol import Expectations
from qcore.backends.registry import backend
from qcore.circuits import Circuit
from qcore.circuits.experts import expert
from qcore.models.encoded import load_weights, save_weights
from qcore.models.experts import (
    N_EXPERTS,
    WIDTH,
    Cascade,
    ExpertsModel,
    Independent,
    Mixture,
    Mode,
    QuantumExpert,
    classical_experts,
    dropout_draws,
    quantum_experts,
)
from qcore.models.quantum_layer import N_TYPICAL

IDEAL = backend("ideal")
N_FEATURES = 3


def features(n: int = 6) -> Tensor:
    return torch.randn(n, N_FEATURES, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def built(mode: Mode, dropout: float = 0.0, seed: int = 0) -> ExpertsModel:
    torch.manual_seed(seed)
    return quantum_experts(mode, N_FEATURES, 2, n_qubits=2, n_layers=1, dropout=dropout).double()


def test_the_circuit_is_uploading_about_two_axes_and_strongly_entangling_layers() -> None:
    circuit = expert(3, 2)
    generator = torch.Generator().manual_seed(0)
    inputs = torch.rand(4, 3, generator=generator, dtype=torch.float64) * 6 - 3
    weights = torch.rand(18, generator=generator, dtype=torch.float64) * 6 - 3
    wires = range(3)

    @qml.qnode(qml.device("default.qubit", wires=3))
    def reference(x: Tensor) -> list[object]:
        for layer in weights.reshape(2, 1, 3, 3):
            qml.AngleEmbedding(x, wires=wires, rotation="Y")
            qml.AngleEmbedding(x, wires=wires, rotation="X")
            qml.StronglyEntanglingLayers(layer, wires=wires, ranges=[1])
        singles = [qml.expval(pauli(wire)) for pauli in (qml.X, qml.Y, qml.Z) for wire in wires]
        return [*singles, qml.expval(qml.Z(0) @ qml.Z(1)), qml.expval(qml.Z(1) @ qml.Z(2))]

    expected = torch.stack(reference(inputs), dim=-1)
    for where in ("ideal", "noisy:fez:0"):
        values = backend(where).expectations(circuit, inputs, weights).values
        torch.testing.assert_close(values, expected, rtol=0, atol=1e-10)


def test_a_circuit_without_qubits_or_layers_is_refused() -> None:
    for shape in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="at least one"):
            expert(*shape)


def test_an_expert_is_a_circuit_between_linear_maps_and_a_way_past_it() -> None:
    torch.manual_seed(0)
    one = QuantumExpert(4, expert(2, 1)).double().eval()
    x = torch.randn(5, 4, dtype=torch.float64)
    with torch.no_grad():
        one.skip.normal_()
        angles = one.angles.range_rad * torch.tanh(x @ one.angles.linear.weight.T + one.angles.linear.bias)
        measured = IDEAL.expectations(expert(2, 1), angles, one.quantum.weights).values
        # The running mean and variance before any training are 0 and 1.
        measured = measured / (1 + one.quantum.normalization.eps) ** 0.5
        expected = measured @ one.readout.weight.T + one.readout.bias + one.skip * x
        torch.testing.assert_close(one(x, IDEAL), expected, rtol=0, atol=1e-12)


def test_the_gate_chooses_between_experts() -> None:
    model, x = built(Mode.MULTI_TASK).eval(), features()
    assert isinstance(model, Mixture)
    with torch.no_grad():
        encoded = model.encoder(x)
        torch.testing.assert_close(model.shares(x), torch.softmax(model.gate(encoded), -1))
        torch.testing.assert_close(model.shares(x).sum(-1), torch.ones(6, dtype=torch.float64))
        said = [each(encoded, IDEAL) for each in model.experts]
        mixed = sum(model.shares(x)[:, [place]] * said[place] for place in range(N_EXPERTS))
        torch.testing.assert_close(model(x, IDEAL), torch.cat([head(mixed) for head in model.heads], -1))
        model.gate.bias[2] = 1e3
        alone = torch.cat([head(said[2]) for head in model.heads], -1)
        torch.testing.assert_close(model(x, IDEAL), alone)


class Counting:
    """The ideal backend, and the rows it was asked for in every call."""

    name = fingerprint = "counting"

    def __init__(self) -> None:
        self.rows: list[int] = []

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        self.rows.append(len(inputs))
        return IDEAL.expectations(circuit, inputs, weights)


@pytest.mark.parametrize(("mode", "mixtures"), [(Mode.MULTI_TASK, 1), (Mode.INDEPENDENT, 2), (Mode.CASCADE, 2)])
def test_an_expert_is_one_call_for_all_patients(mode: Mode, mixtures: int) -> None:
    counting = Counting()
    assert built(mode)(features(), counting).shape == (6, 2)
    assert counting.rows == [6] * mixtures * N_EXPERTS


def touched(model: nn.Module, output: Tensor) -> set[str]:
    """What the gradient of an output reaches."""
    slopes = torch.autograd.grad(output.sum(), list(model.parameters()), retain_graph=True, allow_unused=True)
    names = (name for name, _ in model.named_parameters())
    return {name for name, slope in zip(names, slopes, strict=True) if slope is not None and slope.abs().sum() > 0}


def test_independent_targets_share_nothing() -> None:
    model, x = built(Mode.INDEPENDENT), features()
    assert isinstance(model, Independent)
    first, second = (touched(model, values) for values in model(x, IDEAL).unbind(-1))
    assert first
    assert all(name.startswith("mixtures.0.") for name in first)
    assert second
    assert all(name.startswith("mixtures.1.") for name in second)


def test_multi_task_targets_share_all_but_their_heads() -> None:
    model = built(Mode.MULTI_TASK)
    first, second = (touched(model, values) for values in model(features(), IDEAL).unbind(-1))
    heads = {name for name, _ in model.named_parameters() if name.startswith("heads.")}
    assert first - heads == second - heads
    assert any(name.startswith("experts.3.quantum") for name in first)
    assert {name[:7] for name in first & heads} == {"heads.0"}
    assert {name[:7] for name in second & heads} == {"heads.1"}


def test_a_cascade_tells_the_second_target_of_the_first() -> None:
    model, x = built(Mode.CASCADE).eval(), features()
    assert isinstance(model, Cascade)
    before = model(x, IDEAL)
    alone = model.mixtures[0](x, IDEAL)
    torch.testing.assert_close(before[:, :1], alone)
    torch.testing.assert_close(before[:, 1:], model.mixtures[1](torch.cat([x, alone], -1), IDEAL))
    with torch.no_grad():
        model.mixtures[0].heads[0][-1].bias += 1.0
    after = model(x, IDEAL)
    torch.testing.assert_close(after[:, 0], before[:, 0] + 1.0)
    assert ((after - before)[:, 1].abs() > 1e-4).all()


def test_the_first_target_of_a_cascade_is_not_bent_for_the_second() -> None:
    model = built(Mode.CASCADE)
    second = touched(model, model(features(), IDEAL)[:, 1])
    assert second
    assert all(name.startswith("mixtures.1.") for name in second)


@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:3:shots=500"])
def test_the_gradient_reaches_every_parameter_also_under_noise(where: str) -> None:
    model = built(Mode.MULTI_TASK)
    model(features(), backend(where)).square().sum().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_noise_changes_the_answer_and_none_does_not() -> None:
    model, x = built(Mode.CASCADE).eval(), features()
    with torch.no_grad():
        exact = model(x, IDEAL)
        torch.testing.assert_close(model(x, backend("noisy:fez:0")), exact, rtol=0, atol=1e-10)
        assert (model(x, backend("noisy:fez")) - exact).abs().max() > 1e-4
        single = model.float()(x.float(), backend("noisy:fez:shots=500"))
    assert single.dtype == torch.float32


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(("n_qubits", "n_layers"), [(2, 1), (4, 2), (8, 3), (12, 4)])
def test_the_control_is_about_as_large(mode: Mode, n_qubits: int, n_layers: int) -> None:
    pair = [make(mode, 5, 2, n_qubits, n_layers) for make in (quantum_experts, classical_experts)]
    sizes = [sum(parameter.numel() for parameter in each.parameters()) for each in pair]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.02)
    assert not any(isinstance(module, QuantumExpert) for module in pair[1].modules())
    assert pair[1].eval()(torch.rand(1, 5)).shape == (1, 2)


@pytest.mark.parametrize("mode", Mode)
def test_weights_survive_the_disk(mode: Mode, tmp_path: Path) -> None:
    saved, read, x = built(mode), built(mode, seed=1), features()
    with torch.no_grad():
        saved(x, IDEAL)
        save_weights(saved.eval(), tmp_path / "weights.safetensors")
        assert not torch.equal(read.eval()(x, IDEAL), saved(x, IDEAL))
        load_weights(read, tmp_path / "weights.safetensors")
        assert torch.equal(read(x, IDEAL), saved(x, IDEAL))


def test_draws_with_dropout_scatter_about_the_answer_and_leave_no_trace() -> None:
    model, x = built(Mode.MULTI_TASK, dropout=0.3), features()
    model(x, IDEAL)
    model.eval()
    state = {name: value.clone() for name, value in model.state_dict().items()}
    random = torch.random.get_rng_state()
    counting = Counting()
    draws = dropout_draws(model, x, counting, n_draws=200, seed=1)
    assert draws.shape == (200, 6, 2)
    # Beside them, every circuit measures what the backend does to typical angles.
    assert [rows for rows in counting.rows if rows != N_TYPICAL] == [200 * 6] * N_EXPERTS
    assert torch.equal(draws, dropout_draws(model, x, IDEAL, n_draws=200, seed=1))
    assert not torch.equal(draws, dropout_draws(model, x, IDEAL, n_draws=200, seed=2))
    assert (draws.std(0) > 1e-3).all()
    assert ((draws.mean(0) - model(x, IDEAL)).abs() < draws.std(0)).all()
    assert torch.equal(torch.random.get_rng_state(), random)
    assert not any(module.training for module in model.modules())
    assert all(torch.equal(value, state[name]) for name, value in model.state_dict().items())


def test_draws_without_dropout_are_refused() -> None:
    with pytest.raises(ValueError, match="without dropout"):
        dropout_draws(built(Mode.MULTI_TASK), features(), IDEAL, n_draws=2, seed=0)


def concentration_and_effect(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """A concentration that has two regimes, and an effect that is a function of the concentration alone."""
    x = torch.rand(n, N_FEATURES, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    concentration = torch.sin(2 * x[:, 0]) * torch.where(x[:, 1] > 0, 1.0, -0.5) + 0.5 * x[:, 2]
    return x, torch.stack([concentration / 0.56, (concentration.square() - 0.31) / 0.35], dim=-1)


@cache
def trained(mode: Mode) -> ExpertsModel:
    (x, y), steps = concentration_and_effect(256, 1), 30
    model = built(mode).float()
    optimiser = torch.optim.Adam(model.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.02, total_steps=steps)
    for _ in range(steps):
        optimiser.zero_grad()
        (model(x, IDEAL) - y).square().mean().backward()
        optimiser.step()
        schedule.step()
    return model.eval()


@torch.no_grad()
def unexplained(model: ExpertsModel) -> Tensor:
    """Share of each target's variance among new patients that the model does not explain."""
    x, y = concentration_and_effect(512, 2)
    return (model(x, IDEAL) - y).square().mean(0) / y.var(0)


@pytest.mark.parametrize("mode", [Mode.MULTI_TASK, Mode.CASCADE])
def test_the_mixture_learns_both_targets(mode: Mode) -> None:
    assert (unexplained(trained(mode)) < 0.4).all()


def test_the_effect_of_a_trained_cascade_follows_the_concentration_it_is_told() -> None:
    model = trained(Mode.CASCADE)

    def another_patients(_: nn.Module, seen: tuple[Tensor, object]) -> tuple[Tensor, object]:
        return torch.cat([seen[0][:, :N_FEATURES], seen[0][:, N_FEATURES:].flip(0)], dim=-1), seen[1]

    right = unexplained(model)
    hook = model.mixtures[1].register_forward_pre_hook(another_patients)
    wrong = unexplained(model)
    hook.remove()
    assert wrong[0] == right[0]
    assert wrong[1] > 2 * right[1]


@torch.no_grad()
def test_the_gate_does_not_collapse() -> None:
    """Without a loss for balance (arXiv:1701.06538): every expert is somebody's, and the gate tells patients apart."""
    model, (x, _) = trained(Mode.MULTI_TASK), concentration_and_effect(512, 2)
    assert isinstance(model, Mixture)
    shares = model.shares(x)
    used = shares.mean(0)
    assert torch.exp(-(used * used.log()).sum()) > N_EXPERTS / 2, "as many experts in use, in effect"
    assert (shares - used).abs().sum(-1).mean() / 2 > 0.1, "a gate that is the same for all would be no gate"
    assert shares.shape == (512, N_EXPERTS)
    assert model.gate.in_features == WIDTH
