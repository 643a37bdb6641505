"""The evidence of a tumour that members read from a slice's cells, in log odds, with what shots leave open of it."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.images.cells import image_logits

Array = NDArray[np.float64]
Read = Callable[[list[Tensor]], Tensor]
"""From what each member says of the cells, ``(batch, n_outputs, h, w)``, to what is asked for: ``(batch, ...)``."""


def of_images(said: list[Tensor]) -> Tensor:
    """Return the log odds ``(batch,)`` of a tumour, from those of every kind, each a mean of the members."""
    return torch.logsumexp(torch.stack([image_logits(cells)[:, 1:] for cells in said]).mean(0), dim=1)


def of_cells(said: list[Tensor]) -> Tensor:
    """Return the log odds ``(batch, h, w)`` of a tumour in each cell, a mean of the members."""
    return torch.stack([cells[:, 0] for cells in said]).mean(0)


def where_it_rests(said: list[Tensor]) -> Read:
    """Return how to read the evidence of the cells on which an answer rests now, of that image in any other state.

    A cell says at most so much, and where one part of a tumour is hidden another part says no less. What is read of
    the image as a whole then hardly falls, or rises with a cell elsewhere. So the cells keep the weight that they have
    in the image as it is.

    Args:
        said: of the image as it is, ``(1, n_outputs, h, w)`` by each member.
    """
    now = of_cells(said)[0].detach()
    weight = now.flatten().softmax(0).view_as(now)
    return lambda said: (weight * of_cells(said)).sum((1, 2))


def evidence(members: Sequence[nn.Module], features: Tensor, where: Backend, read: Read = of_images) -> Tensor:
    """Return what is read of the cells, differentiable in the features ``(batch, n_features, h, w)``."""
    return read([member.cells(features, where) for member in members])  # type: ignore[operator]


def with_errors(
    members: Sequence[nn.Module], features: Tensor, where: Backend, read: Read = of_images
) -> tuple[Array, Array]:
    """Return what is read of the cells, and its standard error from shots, to first order.

    What is read has a slope by every measured expectation, and circuits run apart from each other: the variance is the
    sum, over cells, experts and members, of these slopes around the covariance of one circuit's observables.

    Args:
        members: whose circuits judge the cells.
        features: ``(batch, n_features, h, w)``.
        where: backend on which the circuits run.
        read: what is asked for, of each image or of each cell.

    Returns:
        Two arrays of the shape of what is read; errors are 0 where the backend is exact.
    """
    with torch.no_grad():
        runs = [member.measured(features, where) for member in members]  # type: ignore[operator]
    values = [run[0].detach().requires_grad_(True) for run in runs]
    with torch.enable_grad():
        said = read([member.read(value) for member, value in zip(members, values, strict=True)])  # type: ignore[operator]
        if all(covariance is None for _, covariance in runs):
            exact = said.detach().double().numpy()
            return exact, np.zeros_like(exact)
        slopes = torch.autograd.grad(said.sum(), values)
    variance = torch.zeros_like(said)
    for slope, (_, covariance) in zip(slopes, runs, strict=True):
        if covariance is not None:
            scattered = torch.einsum("bhweo,bhweop,bhwep->bhw", slope, covariance, slope)
            # What is read of a cell depends on that cell alone, so that the slope of the sum is its own.
            variance = variance + (scattered if said.ndim > 1 else scattered.sum((1, 2)))
    return said.detach().double().numpy(), variance.clamp_min(0).sqrt().double().numpy()
