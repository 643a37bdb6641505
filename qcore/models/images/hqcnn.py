"""HQCNN as its paper describes it: five convolutions, four features, a four-qubit circuit, a dense layer of 128.

Source: arXiv:2509.14277, which claims .8718 accuracy on BreastMNIST; a third party reports it withdrawn. Where the
paper is silent (channels, kernel of the convolutions) the usual is taken: 3-wide, batch-normalised, 16 to 128 channels.
"""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits.hqcnn import hqcnn
from qcore.models.images.conv_stem import convolution
from qcore.models.quantum_layer import QuantumLayer

WIDTHS = (16, 32, 64, 64, 128)
STRIDES = (1, 2, 1, 2, 1)
N_QUBITS = 4
N_HIDDEN = 128


class HQCNN(nn.Module):
    """The network of the paper from pixels to outputs: convolutions, four angles, a circuit, a dense layer.

    Args:
        n_channels: channels of the image, 1 for grey.
        n_dims: 2 for images, 3 for volumes (three-dimensional convolutions before the same circuit).
        n_outputs: outputs of the classifier.
    """

    def __init__(self, n_channels: int, n_dims: int, n_outputs: int) -> None:
        super().__init__()
        sizes = zip((n_channels, *WIDTHS), WIDTHS, STRIDES, strict=False)
        layers = [nn.Sequential(convolution(n_dims, *size), nn.ReLU()) for size in sizes]
        self.convolutions = nn.Sequential(*layers)
        self.layout = {2: torch.channels_last, 3: torch.channels_last_3d}[n_dims]
        # Convolutions of large images are three times as quick where the channels of a pixel lie beside each other.
        self.convolutions.to(memory_format=self.layout)  # type: ignore[call-overload]
        self.dense = nn.Linear(WIDTHS[-1], N_QUBITS)
        self.quantum = QuantumLayer(hqcnn(N_QUBITS))
        self.hidden = nn.Linear(self.quantum.n_outputs, N_HIDDEN)
        self.readout = nn.Linear(N_HIDDEN, n_outputs)

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return ``(batch, n_outputs)`` of images ``(batch, n_channels, *space)``."""
        features = self.convolutions(x.contiguous(memory_format=self.layout)).flatten(2).mean(-1)
        angles = math.pi / 2 * torch.tanh(self.dense(features))
        return self.readout(torch.relu(self.hidden(self.quantum(angles, backend))))  # type: ignore[no-any-return]
