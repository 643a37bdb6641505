"""Quantum LSTM and GRU against NumPy, their controls against torch, series of unequal length, and that they learn."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from qcore.backends.protocol import Expectations
from qcore.backends.registry import backend
from qcore.circuits import Circuit, reuploading
from qcore.circuits.reuploading import layered
from qcore.models.encoded import load_weights, save_weights
from qcore.models.recurrent import (
    KEPT_BIAS,
    GRUCell,
    LSTMCell,
    QuantumGRUCell,
    QuantumLSTMCell,
    RecurrentModel,
    classical_control,
    padded,
)

IDEAL = backend("ideal")
QUANTUM = [QuantumLSTMCell, QuantumGRUCell]
LENGTHS = [4, 1, 3]


def model(cell: type[nn.Module], circuit: Circuit | None = None, n_hidden: int = 3) -> RecurrentModel:
    torch.manual_seed(4)
    return RecurrentModel(cell(2, n_hidden, circuit or reuploading(2, 1)), 1).double()


def series() -> list[Tensor]:
    generator = torch.Generator().manual_seed(1)
    return [torch.randn(length, 2, generator=generator, dtype=torch.float64) for length in LENGTHS]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def gates(state: dict[str, np.ndarray], moment: np.ndarray, hidden: np.ndarray) -> list[np.ndarray]:
    """One layer without entangler: <Z> of a qubit is the cosine of its two angles."""
    found = []
    linear = state["gates.angles.linear.weight"] @ np.concatenate([moment, hidden])
    angles = state["gates.angles.range_rad"] * np.tanh(linear + state["gates.angles.linear.bias"])
    for gate in range(4):
        measured = np.cos(angles[2 * gate : 2 * gate + 2] + state["gates.quantum.weights"])
        found.append(state["gates.weight"][gate] @ measured + state["gates.bias"][gate])
    return found


def test_the_lstm_as_numpy() -> None:
    built = model(QuantumLSTMCell)
    state = {name: value.numpy() for name, value in built.cell.state_dict().items()}
    moments = series()[0]
    hidden, cell = np.zeros(3), np.zeros(3)
    for moment in moments.numpy():
        let_in, keep, candidate, show = gates(state, moment, hidden)
        cell = sigmoid(keep) * cell + sigmoid(let_in) * np.tanh(candidate)
        hidden = sigmoid(show) * np.tanh(cell)
    expected = built.readout.weight.detach().numpy() @ hidden + built.readout.bias.detach().numpy()
    np.testing.assert_allclose(built(moments[None], IDEAL)[0].detach().numpy(), expected, atol=1e-12)


def test_the_gru_as_numpy() -> None:
    built = model(QuantumGRUCell)
    state = {name: value.numpy() for name, value in built.cell.state_dict().items()}
    moments = series()[0]
    hidden = np.zeros(3)
    for moment in moments.numpy():
        reset, keep, fresh, remembered = gates(state, moment, hidden)
        candidate = np.tanh(fresh + sigmoid(reset) * remembered)
        hidden = (1 - sigmoid(keep)) * candidate + sigmoid(keep) * hidden
    expected = built.readout.weight.detach().numpy() @ hidden + built.readout.bias.detach().numpy()
    np.testing.assert_allclose(built(moments[None], IDEAL)[0].detach().numpy(), expected, atol=1e-12)


@pytest.mark.parametrize(("cell", "whole"), [(LSTMCell, nn.LSTM), (GRUCell, nn.GRU)])
def test_the_control_is_torch_over_packed_series(cell: type[nn.Module], whole: type[nn.RNNBase]) -> None:
    torch.manual_seed(4)
    built = RecurrentModel(cell(2, 3), 1).double()
    reference = whole(2, 3, batch_first=True).double()
    reference.load_state_dict({f"{name}_l0": value for name, value in built.cell.cell.state_dict().items()})
    x = padded(series())
    packed = pack_padded_sequence(x.nan_to_num(0), LENGTHS, batch_first=True, enforce_sorted=False)
    last = reference(packed)[1]
    hidden = last[0] if isinstance(last, tuple) else last
    torch.testing.assert_close(built(x), built.readout(hidden[0]), rtol=0, atol=1e-12)


@pytest.mark.parametrize("cell", [LSTMCell, GRUCell])
def test_the_control_starts_out_remembering_as_the_hybrid_does(cell: type[nn.Module]) -> None:
    torch.manual_seed(0)
    bias = cell(2, 3).cell.bias_ih.unflatten(0, (-1, 3))
    assert (bias[1] == KEPT_BIAS).all()
    assert (bias[[0, 2]] != KEPT_BIAS).all()


@pytest.mark.parametrize("cell", QUANTUM)
def test_a_hybrid_starts_out_remembering(cell: type[nn.Module]) -> None:
    built = model(cell)
    with torch.no_grad():
        built.cell.gates.weight.zero_()
        # What a gate does without its circuit: the state shrinks by sigmoid(1), candidates are tanh(0).
        state = torch.ones(1, built.cell.n_state, dtype=torch.float64)
        after = built.cell(torch.zeros(1, 2, dtype=torch.float64), state, IDEAL)
    assert float(after[0, -1]) == pytest.approx(sigmoid(np.array(KEPT_BIAS)))


@pytest.mark.parametrize("cell", QUANTUM)
def test_a_series_is_read_to_its_own_end(cell: type[nn.Module]) -> None:
    built = model(cell)
    alone = torch.cat([built(one[None], IDEAL) for one in series()])
    together = padded([*series(), torch.zeros(6, 2, dtype=torch.float64)])
    assert together.shape == (4, 6, 2)
    torch.testing.assert_close(built(together, IDEAL)[:3], alone, rtol=0, atol=1e-12)


def test_a_moment_that_is_missing_is_passed_by() -> None:
    built, (first, *_) = model(QuantumGRUCell), series()
    with_gap = torch.cat([first[:2], torch.full((3, 2), torch.nan, dtype=torch.float64), first[2:]])
    torch.testing.assert_close(built(with_gap[None], IDEAL), built(first[None], IDEAL), rtol=0, atol=0)


class Counting:
    """The ideal backend, and the rows it was asked for in every call."""

    name = fingerprint = "counting"

    def __init__(self) -> None:
        self.rows: list[int] = []

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        self.rows.append(len(inputs))
        return IDEAL.expectations(circuit, inputs, weights)


@pytest.mark.parametrize("cell", QUANTUM)
def test_all_gates_of_all_patients_are_one_call_a_moment(cell: type[nn.Module]) -> None:
    counting = Counting()
    model(cell)(padded(series()), counting)
    # Four gates of the patients whose series still goes on.
    assert counting.rows == [4 * 3, 4 * 2, 4 * 2, 4 * 1]


def test_series_without_moments_and_half_moments_are_refused() -> None:
    built, x = model(QuantumGRUCell), padded(series())
    nothing, half = x.clone(), x.clone()
    nothing[1] = torch.nan
    half[0, 2, 1] = torch.nan
    with pytest.raises(ValueError, match="at least one moment"):
        built(nothing, IDEAL)
    with pytest.raises(ValueError, match="all of its features"):
        built(half, IDEAL)


@pytest.mark.parametrize("cell", QUANTUM)
@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:3:shots=500"])
def test_the_gradient_reaches_every_parameter_through_time_and_noise(cell: type[nn.Module], where: str) -> None:
    built = model(cell, layered(3, 2))
    x = padded(series()).requires_grad_()
    built(x, backend(where)).square().sum().backward()
    for name, parameter in built.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name
    assert (x.grad[0].abs().sum(-1) > 0).all(), "the first moment counts as the last does"
    assert torch.equal(x.grad[1, 1:], torch.zeros(3, 2, dtype=torch.float64)), "padding counts for nothing"


def test_noise_changes_the_answer_and_none_does_not() -> None:
    built, x = model(QuantumLSTMCell, layered(3, 2)), padded(series())
    with torch.no_grad():
        exact = built(x, IDEAL)
        torch.testing.assert_close(built(x, backend("noisy:fez:0")), exact, rtol=0, atol=1e-10)
        assert (built(x, backend("noisy:fez")) - exact).abs().max() > 1e-4
        single = built.float()(x.float(), backend("noisy:fez:shots=500"))
    assert single.dtype == torch.float32


@pytest.mark.parametrize("cell", QUANTUM)
@pytest.mark.parametrize(
    ("n_features", "n_hidden", "n_qubits", "n_layers"), [(2, 8, 4, 2), (12, 16, 4, 2), (1, 8, 6, 3)]
)
def test_the_control_is_about_as_large(
    cell: type[nn.Module], n_features: int, n_hidden: int, n_qubits: int, n_layers: int
) -> None:
    hybrid = RecurrentModel(cell(n_features, n_hidden, reuploading(n_qubits, n_layers)), 2, dropout=0.2)
    control = classical_control(hybrid)
    assert isinstance(control.cell, LSTMCell if cell is QuantumLSTMCell else GRUCell)
    sizes = [sum(parameter.numel() for parameter in each.parameters()) for each in (hybrid, control)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.1)
    assert (control.readout.out_features, control.dropout.p) == (2, 0.2)


@pytest.mark.parametrize("build", [lambda: model(QuantumLSTMCell), lambda: classical_control(model(QuantumGRUCell))])
def test_weights_survive_the_disk(build: Callable[[], RecurrentModel], tmp_path: Path) -> None:
    saved, read = build().float(), build().float()
    x = padded(series()).float()
    with torch.no_grad():
        for parameter in saved.parameters():
            parameter.add_(0.1)
        save_weights(saved, tmp_path / "weights.safetensors")
        assert not torch.equal(read(x, IDEAL), saved(x, IDEAL))
        load_weights(read, tmp_path / "weights.safetensors")
        assert torch.equal(read(x, IDEAL), saved(x, IDEAL))


def recall(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """The number to be remembered is marked at any of four moments; what comes after must not wipe it out."""
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.rand(n, 4, generator=generator) * 2 - 1
    at = torch.randint(0, 4, (n,), generator=generator)
    return torch.stack([numbers, nn.functional.one_hot(at, 4)], dim=-1), numbers.gather(1, at[:, None])


def oscillation(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """The next value of a damped oscillation whose damping and frequency must be told from those before."""
    generator = torch.Generator().manual_seed(seed)
    damping, frequency = torch.rand(n, 1, generator=generator) * 0.5, torch.rand(n, 1, generator=generator) + 0.5
    time = torch.arange(7)
    values = torch.exp(-damping * time) * torch.cos(frequency * time)
    return values[:, :6, None], values[:, 6:]


@pytest.mark.parametrize("cell", QUANTUM)
@pytest.mark.parametrize(("task", "steps"), [(recall, 60), (oscillation, 120)])
def test_a_hybrid_learns_what_the_mean_does_not_know(
    task: Callable[[int, int], tuple[Tensor, Tensor]], steps: int, cell: type[nn.Module]
) -> None:
    (x, y), (new_x, new_y) = task(128, 1), task(256, 2)
    torch.manual_seed(0)
    built = RecurrentModel(cell(x.shape[-1], 4, reuploading(2, 1)), 1)
    optimiser = torch.optim.Adam(built.parameters(), lr=0.08)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 0.08, total_steps=steps)
    for _ in range(steps):
        optimiser.zero_grad()
        (built(x, IDEAL) - y).square().mean().backward()
        optimiser.step()
        schedule.step()
    with torch.no_grad():
        error = (built(new_x, IDEAL) - new_y).square().mean() / new_y.var()
    assert error < 0.3
