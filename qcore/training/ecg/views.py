"""Changed views of training recordings, from which the models that read the features learn."""

import torch
from torch import Generator, Tensor

from qcore.training.ecg.changes import changed

N_VIEWS = 2
"""Of every recording."""
SEED = 11
A_CALL = 256


def views(x: Tensor, n: int = N_VIEWS) -> Tensor:
    """Return views of recordings, all of the first before those of the second.

    The trunk has seen the recordings themselves until it knew them: of what it makes of new ones, changed ones tell
    more.

    Args:
        x: ``(n_recordings, n_leads, n_samples)`` mV.
        n: views of each.

    Returns:
        ``(n * n_recordings, n_leads, n_samples)`` mV.
    """
    generator = Generator().manual_seed(SEED)
    return torch.cat([changed(part, generator) for _ in range(n) for part in x.split(A_CALL)])
