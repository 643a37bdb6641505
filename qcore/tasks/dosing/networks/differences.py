"""How people differ from what a network expects: in level, and in the size of the drug's effect.

A learned model says what is expected of people with given covariates and doses. How many of them stay below a limit
depends on how far they lie from that, without the error of a measurement. Log residuals of people it was not trained on
tell the one from the other, as a linear mixed model (Laird and Ware 1982, doi:10.2307/2529876):

    log measured - log expected = (level + b) + (slope + c) * effect + error

where the effect is by how much the drug lowers the expected logarithm, b and c are a person's own and normal, and level
and slope say how the median person differs from the expected value.
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.optimize import minimize
from torch import Tensor

from qcore.population.fitting.fit import drawn

N_NUMBERS = 5
LEVEL, SLOPE, LOG_SD_LEVEL, LOG_SD_SLOPE, LOG_SD_ERROR = range(N_NUMBERS)
USUAL_SD, USUAL_FACTOR = 0.2, 1.0
"""Weak prior of standard deviations: within a factor of e of this; keeps them finite in small studies."""
START = (0.0, 0.0, *(np.log([USUAL_SD, USUAL_SD, USUAL_SD]).tolist()))
LEAST_SPREAD = 1e-6
"""Least standard deviation of the effect from which its slope can be estimated."""
NO_SLOPE = -50.0
"""Stands for the logarithm of a standard deviation of 0."""


@dataclass(frozen=True)
class Differences:
    """How people differ, of one quantity.

    Attributes:
        numbers: level, slope, and logarithms of the standard deviations of levels, slopes and measurements.
        covariance: of the numbers, row by row: how sure they are.
    """

    numbers: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]

    @property
    def vector(self) -> Tensor:
        """The numbers as a tensor, ``(5,)``."""
        return torch.tensor(self.numbers, dtype=torch.float64)

    def draws(self, count: int, seed: int) -> Tensor:
        """Return draws of the numbers from their uncertainty, ``(count, 5)``."""
        return drawn(self.vector, torch.tensor(self.covariance, dtype=torch.float64), count, seed)


def person(numbers: Tensor, log_expected: Tensor, effect: Tensor) -> tuple[Tensor, Tensor]:
    """Return mean and standard deviation, over people, of the logarithm of their true values.

    Args:
        numbers: in the order of `Differences`, ``(5,)``.
        log_expected: what a learned model expects, of any shape.
        effect: by how much the drug lowers it, of the same shape.
    """
    sd_level, sd_slope = numbers[LOG_SD_LEVEL].exp(), numbers[LOG_SD_SLOPE].exp()
    mean = log_expected + numbers[LEVEL] + numbers[SLOPE] * effect
    return mean, (sd_level.square() + (sd_slope * effect).square()).sqrt()


def fit_differences(residual: Tensor, effect: Tensor, subject: Tensor) -> Differences:
    """Find how people differ by maximum likelihood, with a weak prior on the standard deviations.

    Args:
        residual: log measured - log expected, of people the model was not trained on, ``(n_rows,)``.
        effect: by how much the drug lowers the expected logarithm, ``(n_rows,)``; 0 where it is of no matter.
        subject: of each row, ``(n_rows,)``.
    """
    sums = _Sums.of(residual.double(), effect.double(), subject)
    free = torch.tensor([LEVEL, SLOPE, LOG_SD_LEVEL, LOG_SD_SLOPE, LOG_SD_ERROR])
    start = torch.tensor(START, dtype=torch.float64)
    if float(effect.double().std()) < LEAST_SPREAD:
        free = torch.tensor([LEVEL, LOG_SD_LEVEL, LOG_SD_ERROR])
        start[LOG_SD_SLOPE] = NO_SLOPE

    def unlikely(values: Tensor) -> Tensor:
        return _minus_log_posterior(start.index_copy(0, free, values), sums, free)

    def slope(values: np.ndarray) -> tuple[float, np.ndarray]:
        point = torch.from_numpy(values.copy()).requires_grad_(True)
        height = unlikely(point)
        (gradient,) = torch.autograd.grad(height, point)
        return float(height.detach()), gradient.numpy()

    best = torch.from_numpy(minimize(slope, start[free].numpy(), jac=True, method="BFGS").x)
    curvature = torch.autograd.functional.hessian(unlikely, best)
    covariance = torch.zeros(N_NUMBERS, N_NUMBERS, dtype=torch.float64)
    covariance[free.unsqueeze(-1), free] = torch.linalg.inv(curvature)
    numbers = start.index_copy(0, free, best)
    return Differences(tuple(numbers.tolist()), tuple(map(tuple, covariance.tolist())))


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sufficient statistics of every subject, with regressors 1 and effect.

    Attributes:
        count: rows of each subject, ``(n_subjects,)``.
        squares: sum of squared residuals of each subject, ``(n_subjects,)``.
        products: of regressors with residuals, ``(n_subjects, 2)``.
        gram: of regressors, ``(n_subjects, 2, 2)``.
    """

    count: Tensor
    squares: Tensor
    products: Tensor
    gram: Tensor

    @classmethod
    def of(cls, residual: Tensor, effect: Tensor, subject: Tensor) -> "_Sums":
        index = torch.unique(subject, return_inverse=True)[1]
        regressors = torch.stack([torch.ones_like(effect), effect], -1)

        def summed(rows: Tensor) -> Tensor:
            total = torch.zeros(int(index.max()) + 1, *rows.shape[1:], dtype=rows.dtype)
            total.index_add_(0, index, rows)
            return total

        return cls(
            summed(torch.ones_like(residual)),
            summed(residual.square()),
            summed(regressors * residual.unsqueeze(-1)),
            summed(regressors.unsqueeze(-1) * regressors.unsqueeze(-2)),
        )


def _minus_log_posterior(numbers: Tensor, sums: _Sums, free: Tensor) -> Tensor:
    """Return -log posterior up to a constant; a subject's covariance is inverted by Woodbury's identity."""
    fixed, sd = numbers[[LEVEL, SLOPE]], numbers[[LOG_SD_LEVEL, LOG_SD_SLOPE]].exp()
    variance = (2 * numbers[LOG_SD_ERROR]).exp()
    squares = sums.squares - 2 * sums.products @ fixed + torch.einsum("i,sij,j->s", fixed, sums.gram, fixed)
    left = sd * (sums.products - sums.gram @ fixed)
    inner = torch.eye(2, dtype=variance.dtype) + sd.unsqueeze(-1) * sums.gram * sd / variance
    explained = (left * torch.linalg.solve(inner, left)).sum(-1) / variance
    likelihood = sums.count * variance.log() + torch.logdet(inner) + (squares - explained) / variance
    spreads = numbers[free[free >= LOG_SD_LEVEL]]
    prior = ((spreads - np.log(USUAL_SD)) / USUAL_FACTOR).square().sum()
    unlikely: Tensor = (likelihood.sum() + prior) / 2
    return unlikely
