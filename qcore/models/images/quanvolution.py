"""Quanvolution: a circuit slid over an image; every patch is one more row of one batch.

Source: Henderson et al. 2020, doi:10.1007/s42484-020-00012-y (random circuits, not trained); trained as in
Bischof et al. 2025 and others.
"""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.errors import InvalidArgument
from qcore.models.circuit_head import BoundedAngles
from qcore.models.images.conv_stem import NORMALIZATIONS, ConvStem, Pooled
from qcore.models.quantum_layer import QuantumLayer


def patches(x: Tensor, side: int) -> Tensor:
    """Cut images or volumes into patches that do not overlap; what is left over at the far edges is dropped.

    Args:
        x: ``(batch, channels, *space)`` images or volumes.
        side: of a patch, pixels.

    Returns:
        ``(batch, *places, channels * side^d)``.
    """
    n_dims = x.ndim - 2
    for dim in range(2, 2 + n_dims):
        x = x.unfold(dim, side, side)
    grid = range(2, 2 + n_dims)
    inside = range(2 + n_dims, 2 + 2 * n_dims)
    return x.permute(0, *grid, 1, *inside).flatten(1 + n_dims)


class Quanvolution(nn.Module):
    """One circuit over every patch; each observable becomes a channel.

    Args:
        n_channels: channels of the image, 1 for grey.
        n_dims: 2 for images, 3 for volumes.
        circuit: takes the angles of a patch.
        side: of a patch, pixels.
        trained: False keeps the circuit as it was drawn, and turns every pixel into one angle between 0 and pi by a
            sigmoid, so that no two grey levels become the same angle.

    Raises:
        InvalidArgument: untrained, and a patch has not as many pixels as the circuit takes angles.
    """

    def __init__(self, n_channels: int, n_dims: int, circuit: Circuit, side: int = 2, trained: bool = True) -> None:
        super().__init__()
        self.side = side
        n_pixels = n_channels * side**n_dims
        self.quantum = QuantumLayer(circuit, normalize=True)
        self.n_out = self.quantum.n_outputs
        self.angles: nn.Module | None = BoundedAngles(n_pixels, circuit.n_inputs) if trained else None
        if not trained:
            if n_pixels != circuit.n_inputs:
                raise InvalidArgument(
                    f"A patch has {n_pixels} pixels, and {circuit.name} takes {circuit.n_inputs} angles: fixed filters "
                    "need one angle a pixel, so take as many qubits as pixels, or a divisor."
                )
            self.quantum.weights.requires_grad_(False)

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Map ``(batch, n_channels, *space)`` to ``(batch, n_out, *space / side)``."""
        cut = patches(x, self.side)
        angles = math.pi * torch.sigmoid(cut) if self.angles is None else self.angles(cut)
        return torch.movedim(self.quantum(angles, backend), -1, 1)


class QuanvolutionClassifier(nn.Module):
    """Quanvolution of the pixels, then residual convolutions, pooling and a linear read-out.

    Args:
        quanvolution: the circuit over every patch of pixels.
        n_dims: 2 for images, 3 for volumes.
        widths: channels of the blocks behind it.
        n_outputs: outputs of the read-out.
        dropout: share of features left out at every training step.
    """

    def __init__(
        self, quanvolution: Quanvolution, n_dims: int, widths: tuple[int, ...], n_outputs: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.quanvolution = quanvolution
        self.norm = NORMALIZATIONS[n_dims](quanvolution.n_out)
        self.pooled = Pooled(ConvStem(n_dims, quanvolution.n_out, widths))
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(self.pooled.n_out, n_outputs)

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return the outputs ``(batch, n_outputs)`` of images ``(batch, n_channels, *space)``."""
        features = self.pooled(self.norm(self.quanvolution(x, backend)))
        return self.readout(self.dropout(features))  # type: ignore[no-any-return]
