"""Where the models look in an image or a block: model attention, and no outline of a lesion."""

import numpy as np
import torch
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.explain.images.attention import AttentionMap
from qcore.explain.images.emptying import emptying
from qcore.explain.images.hiding import Array, occlusion
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.imaging.preparation import Prepared


def attention(model: Model, prepared: Prepared, backend: Backend | str, name: str = HYBRID) -> AttentionMap:
    """Return how far the log odds fall where a part of an image is hidden, or a part of a gland is taken away.

    Args:
        model: trained.
        prepared: the image or block, as the model sees it.
        backend: where the circuit runs, or its text, such as ``noisy:fez``.
        name: of the model.
    """
    where = built(backend)

    @torch.no_grad()
    def log_odds(cases: Tensor) -> tuple[Array, Array]:
        logits = model.logits(name, cases.clamp(0, 1), where).mean(0)[:, 0]
        return logits, np.zeros_like(logits)

    method = occlusion if prepared.box is not None else emptying
    return method(prepared.x, log_odds)
