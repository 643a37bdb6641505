"""Trunk and ends along time: how long what comes out is, and that order in time matters where it should."""

import torch

from qcore.backends.registry import backend
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.models.signals.stretches import OverTime, PooledLinear, Stretches
from qcore.models.signals.trunk import SignalTrunk


def test_each_block_halves_the_samples_of_any_length() -> None:
    trunk = SignalTrunk(8, (4, 6, 8)).eval()
    with torch.no_grad():
        assert trunk(torch.zeros(2, 8, 1000)).shape == (2, 8, 125)
        assert trunk(torch.zeros(1, 8, 333)).shape == (1, 8, 42)


def test_pooling_forgets_the_order_and_a_recurrent_cell_does_not() -> None:
    x = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(0))
    assert Stretches()(x).shape == (3, 7, 5)
    assert OverTime()(x).shape == (3, 10)
    torch.testing.assert_close(OverTime()(x.flip(-1)), OverTime()(x))
    shape = Shape(Kind.SIGNAL, 5, 2)
    torch.manual_seed(0)
    model = FAMILIES["gru"].build(shape, 2, 1).eval()
    with torch.no_grad():
        forward, backward = (model(each, backend("ideal")) for each in (x, x.flip(-1)))
    assert not torch.allclose(forward, backward, atol=1e-3)
    assert PooledLinear(5, 2)(x).shape == (3, 2)
