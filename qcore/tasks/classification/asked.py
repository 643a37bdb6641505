"""How a trained member is asked: so many cases a call, and the mirror image too where it shows the same."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qcore.backends.protocol import Backend

CASES_A_CALL = 8192
"""Most cases in one call of a backend, which bounds the memory of a large upload."""
IMAGES_A_CALL = 128


@torch.no_grad()
def member_logits(member: nn.Module, x: Tensor, mirrored: bool, backend: Backend) -> NDArray[np.float64]:
    """Return log odds ``(n, n_labels)``, of an image and its mirror image averaged where both show the same.

    Args:
        member: a trained network.
        x: ``(n, ...)`` prepared cases.
        mirrored: whether the mirror image is looked at too.
        backend: where its circuit runs.
    """
    views = [x, x.flip(-1)] if mirrored else [x]
    size = IMAGES_A_CALL if x.ndim > 3 else CASES_A_CALL
    outputs = [torch.cat([member(part, backend) for part in view.split(size)]) for view in views]
    return np.asarray(torch.stack(outputs).mean(0).double().numpy())
