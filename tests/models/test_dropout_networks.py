"""Networks drawn by dropout: whole ones, the same for every row, and the model stays as it was."""

import pytest
import torch
from torch import nn

from qcore.backends.registry import backend
from qcore.models.dropout_networks import network_draws
from qcore.models.experts import Mode, quantum_experts

IDEAL = backend("ideal")


class Plain(nn.Module):
    """A hidden layer with dropout: what is left out can be read off the output."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(share)

    def forward(self, x: torch.Tensor, _backend: object = None) -> torch.Tensor:
        return self.dropout(x)


def test_the_same_units_are_left_out_for_every_row() -> None:
    drawn = network_draws(Plain(0.5), torch.ones(5, 8), None, 200, seed=1)
    assert drawn.shape == (200, 5, 8)
    assert bool((drawn == drawn[:, :1]).all())
    assert set(drawn.unique().tolist()) == {0.0, 2.0}
    assert float(drawn.mean()) == pytest.approx(1.0, abs=0.05)


def test_a_draw_does_not_depend_on_the_batch_and_leaves_the_model_alone() -> None:
    torch.manual_seed(0)
    model = quantum_experts(Mode.CASCADE, 4, 2, n_qubits=2, n_layers=1, dropout=0.2).eval()
    x = torch.randn(6, 4)
    before = model(x, IDEAL)
    whole, part = (network_draws(model, rows, IDEAL, 3, seed=2) for rows in (x, x[:2]))
    torch.testing.assert_close(whole[:, :2], part)
    assert float(whole.std(0).mean()) > 0
    torch.testing.assert_close(model(x, IDEAL), before)
    assert any(isinstance(module, nn.Dropout) for module in model.modules())


def test_a_model_without_dropout_is_refused() -> None:
    with pytest.raises(ValueError, match="without dropout"):
        network_draws(nn.Linear(2, 2), torch.ones(1, 2), None, 2, seed=0)
