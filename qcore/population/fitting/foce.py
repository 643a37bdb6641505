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
from qcore.population.structure import Structure, Values, individual, values
from qcore.study import Quantity

MAX_STEPS = 60
TOLERANCE = 1e-6
"""Of the decrease a further step promises, in units of -2 log likelihood."""
STEP = 1e-4
"""Of central differences by a random effect: exact to about 1e-9, and cheaper than forward differentiation here."""
FIRST_DAMPING = 1e-3
N_REFINED = 2
SMALLEST = 1e-12
"""Variance below which nothing is measured."""
FINEST = 0.01
"""Of the prediction: no assay of a concentration is more exact, and without measurements that err even a little every
place that a fit passes looks like its end. A real assay (2 % and more) never comes near."""


@dataclass(frozen=True)
class Conditional:
    """The random effects that are most probable given a patient's measurements.

    Attributes:
        eta: ``(n_patients, n_random)``.
        information: ``(n_patients, n_random, n_random)``; its inverse is the effects' covariance.
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
        structure: of the model.
        design: of the study.
        given: the concentrations, where the structure takes them as known.
    """

    structure: Structure
    design: Design
    given: Exposure | None = None

    def take(self, patients: Tensor) -> "Problem":
        """Return the problem of some patients."""
        return Problem(self.structure, self.design.take(patients), self.given.take(patients) if self.given else None)

    def individual(self, cut: Values, eta: Tensor) -> dict[str, Tensor]:
        """Return the parameters of all patients, each ``(n_patients,)``."""
        return individual(self.structure, cut, self.design.covariates, eta)

    def exposed(self, cut: Values, eta: Tensor) -> Exposure:
        """Return the concentrations of all patients."""
        return self.given or exposure(self.structure, self.individual(cut, eta), self.design)

    def predicted(self, cut: Values, eta: Tensor, found: Exposure | None = None) -> Tensor:
        """Return predictions ``(n_patients, n_times)``, with concentrations worked out or given."""
        patients = self.individual(cut, eta)
        return prediction(self.structure, patients, found or self.exposed(cut, eta), self.design)

    def variance(self, cut: Values, predicted: Tensor) -> tuple[Tensor, Tensor]:
        """Return the variance of measurements and its derivative by the prediction; 1 and 0 in padding."""
        variance, slope = torch.full_like(predicted, SMALLEST), torch.zeros_like(predicted)
        for (quantity, part), error in zip(self.structure.errors, cut.errors, strict=True):
            here = self.design.kind(quantity).to(predicted.dtype)
            if part == "additive":
                variance = variance + here * error**2
            else:
                variance = variance + here * (error * predicted) ** 2
                slope = slope + here * 2 * error**2 * predicted
        least = (FINEST * predicted) ** 2 * self.design.kind(Quantity.CONCENTRATION).to(predicted.dtype)
        finest = variance < least
        variance = torch.where(finest, least, variance)
        slope = torch.where(finest, 2 * FINEST**2 * predicted, slope)
        return torch.where(self.design.counts, variance, torch.ones_like(variance)), slope

    def conditional(self, vector: Tensor, start: Tensor | None = None) -> Conditional:
        """Find the most probable random effects, by damped Gauss-Newton steps for each patient.

        Args:
            vector: numbers of the structure.
            start: effects to begin from, ``(n_patients, n_random)``.
        """
        with torch.no_grad():
            cut = values(self.structure, vector.detach())
            n_random = len(self.structure.random)
            eta = torch.zeros(self.design.n_patients, n_random, dtype=vector.dtype) if start is None else start.clone()
            damping = torch.full((len(eta), 1), FIRST_DAMPING, dtype=vector.dtype)
            height = self._height(cut, eta, self.predicted(cut, eta))
            moving, problem = torch.arange(len(eta)), self
            for _ in range(MAX_STEPS):
                terms = problem._terms(cut, eta[moving])
                gradient = problem._slope(cut, eta[moving], terms)
                information = problem._information(cut, terms)
                scale = torch.diagonal(information, dim1=-2, dim2=-1)
                step = -_solved(information + torch.diag_embed(damping[moving] * scale), gradient)
                far = (step * gradient).sum(-1).abs() > TOLERANCE
                if not bool(far.any()):
                    break
                moving, step = moving[far], step[far]
                problem = self.take(moving)
                tried = eta[moving] + step.clamp(-2, 2)
                reached = problem._height(cut, tried, problem.predicted(cut, tried))
                better = (reached <= height[moving]) & reached.isfinite()
                eta[moving[better]], height[moving[better]] = tried[better], reached[better]
                damping[moving[better]] /= 10
                damping[moving[~better]] = (damping[moving[~better]] * 10).clamp(min=FIRST_DAMPING, max=1e8)
            return Conditional(eta, self._information(cut, self._terms(cut, eta)))

    def objective(self, vector: Tensor, start: Tensor | None = None) -> tuple[float, Tensor, Conditional]:
        """Return -2 log likelihood, its gradient, and the conditional effects.

        Args:
            vector: ``(n_names,)``.
            start: effects to begin from.
        """
        found = self.conditional(vector, start)
        leaf, eta = vector.detach().requires_grad_(True), found.eta.clone().requires_grad_(True)
        cut = values(self.structure, leaf)
        terms = self._terms(cut, eta)
        each = self._minus_two(cut, eta, terms)
        total = each.sum()
        by_vector, by_eta = torch.autograd.grad(total, (leaf, eta), retain_graph=True)
        # The effects move with the numbers so that the slope stays 0: implicit differentiation. The information is
        # only the expected Hessian; what is missing is made up for by refining the solution.
        slope = self._slope(cut, eta, terms)
        pull = _solved(found.information, by_eta)
        for _ in range(N_REFINED):
            (reached,) = torch.autograd.grad((pull * slope).sum(), eta, retain_graph=True)
            pull = pull + _solved(found.information, by_eta - reached)
        (following,) = torch.autograd.grad((pull * slope).sum(), leaf)
        return float(total.detach()), by_vector - following, found

    def each(self, vector: Tensor, found: Conditional) -> Tensor:
        """Return -2 log likelihood of every patient, ``(n_patients,)``."""
        with torch.no_grad():
            cut = values(self.structure, vector)
            return self._minus_two(cut, found.eta, self._terms(cut, found.eta))

    def _terms(self, cut: Values, eta: Tensor) -> _Terms:
        n_random = eta.shape[-1]
        steps = STEP * torch.eye(n_random, dtype=eta.dtype).unsqueeze(1)
        variants = torch.cat([eta.unsqueeze(0), eta + steps, eta - steps])
        predicted = self.predicted(cut, variants, self._exposed_variants(cut, variants))
        up, down = predicted[1 : n_random + 1], predicted[n_random + 1 :]
        variance, variance_slope = self.variance(cut, predicted[0])
        return _Terms(predicted[0], ((up - down) / (2 * STEP)).movedim(0, -1), variance, variance_slope)

    def _exposed_variants(self, cut: Values, variants: Tensor) -> Exposure | None:
        """Return concentrations of all variants; the larger part of the work, only done where an effect matters."""
        if self.given is not None or self.structure.response is None:
            return None
        random = self.structure.random
        matters = [index for index, name in enumerate(random) if name in self.structure.kinetic]
        rows = [0, *(1 + index for index in matters), *(1 + len(random) + index for index in matters)]
        found = self.exposed(cut, variants[rows])
        place = torch.zeros(len(variants), dtype=torch.long)
        place[rows] = torch.arange(len(rows))
        return found.take(place)

    def _height(self, cut: Values, eta: Tensor, predicted: Tensor) -> Tensor:
        """Return -log of the joint density, up to a constant, ``(n_patients,)``."""
        variance, _ = self.variance(cut, predicted)
        residual = (self.design.measured - predicted) * self.design.counts
        return (residual**2 / variance + torch.log(variance)).sum(-1) / 2 + ((eta / cut.omega) ** 2).sum(-1) / 2

    def _slope(self, cut: Values, eta: Tensor, terms: _Terms) -> Tensor:
        """Return the gradient of the height by the effects."""
        residual = (self.design.measured - terms.predicted) * self.design.counts
        by_prediction = (
            -residual / terms.variance + terms.variance_slope * (1 - residual**2 / terms.variance) / terms.variance / 2
        )
        return torch.einsum("it,itq->iq", by_prediction, terms.slopes) + eta / cut.omega**2

    def _information(self, cut: Values, terms: _Terms) -> Tensor:
        """Return the expected Hessian of the height."""
        weight = 1 / terms.variance + (terms.variance_slope / terms.variance) ** 2 / 2
        measured = torch.einsum("itq,it,itr->iqr", terms.slopes, weight, terms.slopes)
        return measured + torch.diag_embed((1 / cut.omega**2).expand(len(measured), -1))

    def _minus_two(self, cut: Values, eta: Tensor, terms: _Terms) -> Tensor:
        height = self._height(cut, eta, terms.predicted)
        spread = torch.logdet(self._information(cut, terms)) + 2 * torch.log(cut.omega).sum()
        return 2 * height + spread + self.design.counts.sum(-1) * math.log(2 * math.pi)


def _solved(matrix: Tensor, right: Tensor) -> Tensor:
    """Solve for every patient, ``(n_patients, n_random)``; not a number where numbers gone astray leave no solution."""
    found, failed = torch.linalg.solve_ex(matrix, right)
    return torch.where(failed.unsqueeze(-1) == 0, found, torch.nan)
