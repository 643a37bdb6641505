"""First-order conditional estimation with interaction (FOCEI): how well numbers of a structure explain a study.

For every patient the random effects that are most probable are found, and the likelihood is integrated around them as
if it were normal. All patients are one batch. The gradient follows the most probable effects as the numbers move.
Sources: Wang 2007, doi:10.1007/s10928-007-9060-6; Almquist, Leander and Jirstrand 2015, doi:10.1007/s10928-015-9409-1.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from qcore.population.design import Design
from qcore.population.predict import Exposure, exposure, prediction
from qcore.population.structure import Estimates, Structure, estimates_of, individual
from qcore.study import Quantity

MAX_STEPS = 60
TOLERANCE = 1e-6
"""Least decrease of -2 log likelihood that a further step must promise."""
STEP = 1e-4
"""Step of central differences by a random effect: exact to about 1e-9, and cheaper than automatic differentiation."""
FIRST_DAMPING = 1e-3
N_REFINED = 2
SMALLEST = 1e-12
"""Smallest variance of a measurement."""
FINEST = 0.01
"""Of the prediction: no assay of a concentration is more exact, and without measurements that err even a little every
place that a fit passes looks like its end. A real assay (2 % and more) never comes near."""


@dataclass(frozen=True)
class EmpiricalBayes:
    """Empirical Bayes estimates (EBE): the most probable random effects given each patient's measurements.

    Attributes:
        eta: the random effects, ``(n_patients, n_iiv)``.
        information: ``(n_patients, n_iiv, n_iiv)``; its inverse is the effects' covariance.
    """

    eta: Tensor
    information: Tensor


@dataclass(frozen=True)
class _Terms:
    """What the likelihood is made of at some effects."""

    predicted: Tensor
    slopes: Tensor
    variance: Tensor
    variance_slope: Tensor


@dataclass(frozen=True)
class Problem:
    """A structure and the study it is to explain.

    Attributes:
        structure: of the population model.
        design: when every subject of the study was dosed and measured.
        given: the concentrations, where the structure takes them as known.
    """

    structure: Structure
    design: Design
    given: Exposure | None = None

    def take(self, patients: Tensor) -> "Problem":
        """Return the problem of some patients."""
        return Problem(self.structure, self.design.take(patients), self.given.take(patients) if self.given else None)

    def individual(self, estimates: Estimates, eta: Tensor) -> dict[str, Tensor]:
        """Return the parameters of all patients, each ``(n_patients,)``."""
        return individual(self.structure, estimates, self.design.covariates, eta)

    def exposed(self, estimates: Estimates, eta: Tensor) -> Exposure:
        """Return the concentrations of all patients."""
        return self.given or exposure(self.structure, self.individual(estimates, eta), self.design)

    def predicted(self, estimates: Estimates, eta: Tensor, concentrations: Exposure | None = None) -> Tensor:
        """Return predictions ``(n_patients, n_times)``, with concentrations worked out or given."""
        patients = self.individual(estimates, eta)
        return prediction(self.structure, patients, concentrations or self.exposed(estimates, eta), self.design)

    def variance(self, estimates: Estimates, predicted: Tensor) -> tuple[Tensor, Tensor]:
        """Return the variance of measurements and its derivative by the prediction; 1 and 0 in padding."""
        variance, slope = torch.full_like(predicted, SMALLEST), torch.zeros_like(predicted)
        for (quantity, part), error in zip(self.structure.sigma, estimates.sigma, strict=True):
            of_quantity = self.design.kind(quantity).to(predicted.dtype)
            if part == "additive":
                variance = variance + of_quantity * error**2
            else:
                variance = variance + of_quantity * (error * predicted) ** 2
                slope = slope + of_quantity * 2 * error**2 * predicted
        least = (FINEST * predicted) ** 2 * self.design.kind(Quantity.CONCENTRATION).to(predicted.dtype)
        finest = variance < least
        variance = torch.where(finest, least, variance)
        slope = torch.where(finest, 2 * FINEST**2 * predicted, slope)
        return torch.where(self.design.counts, variance, torch.ones_like(variance)), slope

    def empirical_bayes(self, vector: Tensor, start: Tensor | None = None) -> EmpiricalBayes:
        """Find the most probable random effects, by damped Gauss-Newton steps for each patient.

        Args:
            vector: numbers of the structure.
            start: effects to begin from, ``(n_patients, n_iiv)``.
        """
        with torch.no_grad():
            estimates = estimates_of(self.structure, vector.detach())
            n_iiv = len(self.structure.iiv)
            eta = torch.zeros(self.design.n_patients, n_iiv, dtype=vector.dtype) if start is None else start.clone()
            damping = torch.full((len(eta), 1), FIRST_DAMPING, dtype=vector.dtype)
            height = self._height(estimates, eta, self.predicted(estimates, eta))
            moving, problem = torch.arange(len(eta)), self
            for _ in range(MAX_STEPS):
                terms = problem._terms(estimates, eta[moving])
                gradient = problem._slope(estimates, eta[moving], terms)
                information = problem._information(estimates, terms)
                scale = torch.diagonal(information, dim1=-2, dim2=-1)
                step = -_solved(information + torch.diag_embed(damping[moving] * scale), gradient)
                far = (step * gradient).sum(-1).abs() > TOLERANCE
                if not bool(far.any()):
                    break
                moving, step = moving[far], step[far]
                problem = self.take(moving)
                tried = eta[moving] + step.clamp(-2, 2)
                reached = problem._height(estimates, tried, problem.predicted(estimates, tried))
                better = (reached <= height[moving]) & reached.isfinite()
                eta[moving[better]], height[moving[better]] = tried[better], reached[better]
                damping[moving[better]] /= 10
                damping[moving[~better]] = (damping[moving[~better]] * 10).clamp(min=FIRST_DAMPING, max=1e8)
            return EmpiricalBayes(eta, self._information(estimates, self._terms(estimates, eta)))

    def objective(self, vector: Tensor, start: Tensor | None = None) -> tuple[float, Tensor, EmpiricalBayes]:
        """Return the objective function value (OFV, -2 log likelihood), its gradient, and the EBEs.

        Args:
            vector: numbers of the structure, unbounded, ``(n_names,)``.
            start: effects to begin from.
        """
        ebe = self.empirical_bayes(vector, start)
        leaf, eta = vector.detach().requires_grad_(True), ebe.eta.clone().requires_grad_(True)
        estimates = estimates_of(self.structure, leaf)
        terms = self._terms(estimates, eta)
        each = self._ofv(estimates, eta, terms)
        total = each.sum()
        by_vector, by_eta = torch.autograd.grad(total, (leaf, eta), retain_graph=True)
        # The effects move with the numbers so that the slope stays 0: implicit differentiation. The information is
        # only the expected Hessian; what is missing is made up for by refining the solution.
        slope = self._slope(estimates, eta, terms)
        pull = _solved(ebe.information, by_eta)
        for _ in range(N_REFINED):
            (reached,) = torch.autograd.grad((pull * slope).sum(), eta, retain_graph=True)
            pull = pull + _solved(ebe.information, by_eta - reached)
        (following,) = torch.autograd.grad((pull * slope).sum(), leaf)
        return float(total.detach()), by_vector - following, ebe

    def individual_ofv(self, vector: Tensor, ebe: EmpiricalBayes) -> Tensor:
        """Return the objective function value of every patient, ``(n_patients,)``."""
        with torch.no_grad():
            estimates = estimates_of(self.structure, vector)
            return self._ofv(estimates, ebe.eta, self._terms(estimates, ebe.eta))

    def _terms(self, estimates: Estimates, eta: Tensor) -> _Terms:
        n_iiv = eta.shape[-1]
        steps = STEP * torch.eye(n_iiv, dtype=eta.dtype).unsqueeze(1)
        variants = torch.cat([eta.unsqueeze(0), eta + steps, eta - steps])
        predicted = self.predicted(estimates, variants, self._exposed_variants(estimates, variants))
        up, down = predicted[1 : n_iiv + 1], predicted[n_iiv + 1 :]
        variance, variance_slope = self.variance(estimates, predicted[0])
        return _Terms(predicted[0], ((up - down) / (2 * STEP)).movedim(0, -1), variance, variance_slope)

    def _exposed_variants(self, estimates: Estimates, variants: Tensor) -> Exposure | None:
        """Return concentrations of all variants; the larger part of the work, only done where an effect matters."""
        if self.given is not None or self.structure.response is None:
            return None
        iiv = self.structure.iiv
        matters = [index for index, name in enumerate(iiv) if name in self.structure.kinetic]
        rows = [0, *(1 + index for index in matters), *(1 + len(iiv) + index for index in matters)]
        concentrations = self.exposed(estimates, variants[rows])
        row_of = torch.zeros(len(variants), dtype=torch.long)
        row_of[rows] = torch.arange(len(rows))
        return concentrations.take(row_of)

    def _height(self, estimates: Estimates, eta: Tensor, predicted: Tensor) -> Tensor:
        """Return -log of the joint density, up to a constant, ``(n_patients,)``."""
        variance, _ = self.variance(estimates, predicted)
        residual = (self.design.measured - predicted) * self.design.counts
        return (residual**2 / variance + torch.log(variance)).sum(-1) / 2 + ((eta / estimates.omega) ** 2).sum(-1) / 2

    def _slope(self, estimates: Estimates, eta: Tensor, terms: _Terms) -> Tensor:
        """Return the gradient of the height by the effects."""
        residual = (self.design.measured - terms.predicted) * self.design.counts
        by_prediction = (
            -residual / terms.variance + terms.variance_slope * (1 - residual**2 / terms.variance) / terms.variance / 2
        )
        return torch.einsum("it,itq->iq", by_prediction, terms.slopes) + eta / estimates.omega**2

    def _information(self, estimates: Estimates, terms: _Terms) -> Tensor:
        """Return the expected Hessian of the height."""
        weight = 1 / terms.variance + (terms.variance_slope / terms.variance) ** 2 / 2
        measured = torch.einsum("itq,it,itr->iqr", terms.slopes, weight, terms.slopes)
        return measured + torch.diag_embed((1 / estimates.omega**2).expand(len(measured), -1))

    def _ofv(self, estimates: Estimates, eta: Tensor, terms: _Terms) -> Tensor:
        height = self._height(estimates, eta, terms.predicted)
        spread = torch.logdet(self._information(estimates, terms)) + 2 * torch.log(estimates.omega).sum()
        return 2 * height + spread + self.design.counts.sum(-1) * math.log(2 * math.pi)


def _solved(matrix: Tensor, right: Tensor) -> Tensor:
    """Solve for every patient, ``(n_patients, n_iiv)``; not a number where numbers gone astray leave no solution."""
    solution, failed = torch.linalg.solve_ex(matrix, right)
    return torch.where(failed.unsqueeze(-1) == 0, solution, torch.nan)
