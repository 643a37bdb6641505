"""Networks drawn by dropout: in each of them the same hidden units are left out for every row.

`dropout_draws` leaves out other units for every row, which is right for the interval of one prediction. What is read
off many rows together, a curve or a mean over people, needs whole networks: otherwise the draws average out. A thinned
network as one draw of the weights: Gal and Ghahramani 2016, arXiv:1506.02142.
"""

import copy

import torch
from torch import Generator, Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.quantum_layer import QuantumLayer


class _Dropped(nn.Module):
    """Dropout that leaves out the same units for all rows of a draw."""

    def __init__(self, share: float, n_draws: int, generator: Generator) -> None:
        super().__init__()
        self.share, self.n_draws, self.generator = share, n_draws, generator

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(n_draws * n_rows, width)`` to the same."""
        left = torch.rand(self.n_draws, 1, x.shape[-1], generator=self.generator) >= self.share
        draws = x.reshape(self.n_draws, -1, x.shape[-1]) * (left / (1 - self.share)).to(x.dtype)
        return draws.reshape(x.shape)


@torch.no_grad()
def network_draws(model: nn.Module, x: Tensor, backend: Backend | None, n_draws: int, seed: int) -> Tensor:
    """Predict with networks from which units are left out; the model itself is not touched.

    Args:
        model: a network with dropout.
        x: ``(batch, n_features)`` prepared features.
        backend: where circuits run, all draws in one call each.
        n_draws: number of networks drawn.
        seed: of what is left out, which does not depend on the batch.

    Returns:
        ``(n_draws, batch, n_outputs)``.

    Raises:
        ValueError: the model has no dropout.
    """
    # Circuits are compared by identity and compiled programs are looked up by it, so they are shared and not copied.
    circuits = {id(layer.circuit): layer.circuit for layer in model.modules() if isinstance(layer, QuantumLayer)}
    drawn = copy.deepcopy(model, dict(circuits)).eval()
    generator, has_dropout = Generator().manual_seed(seed), False
    for parent in list(drawn.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Dropout) and child.p > 0:
                setattr(parent, name, _Dropped(child.p, n_draws, generator))
                has_dropout = True
    if not has_dropout:
        raise ValueError("this model was built without dropout, so every draw would be the same")
    outputs: Tensor = drawn(x.repeat(n_draws, 1), backend)
    return outputs.reshape(n_draws, len(x), -1)
