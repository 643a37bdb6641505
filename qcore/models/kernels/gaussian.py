"""The kernel family's control: a Gaussian kernel with a learnt metric, and what every kernel promises."""

import math
from typing import Protocol

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend


class Kernel(Protocol):
    """How alike patients are; 1 on the diagonal, and trained by alignment."""

    def gram(self, x: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, n)``, symmetric, of features ``(n, n_features)`` among themselves."""
        ...

    def cross(self, x: Tensor, points: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, m)`` of features ``(n, n_features)`` and points ``(m, n_features)``."""
        ...


def squared_distances(first: Tensor, second: Tensor) -> Tensor:
    """Return ``(n, m)`` squared Euclidean distances of ``(n, k)`` and ``(m, k)``, with a gradient at 0 too."""
    lengths = first.square().sum(1)[:, None] + second.square().sum(1)
    return (lengths - 2 * first @ second.T).clamp_min(0)


def typical_scale(n_terms: int) -> float:
    """Return the factor at which a sum over this many terms of standardised features neither vanishes nor saturates.

    Without it kernels concentrate: Shaydulin and Wild 2022, doi:10.1103/PhysRevA.106.042407.
    """
    return math.sqrt(2 / n_terms)


class RbfKernel(nn.Module):
    """``exp(-|A (x - y)|^2 / 2)`` with a learnt matrix A, at first one width for all features.

    Args:
        n_features: length of a feature vector.
        n_rows: of A; None takes one a feature.
    """

    def __init__(self, n_features: int, n_rows: int | None = None) -> None:
        super().__init__()
        n_rows = n_rows or n_features
        self.metric = nn.Parameter(torch.zeros(n_rows, n_features))
        with torch.no_grad():
            for row in range(max(n_rows, n_features)):
                self.metric[row % n_rows, row % n_features] = typical_scale(max(n_rows, n_features))

    def gram(self, x: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return ``(n, n)`` of features ``(n, n_features)``."""
        return self.cross(x, x)

    def cross(self, x: Tensor, points: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return ``(n, m)`` of features ``(n, n_features)`` and points ``(m, n_features)``."""
        metric = self.metric.T.to(x.dtype)
        return torch.exp(-squared_distances(x @ metric, points @ metric) / 2)


def twin(kernel: nn.Module, n_features: int) -> RbfKernel:
    """Return the control of a quantum kernel: on the same features, with about as many trained numbers."""
    n_trained = sum(parameter.numel() for parameter in kernel.parameters())
    return RbfKernel(n_features, max(1, round(n_trained / n_features)))
