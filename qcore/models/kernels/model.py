"""A kernel and its head as one model: log odds from kernels with stored points."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.errors import InvalidArgument
from qcore.models.kernels.alignment import align
from qcore.models.kernels.gaussian import Kernel
from qcore.models.kernels.heads import fit_support_vectors
from qcore.models.kernels.nystroem import landmarks, whitening

FEWEST_OF_A_CLASS = 2
"""So that one can be left out when the head is tuned."""


class KernelModel(nn.Module):
    """``f(x) = sum_j c_j k(x, point_j) + intercept``, log odds.

    The points are means of patients (`qcore.models.kernels.nystroem`), never one patient's values.

    Args:
        kernel: a torch module; a quantum kernel or its control.
        n_features: length of a feature vector.
        n_landmarks: at most so many points.
    """

    points: Tensor
    coefficients: nn.Parameter
    intercept: nn.Parameter

    def __init__(self, kernel: Kernel, n_features: int, n_landmarks: int) -> None:
        super().__init__()
        self.kernel: Any = kernel
        self.n_landmarks = n_landmarks
        self.register_buffer("points", torch.zeros(0, n_features))
        # Trained numbers, though not by a gradient.
        self.coefficients = _trained(torch.zeros(0))
        self.intercept = _trained(torch.full((1,), torch.nan))
        self.register_load_state_dict_pre_hook(_take_size)  # type: ignore[no-untyped-call]

    def fit(self, x: Tensor, y: Tensor, backend: Backend, seed: int = 0) -> list[float]:
        """Train the kernel by alignment, then fit the head.

        Alignment sees all outcomes; the folds that tune and calibrate the head come after it, on the aligned kernel.

        Args:
            x: ``(n, n_features)`` standardised features, a row a patient.
            y: ``(n,)`` or ``(n, 1)`` of 0 and 1.
            backend: where circuits run; it must be differentiable.
            seed: of alignment and landmarks.

        Returns:
            The alignment before every step.

        Raises:
            InvalidArgument: there are several labels, all outcomes are the same, too few have one of them, or features
                of another number.
        """
        if y.ndim > 1 and y.shape[1] != 1:
            raise InvalidArgument("A kernel family answers one yes/no question: train one model for each label.")
        if x.ndim != 2 or x.shape[1] != self.points.shape[1]:
            raise InvalidArgument(f"x must be (n, {self.points.shape[1]}), a row a patient, not {tuple(x.shape)}.")
        rarer = int(min((y > 0).sum(), (y <= 0).sum()))
        if 0 < rarer < FEWEST_OF_A_CLASS:
            raise InvalidArgument(f"A kernel needs {FEWEST_OF_A_CLASS} cases of either outcome or more, not {rarer}.")
        history = align(self.kernel, x, y.reshape(-1), backend, seed)
        self.fit_head(x, y, backend, seed)
        return history

    def fit_head(self, x: Tensor, y: Tensor, backend: Backend, seed: int = 0) -> None:
        """Fit the head alone, on any backend; see `fit`."""
        targets = y.detach().double().reshape(-1).numpy()
        with torch.no_grad():
            points = landmarks(x, self.n_landmarks, seed)
            whiten = whitening(self.kernel.gram(points, backend).double().numpy())
            features = self.kernel.cross(x, points, backend).double().numpy() @ whiten
            fitted = fit_support_vectors(features, targets)
        coefficients, dtype = whiten @ fitted.coefficients, self.intercept.dtype
        # A point that counts for nothing is not kept.
        support = np.flatnonzero(coefficients)
        self.points = points[support].to(dtype)
        self.coefficients = _trained(torch.from_numpy(coefficients[support]).to(dtype))
        self.intercept = _trained(torch.tensor([fitted.intercept], dtype=dtype))

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return log odds, ``(batch, 1)``, of features ``(batch, n_features)``.

        Call it under `torch.no_grad` unless a gradient is wanted: weights are then bound before transpiling.

        Raises:
            InvalidArgument: the model has not been fitted.
        """
        if bool(self.intercept.isnan()):
            raise InvalidArgument("This model has to be fitted first: qcore.train_family does.")
        if not len(self.points):
            return self.intercept.to(x.dtype).expand(len(x), 1)
        kernels = self.kernel.cross(x, self.points.to(x.dtype), backend)
        value = kernels @ self.coefficients.to(x.dtype) + self.intercept.to(x.dtype)
        return value[:, None]  # type: ignore[no-any-return]


def _trained(values: Tensor) -> nn.Parameter:
    return nn.Parameter(values, requires_grad=False)


def _take_size(model: KernelModel, state: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Make room for as many points as a file holds."""
    points, dtype = state.get(prefix + "points"), model.intercept.dtype
    if points is not None:
        model.points = torch.zeros(points.shape, dtype=dtype)
        model.coefficients = _trained(torch.zeros(len(points), dtype=dtype))
