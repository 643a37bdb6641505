"""The loss of models that judge the cells of an image: where, whether, and of which kind."""

import torch
from torch import Tensor
from torch.nn import functional

from qcore.models.images.cells import image_logits

WEIGHT_OF_FOUND = 3.0
"""Of a cell that holds what is asked for beside one that does not: they are far fewer."""
WEIGHT_OF_CELLS = 4.0
"""Of where beside whether: an image is wrong or right once, a cell a hundred times, nearly always right."""
WEIGHT_OF_KIND = 1.0
"""Of the kind beside whether there is anything."""


def cell_loss(cells: Tensor, y: Tensor, where: Tensor) -> Tensor:
    """Return how wrong cells and image are: of the cells that are known, of the image, and of its kind.

    Args:
        cells: ``(batch, 1 + n_kinds, h, w)`` what a model says of each cell, see `image_logits`.
        y: ``(batch, 1 + n_kinds)`` shares that add up to 1: the first for nothing, 1 for a kind that is known, the
            same share for each where there is something and nobody knows which. All 0 where the image is not judged.
        where: ``(batch, h, w)`` 1 where something lies in a cell, 0 where nothing does, -1 where nobody knows.
    """
    known, judged = where >= 0, y.sum(1) > 0
    weight = torch.tensor(WEIGHT_OF_FOUND)
    of_cells = functional.binary_cross_entropy_with_logits(cells[:, 0][known], where[known], pos_weight=weight)
    loss = WEIGHT_OF_CELLS * of_cells
    logits = image_logits(cells)
    if judged.any():
        evidence = torch.logsumexp(logits[judged, 1:], dim=1)
        loss = loss + functional.binary_cross_entropy_with_logits(evidence, 1 - y[judged, 0])
    named = y[:, 1:] == 1
    if named.any():
        of_kind = named.any(1)
        loss = loss + WEIGHT_OF_KIND * functional.cross_entropy(logits[of_kind, 1:], y[of_kind, 1:])
    return loss
