"""The noise-resistant family: many tiny circuits over the places of a map or projections of a row, and a learnt vote.

Noise grows with gates and with entanglers, and acts on what is measured mostly as a scale and a shift. So: one or two
qubits an expert, few layers, inputs re-uploaded in each, no entangler or one; what is measured is normalised; and the
votes of many experts are averaged, which also averages shots. Every place is one row of a batch, so that the size of
an image costs rows and not qubits. A place sees as far as the convolutions before it reach: a patch of a large image,
and nearly all of one of 28 pixels. After QML4Med's finding (RISC Software 2025) that moderate circuits win under noise
and QuantumNAT (arXiv:2110.11331); the architecture is ours.
"""

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.models.circuit_head import BoundedAngles
from qcore.models.images.conv_stem import ConvStem
from qcore.models.quantum_layer import QuantumLayer


class MapPositions(nn.Module):
    """The places of a stem's map as a list.

    Args:
        stem: convolutions that turn the image into the map.
    """

    def __init__(self, stem: ConvStem) -> None:
        super().__init__()
        self.stem = stem
        self.n_out = stem.n_out

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_channels, *space)`` to ``(batch, n_places, n_out)``."""
        return self.stem(x).flatten(2).transpose(1, 2)  # type: ignore[no-any-return]


class FeatureGroups(nn.Module):
    """Learnt linear projections of all features: what a table has for places.

    Args:
        n_features: length of a feature vector.
        n_groups: number of projections.
        width: length of each projection.
    """

    def __init__(self, n_features: int, n_groups: int, width: int) -> None:
        super().__init__()
        self.n_groups, self.n_out = n_groups, width
        self.linear = nn.Linear(n_features, n_groups * width)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(batch, n_features)`` to ``(batch, n_groups, width)``."""
        return self.linear(x).unflatten(-1, (self.n_groups, self.n_out))  # type: ignore[no-any-return]


class PatchExperts(nn.Module):
    """A few circuits read every place, a softmax over places weighs them, a linear layer decides.

    Args:
        places: maps the model's input to ``(batch, n_places, n_features)``.
        n_features: width of a place.
        circuit: a small one, without entanglers or with few.
        n_experts: how many read every place, each with its own angles and its own weighing of places.
        n_outputs: outputs of the read-out.
        dropout: share of features left out at every training step.
    """

    def __init__(
        self, places: nn.Module, n_features: int, circuit: Circuit, n_experts: int, n_outputs: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.places = places
        self.dropout = nn.Dropout(dropout)
        self.n_experts = n_experts
        self.angles = BoundedAngles(n_features, n_experts * circuit.n_inputs)
        self.quantum = QuantumLayer(circuit, normalize=True)
        self.attention = nn.Linear(self.quantum.n_outputs, 1)
        self.readout = nn.Linear(n_experts * self.quantum.n_outputs, n_outputs)

    def measured(self, x: Tensor, backend: Backend) -> tuple[Tensor, Tensor | None]:
        """Return what the circuits of the experts measure at every place; see `QuantumLayer.measured`.

        Args:
            x: ``(batch, ...)`` as ``places`` takes it.
            backend: where the circuits run.

        Returns:
            ``(batch, n_places, n_experts, n_observables)``, and their covariance with one more axis of observables:
            experts run apart, so that it couples none of them; None where the backend is exact.
        """
        angles = self.angles(self.dropout(self.places(x))).unflatten(-1, (self.n_experts, -1))
        values, covariance = self.quantum.measured(angles, backend)
        return values, covariance

    def weights(self, measured: Tensor) -> Tensor:
        """Return how much each place counts, ``(batch, n_places, n_experts)``: it adds up to 1 over the places."""
        return torch.softmax(self.attention(measured).squeeze(-1), dim=1)

    def contributions(self, measured: Tensor) -> Tensor:
        """Return what each place adds to the outputs, ``(batch, n_places, n_outputs)``: all there is but the bias."""
        weighed = measured * self.weights(measured).unsqueeze(-1)
        return weighed.flatten(2) @ self.readout.weight.T

    def read(self, measured: Tensor) -> Tensor:
        """Return the outputs ``(batch, n_outputs)`` of what was `measured`."""
        outputs = (measured * self.weights(measured).unsqueeze(-1)).sum(1)
        return self.readout(outputs.flatten(1))  # type: ignore[no-any-return]

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return the outputs ``(batch, n_outputs)`` of inputs ``(batch, ...)``, as ``places`` takes them."""
        return self.read(self.measured(x, backend)[0])
