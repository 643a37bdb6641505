"""The residual perceptron against NumPy, and what residual means."""

import numpy as np
import torch
from torch import Tensor

from qcore.models.resmlp import EXPANSION, ResidualMLP, ResidualMLPBlock


def normalised(x: np.ndarray) -> np.ndarray:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)


def block_as_numpy(state: dict[str, np.ndarray], x: np.ndarray) -> np.ndarray:
    scaled = normalised(x) * state["normalization.weight"] + state["normalization.bias"]
    hidden = scaled @ state["widen.weight"].T + state["widen.bias"]
    return x + (hidden / (1 + np.exp(-hidden))) @ state["narrow.weight"].T + state["narrow.bias"]


def features(n_features: int) -> Tensor:
    return torch.randn(5, n_features, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_a_block_as_numpy() -> None:
    torch.manual_seed(1)
    block, x = ResidualMLPBlock(4).double(), features(4)
    with torch.no_grad():
        block.normalization.weight.normal_()
        block.normalization.bias.normal_()
        state = {name: value.numpy() for name, value in block.state_dict().items()}
        assert state["widen.weight"].shape == (EXPANSION * 4, 4)
        np.testing.assert_allclose(block(x).numpy(), block_as_numpy(state, x.numpy()), atol=1e-12)


def test_the_encoder_is_its_blocks_one_after_the_other() -> None:
    torch.manual_seed(1)
    encoder, x = ResidualMLP(3, width=4, n_blocks=2).double(), features(3)
    with torch.no_grad():
        expected = encoder.enter(x).numpy()
        for block in encoder.blocks:
            expected = block_as_numpy({name: value.numpy() for name, value in block.state_dict().items()}, expected)
        np.testing.assert_allclose(encoder(x).numpy(), normalised(expected), atol=1e-12)


def test_what_comes_in_goes_past_a_block_that_says_nothing() -> None:
    block, x = ResidualMLPBlock(4).double(), features(4).requires_grad_()
    with torch.no_grad():
        block.narrow.weight.zero_()
        block.narrow.bias.zero_()
    assert torch.equal(block(x), x)
    (slope,) = torch.autograd.grad(block(x).sum(), x)
    assert torch.equal(slope, torch.ones_like(x))


def test_no_patient_depends_on_another_even_in_training() -> None:
    torch.manual_seed(1)
    encoder, x = ResidualMLP(3, width=4, n_blocks=2).double(), features(3)
    torch.testing.assert_close(encoder(x)[:1], encoder(x[:1]), rtol=0, atol=1e-14)


def test_dropout_acts_in_training_alone() -> None:
    torch.manual_seed(1)
    encoder, x = ResidualMLP(3, width=4, n_blocks=2, dropout=0.5).double(), features(3)
    assert not torch.equal(encoder(x), encoder(x))
    encoder.eval()
    assert torch.equal(encoder(x), encoder(x))
