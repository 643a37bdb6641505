"""One patient: parameters from a few measurements and the population model (Bayesian), and forecasts.

The most probable random effects are found (maximum a posteriori), and their uncertainty is that of the normal density
with the same curvature. Source: Sheiner et al. 1979, doi:10.1002/cpt1979263294.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.population.design import design
from qcore.population.fitting.foce import Problem
from qcore.population.model import PopulationModel
from qcore.population.structure import estimates_of, individual
from qcore.study import Array, Observations, Quantity, Study, Subject

COVERAGE = 0.9
N_DRAWS = 1000


@dataclass(frozen=True)
class Individual:
    """The empirical Bayes estimate of one patient.

    Attributes:
        model: the population model.
        subject: covariates, doses and what was measured.
        eta: the most probable random effects, ``(n_iiv,)``.
        covariance: of them, ``(n_iiv, n_iiv)``.
    """

    model: PopulationModel
    subject: Subject
    eta: Tensor
    covariance: Tensor

    @property
    def parameters(self) -> dict[str, float]:
        """The most probable parameters, in their units."""
        return {name: float(value) for name, value in self.patients(self.eta.unsqueeze(0)).items()}

    @property
    def typical(self) -> dict[str, float]:
        """The parameters of a typical person of the same covariates, in their units."""
        return {name: float(value) for name, value in self.patients(torch.zeros_like(self.eta).unsqueeze(0)).items()}

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """90 % interval of each parameter."""
        drawn = self.patients(self.draws(N_DRAWS, 0))
        edges = [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]
        return {name: tuple(np.quantile(value, edges).tolist()) for name, value in drawn.items()}

    def draws(self, count: int, seed: int) -> Tensor:
        """Return draws of the random effects from their uncertainty, ``(count, n_iiv)``."""
        generator = torch.Generator().manual_seed(seed)
        standard = torch.randn(count, len(self.eta), generator=generator, dtype=self.eta.dtype)
        drawn: Tensor = self.eta + standard @ torch.linalg.cholesky(self.covariance).T
        return drawn

    def patients(self, eta: Tensor) -> dict[str, Tensor]:
        """Return the parameters that go with random effects ``(n, n_iiv)``, each ``(n,)``."""
        covariates = {name: _number(value).expand(len(eta)) for name, value in self.subject.covariates.items()}
        return individual(self.model.structure, estimates_of(self.model.structure, self.model.vector), covariates, eta)


@dataclass(frozen=True)
class Forecast:
    """Values to be expected of a patient, every array ``(n_times,)``.

    Attributes:
        times: in the model's unit of time.
        median: of the true value.
        low: 90 of 100 possible true values lie between this and ``high``.
        high: upper end of the interval of the true value.
        low_measured: 90 of 100 possible measurements lie between this and ``high_measured``.
        high_measured: upper end of the interval of a measurement.
    """

    times: Array
    median: Array
    low: Array
    high: Array
    low_measured: Array
    high_measured: Array


def learned(model: PopulationModel, subject: Subject) -> Individual:
    """Return the empirical Bayes estimate of a patient, who may have no measurements at all.

    Args:
        model: the population model.
        subject: with the model's covariates.

    Raises:
        InvalidValue: a covariate of the model is missing, a response was measured that it does not have, or the levels
            are beyond all it can show.
    """
    missing = [effect.covariate for effect in model.structure.effects if effect.covariate not in subject.covariates]
    if missing:
        raise InvalidValue(f"The model needs the patient's {', '.join(dict.fromkeys(missing))}.")
    if model.structure.response is None and subject.observations.response.any():
        raise InvalidValue("The model knows concentrations alone: leave the response out.")
    ebe = _problem(model, subject).empirical_bayes(model.vector)
    # Levels a million times too high leave no number that a curve can be drawn with.
    if not bool(ebe.eta.isfinite().all() and ebe.information.isfinite().all()):
        raise InvalidValue("The model cannot explain these levels at all: check their times and units.")
    return Individual(model, subject, ebe.eta[0], torch.linalg.inv(ebe.information[0]))


def unmeasured(model: PopulationModel, subject: Subject) -> Individual:
    """Return a patient as the covariates alone describe the patient, whatever was measured.

    Args:
        model: the population model.
        subject: with the model's covariates.
    """
    omega = estimates_of(model.structure, model.vector).omega
    return Individual(model, subject, torch.zeros_like(omega), torch.diag(omega**2))


def possible(patient: Individual, observations: Observations, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return draws of a patient's true values and of their measurements, each ``(n_draws, n_observations)``.

    Args:
        patient: with doses up to then, those to come among them.
        observations: times and quantities; values are not looked at.
        seed: of what is not known.
    """
    model = patient.model
    seen = Subject(patient.subject.name, patient.subject.covariates, patient.subject.doses, observations)
    problem = _problem(model, seen, early=True)
    estimates = estimates_of(model.structure, model.vector)
    # One patient, many possible effects: they are the leading axis.
    predicted = problem.predicted(estimates, patient.draws(N_DRAWS, seed).unsqueeze(1))[:, 0]
    variance, _ = problem.variance(estimates, predicted.unsqueeze(1))
    generator = torch.Generator().manual_seed(seed + 1)
    error = torch.randn(predicted.shape, generator=generator, dtype=predicted.dtype) * variance[:, 0].sqrt()
    return predicted, (predicted + error).clamp(min=0)


def forecast(patient: Individual, times: Array, quantity: Quantity, seed: int = 0) -> Forecast:
    """Return true values and measurements to be expected of a patient, under the patient's doses.

    Args:
        patient: with doses up to then, those to come among them.
        times: ``(n_times,)``, in the model's unit of time, in any order.
        quantity: that is asked for.
        seed: of what is not known.

    Raises:
        InvalidValue: the model does not have this quantity.
    """
    model = patient.model
    if quantity is Quantity.RESPONSE and model.structure.response is None:
        raise InvalidValue("The model knows concentrations alone.")
    order = np.argsort(times, kind="stable")
    response = np.full(len(times), quantity is Quantity.RESPONSE)
    predicted, measured = possible(patient, Observations(times[order], np.zeros(len(times)), response), seed)
    edges = torch.tensor([(1 - COVERAGE) / 2, 0.5, (1 + COVERAGE) / 2], dtype=predicted.dtype)
    back = np.argsort(order, kind="stable")
    low, median, high = torch.quantile(predicted, edges, dim=0).numpy()[:, back]
    low_measured, _, high_measured = torch.quantile(measured, edges, dim=0).numpy()[:, back]
    return Forecast(times, median, low, high, low_measured, high_measured)


def _problem(model: PopulationModel, subject: Subject, early: bool = False) -> Problem:
    study = Study((subject,), tuple(subject.covariates), model.units, model.weight)
    return Problem(model.structure, design(study, early=early))


def _number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)
