"""A circuit and angles for a job on a processor, and credentials that are none."""

import torch
from torch import Tensor

from qcore.backends.ibm_account import Credentials
from qcore.circuits import reuploading

CIRCUIT = reuploading(3, 2)
CREDENTIALS = Credentials("secret-key", "crn:v1:example")


def angles(batch: int = 5) -> tuple[Tensor, Tensor]:
    inputs = torch.linspace(-3, 3, batch * CIRCUIT.n_inputs).reshape(batch, -1)
    return inputs, torch.linspace(2, -1, CIRCUIT.n_weights)
