"""Error mitigation: read-out inversion and zero-noise extrapolation, each with the standard error it leaves."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.errors import InvalidArgument

EXTRAPOLATIONS = ("linear", "quadratic", "exponential")
FOLDS = (1, 3, 5)
"""How often every two-qubit gate is repeated; as IBM's estimator does by default."""

SMALLEST = 1e-150
"""Smaller expectations count as 0; their squares would."""


@dataclass(frozen=True)
class Mitigation:
    """What is done against noise.

    Attributes:
        readout: invert the calibrated read-out error of every qubit (tensored inversion; Bravyi et al. 2021,
            arXiv:2006.14044). Exact where the calibration is; widens the standard error.
        extrapolation: extrapolate to zero noise from circuits whose two-qubit gates are folded 1, 3 and 5 times
            (Giurgica-Tiron et al. 2020, arXiv:2005.10921), or None. One of `EXTRAPOLATIONS`.
    """

    readout: bool = False
    extrapolation: str | None = None

    def __post_init__(self) -> None:
        """Refuse an extrapolation that does not exist.

        Raises:
            InvalidArgument: there is no such extrapolation.
        """
        if self.extrapolation is not None and self.extrapolation not in EXTRAPOLATIONS:
            raise InvalidArgument(
                f"There is no extrapolation {self.extrapolation!r}. Choose from {', '.join(EXTRAPOLATIONS)}."
            )

    @property
    def label(self) -> str:
        """For people and for provenance; ``none`` where nothing is done."""
        parts = ["read-out inversion"] if self.readout else []
        if self.extrapolation:
            parts.append(f"zero-noise extrapolation ({self.extrapolation}, folds {', '.join(map(str, FOLDS))})")
        return " + ".join(parts) or "none"

    @property
    def folds(self) -> tuple[int, ...]:
        """Which circuits have to run."""
        return FOLDS if self.extrapolation else (1,)


def extrapolated(values: Tensor, kind: str) -> tuple[Tensor, Tensor]:
    """Extrapolate expectations from circuits with folded gates to no noise at all.

    ``linear`` and ``quadratic`` are polynomials through or near the points; ``exponential`` fits ``a exp(-b folds)``,
    as noise makes expectations decay towards 0, and falls back to ``linear``, observable by observable, where the
    points change sign or grow. It is a line through the logarithms, weighted by the squared values: a point
    next to 0 does not count. That these weights vary too is left out of the derivatives.

    Args:
        values: ``(n_folds, batch, n_observables)`` expectation values at every fold.
        kind: curve through the folds, one of `EXTRAPOLATIONS`.

    Returns:
        The value at zero, ``(batch, n_observables)``, and its derivatives by every point, as `values`, from which the
        standard error follows.
    """
    degree = 2 if kind == "quadratic" else 1
    weights = torch.from_numpy(_weights_at_zero(degree)).to(values.dtype)[:, None, None]
    linear = (weights * values).sum(0)
    slopes = weights.expand_as(values)
    if kind != "exponential":
        return linear, slopes
    magnitude = values.abs()
    decays = (magnitude[1:] <= magnitude[:-1]).all(0) & (values * values[:1] > 0).all(0) & (magnitude[0] > SMALLEST)
    used = torch.where(decays, values, torch.ones_like(values))
    # The logarithm of a small value is uncertain by its inverse: weights are squares of the values.
    folds = torch.tensor(FOLDS, dtype=values.dtype)[:, None, None]
    squares = (used / used[:1]).square()
    zeroth, first, second = ((squares * folds**power).sum(0) for power in range(3))
    shares = squares * (second - first * folds) / (zeroth * second - first.square())
    logarithms = used.abs().clamp_min(SMALLEST).log()
    fitted = values[0].sign() * (shares * logarithms).sum(0).exp()
    return torch.where(decays, fitted, linear), torch.where(decays, fitted * shares / used, slopes)


def _weights_at_zero(degree: int) -> NDArray[np.float64]:
    """Return what every point counts for in the least-squares polynomial's value at zero."""
    powers = np.vander(np.array(FOLDS, dtype=np.float64), degree + 1, increasing=True)
    return np.asarray(np.linalg.pinv(powers)[0])
