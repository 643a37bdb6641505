"""A kernel and its head as one model: log odds or values from kernels with stored points."""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.kernels.alignment import align
from qcore.models.kernels.gaussian import Kernel
from qcore.models.kernels.heads import HEADS, Fitted, fit_on_features, fit_on_gram
from qcore.models.kernels.nystroem import landmarks, whitening


class KernelModel(nn.Module):
    """``f(x) = sum_j c_j k(x, point_j) + intercept``.

    With landmarks the points are means of patients (`qcore.models.kernels.nystroem`) and may be shipped. Without, they
    are THE FEATURES OF TRAINING PATIENTS, which must not leave the house, and fitting takes a square Gram matrix.

    Args:
        kernel: a torch module; a quantum kernel or its control.
        n_features: length of a feature vector.
        head: one of `qcore.models.kernels.heads.HEADS`.
        classes: True for yes or no, where the model gives log odds; False for a value.
        n_landmarks: at most so many points; None keeps patients.

    Raises:
        ValueError: there is no such head.
    """

    points: Tensor
    coefficients: nn.Parameter
    intercept: nn.Parameter

    def __init__(
        self, kernel: Kernel, n_features: int, head: str = "svm", classes: bool = True, n_landmarks: int | None = None
    ) -> None:
        super().__init__()
        if head not in HEADS:
            raise ValueError(f"there is no head {head!r}; choose from {', '.join(HEADS)}")
        self.kernel: Any = kernel
        self.head, self.classes, self.n_landmarks = head, classes, n_landmarks
        self.register_buffer("points", torch.zeros(0, n_features))
        # Trained numbers, though not by a gradient.
        self.coefficients = _found(torch.zeros(0))
        self.intercept = _found(torch.full((1,), torch.nan))
        self.register_load_state_dict_pre_hook(_take_size)  # type: ignore[no-untyped-call]

    def fit(self, x: Tensor, y: Tensor, backend: Backend, seed: int = 0) -> list[float]:
        """Train the kernel by alignment, then fit the head.

        Alignment sees all outcomes; the folds that tune and calibrate the head come after it, on the aligned kernel.

        Args:
            x: ``(n, n_features)``, standardised.
            y: ``(n,)`` or ``(n, 1)``: 0 and 1, or values.
            backend: where circuits run; it must be differentiable.
            seed: of alignment and landmarks.

        Returns:
            The alignment before every step.

        Raises:
            ValueError: all outcomes are the same.
        """
        history = align(self.kernel, x, y.reshape(-1), backend, seed)
        self.fit_head(x, y, backend, seed)
        return history

    def fit_head(self, x: Tensor, y: Tensor, backend: Backend, seed: int = 0) -> None:
        """Fit the head alone, on any backend; see `fit`."""
        targets = y.detach().double().reshape(-1).numpy()
        # Penalties are made for values of unit variance.
        mean, spread = (0.0, 1.0) if self.classes else (float(targets.mean()), float(targets.std()) or 1.0)
        with torch.no_grad():
            points = x.detach() if self.n_landmarks is None else landmarks(x, self.n_landmarks, seed)
            gram = self.kernel.gram(points, backend).double().numpy()
            if self.n_landmarks is None:
                fitted = fit_on_gram(self.head, gram, (targets - mean) / spread, self.classes)
            else:
                whiten = whitening(gram)
                features = self.kernel.cross(x, points, backend).double().numpy() @ whiten
                fitted = fit_on_features(self.head, features, (targets - mean) / spread, self.classes)
                fitted = Fitted(whiten @ fitted.coefficients, fitted.intercept)
        # A patient who is no support vector is not kept.
        kept = np.flatnonzero(fitted.coefficients)
        dtype = self.intercept.dtype
        self.points = points[kept].to(dtype)
        self.coefficients = _found(torch.from_numpy(spread * fitted.coefficients[kept]).to(dtype))
        self.intercept = _found(torch.tensor([spread * fitted.intercept + mean], dtype=dtype))

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Return log odds or values, ``(batch, 1)``, of features ``(batch, n_features)``.

        Call it under `torch.no_grad` unless a gradient is wanted: weights are then bound before transpiling.

        Raises:
            ValueError: the model has not been fitted.
        """
        if bool(self.intercept.isnan()):
            raise ValueError("this model has to be fitted first")
        if not len(self.points):
            return self.intercept.to(x.dtype).expand(len(x), 1)
        kernels = self.kernel.cross(x, self.points.to(x.dtype), backend)
        value = kernels @ self.coefficients.to(x.dtype) + self.intercept.to(x.dtype)
        return value[:, None]  # type: ignore[no-any-return]


def _found(values: Tensor) -> nn.Parameter:
    return nn.Parameter(values, requires_grad=False)


def _take_size(model: KernelModel, state: dict[str, Tensor], prefix: str, *_: object) -> None:
    """Make room for as many points as a file holds."""
    points, dtype = state.get(prefix + "points"), model.intercept.dtype
    if points is not None:
        model.points = torch.zeros(points.shape, dtype=dtype)
        model.coefficients = _found(torch.zeros(len(points), dtype=dtype))
