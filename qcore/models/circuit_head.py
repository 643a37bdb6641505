"""The variational family: any features, a linear map to angles of learnt range, any circuit, a linear read-out."""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.circuits.encodings import amplitude_angles
from qcore.models.quantum_layer import QuantumLayer


class BoundedAngles(nn.Module):
    """A linear map to angles, bounded, each angle's range learnt: no input can turn a qubit round and round.

    Args:
        n_features: length of a feature vector.
        n_angles: length of an angle vector.
    """

    def __init__(self, n_features: int, n_angles: int) -> None:
        super().__init__()
        self.linear = nn.Linear(n_features, n_angles)
        self.range_rad = nn.Parameter(torch.full((n_angles,), math.pi / 2))

    def forward(self, features: Tensor) -> Tensor:
        """Map ``(..., n_features)`` to ``(..., n_angles)`` rad."""
        return self.range_rad * torch.tanh(self.linear(features))


class AmplitudeAngles(nn.Module):
    """A linear map to a vector of amplitudes, as the angles that prepare it.

    Args:
        n_features: length of a feature vector.
        n_angles: ``2^n - 1`` for n qubits.
    """

    def __init__(self, n_features: int, n_angles: int) -> None:
        super().__init__()
        self.linear = nn.Linear(n_features, n_angles + 1)

    def forward(self, features: Tensor) -> Tensor:
        """Map ``(..., n_features)`` to ``(..., n_angles)`` rad."""
        return amplitude_angles(self.linear(features))


class CircuitHead(nn.Module):
    """Features to outputs through one circuit, past which nothing leads: what it does not carry is lost.

    Args:
        features: what comes before; maps the model's input to ``(batch, n_features)``.
        n_features: number of features that are read.
        circuit: the circuit that runs for every row.
        n_outputs: outputs of the linear read-out.
        dropout: share of features left out at every training step.
        amplitudes: True for a circuit with amplitude encoding.
    """

    def __init__(
        self,
        features: nn.Module,
        n_features: int,
        circuit: Circuit,
        n_outputs: int,
        dropout: float = 0.0,
        amplitudes: bool = False,
    ) -> None:
        super().__init__()
        self.features = features
        self.dropout = nn.Dropout(dropout)
        angles = AmplitudeAngles if amplitudes else BoundedAngles
        self.angles = angles(n_features, circuit.n_inputs)
        self.quantum = QuantumLayer(circuit, normalize=True)
        self.readout = nn.Linear(self.quantum.n_outputs, n_outputs)

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return the outputs ``(batch, n_outputs)`` of inputs ``(batch, ...)``, as ``features`` takes them."""
        return self.measured(x, backend)[0]

    def measured(self, x: Tensor, backend: Backend) -> tuple[Tensor, Tensor]:
        """Return what `forward` does and its standard error from shots, ``(batch, n_outputs)`` each; 0 where exact."""
        values, covariance = self.quantum.measured(self.angles(self.dropout(self.features(x))), backend)
        outputs: Tensor = self.readout(values)
        if covariance is None:
            return outputs, torch.zeros_like(outputs)
        weights = self.readout.weight
        return outputs, torch.einsum("oi,bij,oj->bo", weights, covariance, weights).clamp_min(0).sqrt()
