"""A structure fitted to a study: its numbers, how sure they are, and what the fit is worth."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from scipy.optimize import minimize
from scipy.stats import norm, qmc
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.population.fitting.foce import EmpiricalBayes, Problem
from qcore.population.structure import Structure, estimates_of, natural

MAX_ITERATIONS = 300
STEP = 1e-3
"""Step of the finite differences of the gradient that give the Hessian, in logarithms."""
NOWHERE = 1e10
"""Objective function value where the likelihood is not finite, so that the search turns back."""
DEFAULTS = {"omega": math.log(0.3), "additive": math.log(0.1), "proportional": math.log(0.2)}

Progress = Callable[[float], None]
"""Called with the objective function value at every step."""


@dataclass(frozen=True)
class Fit:
    """A structure fitted to a study: its numbers, how likely they make the data, and what sets each patient apart.

    Attributes:
        problem: what was fitted to what.
        vector: the numbers, ``(n_names,)``, unbounded.
        ofv: -2 log likelihood there.
        empirical_bayes: estimates (EBE) of the random effects of every patient.
        covariance: of the numbers, ``(n_names, n_names)``; None where it was not asked for.
    """

    problem: Problem
    vector: Tensor
    ofv: float
    empirical_bayes: EmpiricalBayes
    covariance: Tensor | None = None

    @property
    def structure(self) -> Structure:
        """The structure whose numbers were estimated."""
        return self.problem.structure

    @property
    def bic(self) -> float:
        """Bayesian information criterion: patients count for what differs between them, measurements for the rest.

        Source: Delattre, Lavielle and Poursat 2014, doi:10.1214/14-EJS890.
        """
        structure, iiv = self.structure, set(self.structure.iiv)
        differing = [name in iiv for name in structure.parameters]
        differing += [effect.parameter in iiv for effect in structure.free]
        n_between = sum(differing) + len(iiv)
        n_within = len(structure.names) - n_between
        counts = self.problem.design.counts
        return self.ofv + n_between * math.log(len(counts)) + n_within * math.log(int(counts.sum()))

    @property
    def reported(self) -> dict[str, float]:
        """The numbers by name, in their units."""
        return dict(zip(self.structure.names, natural(self.structure, self.vector).tolist(), strict=True))

    @property
    def named(self) -> dict[str, float]:
        """The unbounded numbers by name, from which another fit can start."""
        return dict(zip(self.structure.names, self.vector.tolist(), strict=True))

    @property
    def shrinkage(self) -> dict[str, float]:
        """How far each random effect is pulled to 0 by want of data: 1 - SD of the effects / omega."""
        omega: Tensor = estimates_of(self.structure, self.vector).omega
        spread = self.empirical_bayes.eta.std(0, correction=0)
        return dict(zip(self.structure.iiv, (1 - spread / omega).tolist(), strict=True))


def drawn(vector: Tensor, covariance: Tensor, count: int, seed: int) -> Tensor:
    """Return normal draws around a vector, ``(count, n_names)``, even rather than at random, so that few will do.

    They change little where the covariance does, because its symmetric root is taken: that of another factor may turn.
    """
    even = qmc.Sobol(len(vector), rng=np.random.default_rng(seed)).random_base2(math.ceil(math.log2(count)))[:count]
    standard = torch.from_numpy(norm.ppf(np.clip(even, 1e-9, 1 - 1e-9))).to(vector)
    level, directions = torch.linalg.eigh(covariance)
    draws: Tensor = vector + standard @ (directions * level.clamp(min=0).sqrt()) @ directions.T
    return draws


def starting(structure: Structure, known: Mapping[str, float]) -> Tensor:
    """Return a vector to start from: what is known by name, and a default for what is not.

    Raises:
        ValueError: a parameter is not known and has no default.
    """
    start = []
    for name in structure.names:
        kind = name.split(" ")[0]
        if name in known:
            start.append(known[name])
        elif " on " in name:
            start.append(0.0)
        elif kind in DEFAULTS:
            start.append(DEFAULTS[kind])
        else:
            raise ValueError(f"no value to start {name} from")
    return torch.tensor(start, dtype=torch.float64)


def fit(problem: Problem, known: Mapping[str, float], on_step: Progress = lambda _: None) -> Fit:
    """Fit a structure, without the uncertainty of its numbers.

    Args:
        problem: what to fit to what.
        known: unbounded numbers to start from, by name.
        on_step: called at every step.

    Raises:
        InvalidValue: no finite likelihood is found, or nothing is there to be fitted.
    """
    if not bool(problem.design.counts.any()):
        raise InvalidValue("There is no measurement to fit a model to.")
    start = starting(problem.structure, known)
    best: dict[str, Tensor] = {}
    lowest = math.inf

    def objective(numbers: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal lowest
        total, gradient, minimum = problem.objective(torch.from_numpy(numbers), best.get("eta"))
        if not (math.isfinite(total) and bool(gradient.isfinite().all())):
            return NOWHERE, np.zeros_like(numbers)
        if total < lowest:
            # Only good places are begun from: effects found far away can lie on the far side of a ridge.
            lowest, best["eta"] = total, minimum.eta
        on_step(total)
        return total, gradient.numpy()

    numbers = start.numpy()
    if objective(numbers)[0] >= NOWHERE:
        raise InvalidValue("The model cannot be started on these data: check times, doses and units.")
    # Without bounds: with them the first step is not scaled, and goes far astray.
    options = {"maxiter": MAX_ITERATIONS, "ftol": 1e-7, "gtol": 1e-3}
    minimum = minimize(objective, numbers, jac=True, method="L-BFGS-B", options=options)
    vector = torch.from_numpy(minimum.x)
    ebe = problem.empirical_bayes(vector, best["eta"])
    return Fit(problem, vector, float(problem.individual_ofv(vector, ebe).sum()), ebe)


def with_uncertainty(fitted: Fit) -> Fit:
    """Return the fit with the covariance of its numbers: twice the inverse Hessian of -2 log likelihood.

    A direction in which the likelihood does not bend says nothing: it is given no uncertainty, and the random effects
    that cause it should have been left out before.

    Raises:
        InvalidValue: close by there is no likelihood.
    """
    problem, vector = fitted.problem, fitted.vector
    rows = []
    for index in range(len(vector)):
        step = torch.zeros_like(vector)
        step[index] = STEP
        up, down = (problem.objective(vector + sign * step, fitted.empirical_bayes.eta)[1] for sign in (1, -1))
        rows.append((up - down) / (2 * STEP))
    hessian = torch.stack(rows)
    if not bool(hessian.isfinite().all()):
        raise InvalidValue("How sure the numbers are cannot be told from these data: check times, doses and units.")
    level, directions = torch.linalg.eigh((hessian + hessian.T) / 2)
    bends = level > level.max() * 1e-9
    inverse = torch.where(bends, 2 / torch.where(bends, level, torch.ones_like(level)), torch.zeros_like(level))
    return replace(fitted, covariance=directions @ torch.diag(inverse) @ directions.T)
