"""Where, and from there whether: an image in cells, each judged by itself, and the image by its most suspicious cells.

A network that is told only whether an image shows a tumour learns where the image comes from, since every class has its
own sources. Told of every cell whether the tumour lies in it, it must look at the tumour: the rest of the slice is from
the same source. What it says of the image is a mean of its cells that the most suspicious ones make up, so that a map
of the cells is no explanation beside the model but the model. A circuit for each cell is the shape of the
noise-resistant family: the size of an image costs rows of a batch, not qubits.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.models.circuit_head import BoundedAngles
from qcore.models.images.lite0 import CHANNELS, Lite0
from qcore.models.quantum_layer import QuantumLayer

N_FEATURES = 96
"""Of a cell."""
N_SUMMARY = 2 * sum(CHANNELS)
"""Numbers that tell what kind of picture an image is."""
STRIDE = 16
"""Side of a cell, pixels."""


class CellFeatures(nn.Module):
    """An image to a vector of features for each of its cells, at two scales in one."""

    def __init__(self, n_features: int = N_FEATURES) -> None:
        super().__init__()
        self.trunk = Lite0()
        near, far = CHANNELS
        self.near, self.far = nn.Conv2d(near, n_features, 1), nn.Conv2d(far, n_features, 1)
        self.normalization = nn.BatchNorm2d(n_features)
        # Depthwise convolutions are twice as quick where the channels of a pixel lie beside each other.
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, 1, h, w)`` in [0, 1] to ``(batch, n_features, h / 16, w / 16)``."""
        return self.with_summary(x)[0]

    def with_summary(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features of the cells, and mean and spread over the image of every channel beneath them.

        Args:
            x: ``(batch, 1, h, w)`` in [0, 1].

        Returns:
            ``(batch, n_features, h / 16, w / 16)`` and ``(batch, N_SUMMARY)``: what kind of picture it is.
        """
        near, far = self.trunk(x.contiguous(memory_format=torch.channels_last))
        pooled = [pool for maps in (near, far) for pool in (maps.mean((2, 3)), maps.std((2, 3)))]
        far = functional.interpolate(self.far(far), size=near.shape[-2:], mode="bilinear", align_corners=False)
        return torch.relu(self.normalization(self.near(near) + far)), torch.cat(pooled, dim=1)


def image_logits(cells: Tensor) -> Tensor:
    """Return what the cells say of the image, as log odds of which a softmax makes probabilities.

    Args:
        cells: ``(batch, 1 + n_kinds, h, w)``: the evidence, in log odds, that something lies in the cell, and how much
            speaks for each kind of it.

    Returns:
        ``(batch, 1 + n_kinds)``: 0 for "nothing there", and for each kind the evidence of the image plus the logarithm
        of that kind's share. The evidence of the image is the mean over its cells, each weighted by the exponential of
        its own evidence: of one suspicious cell, hardly less than that cell's. Kinds are judged where the evidence is.
    """
    evidence, kinds = cells[:, 0].flatten(1), cells[:, 1:].flatten(2)
    weight = evidence.softmax(1)
    of_image = (weight * evidence).sum(1, keepdim=True)
    share = torch.log_softmax((kinds * weight.unsqueeze(1)).sum(-1), dim=1)
    return torch.cat([torch.zeros_like(of_image), of_image + share], dim=1)


class CellExperts(nn.Module):
    """A few small circuits read the features of every cell, and a linear layer makes evidence of what they measure.

    Args:
        n_features: width of a cell.
        circuit: a small one, without entanglers or with few.
        n_experts: how many read every cell, each with its own angles.
        n_outputs: 1 for "nothing there" and one for each kind.
        dropout: share of features left out of whole images at every training step.
    """

    def __init__(self, n_features: int, circuit: Circuit, n_experts: int, n_outputs: int, dropout: float = 0.0) -> None:
        super().__init__()
        self.n_experts = n_experts
        self.dropout = nn.Dropout2d(dropout)
        self.angles = BoundedAngles(n_features, n_experts * circuit.n_inputs)
        self.quantum = QuantumLayer(circuit, normalize=True)
        self.readout = nn.Linear(n_experts * self.quantum.n_outputs, n_outputs)

    def cells(self, x: Tensor, backend: Backend) -> Tensor:
        """Return what each cell says, ``(batch, n_outputs, h, w)``, of features ``(batch, n_features, h, w)``."""
        return self.read(self.quantum(self.rotations(x), backend))

    def measured(self, x: Tensor, backend: Backend) -> tuple[Tensor, Tensor | None]:
        """Return what the circuits of the experts measure in every cell; see `QuantumLayer.measured`.

        Args:
            x: ``(batch, n_features, h, w)``.
            backend: where the circuits run.

        Returns:
            ``(batch, h, w, n_experts, n_observables)``, and their covariance with one more axis of observables: experts
            run apart, so that it couples none of them; None where the backend is exact.
        """
        values, covariance = self.quantum.measured(self.rotations(x), backend)
        return values, covariance

    def read(self, values: Tensor) -> Tensor:
        """Return what `cells` does of what was `measured`."""
        return self.readout(values.flatten(-2)).movedim(-1, 1)  # type: ignore[no-any-return]

    def rotations(self, x: Tensor) -> Tensor:
        """Return the angles of every expert in every cell, ``(batch, h, w, n_experts, n_inputs)`` rad."""
        angles: Tensor = self.angles(self.dropout(x).movedim(1, -1))
        return angles.unflatten(-1, (self.n_experts, -1))  # type: ignore[no-any-return]

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return log odds ``(batch, n_outputs)``, of which a softmax makes probabilities: see `image_logits`."""
        return image_logits(self.cells(x, backend))
