"""How well a model describes the study it was fitted to: predicted beside observed, and simulated studies beside it."""

import math
from dataclasses import dataclass

import numpy as np
import torch

from qcore.errors import InvalidValue
from qcore.population.checked import QuantityCheck
from qcore.population.design import Design, design
from qcore.population.fitting.foce import Problem
from qcore.population.model import PopulationModel
from qcore.population.structure import estimates_of
from qcore.study import Array, Flags, Quantity, Study

N_STUDIES = 200
SEED = 2025
QUANTILES = (0.05, 0.5, 0.95)
COVERAGE = 0.9
MOST_BINS = 14
FEWEST_IN_BIN = 20
BY_CHANCE = 0.01


@dataclass(frozen=True)
class GoodnessOfFit:
    """Every measurement beside its predictions (goodness of fit, GOF), each ``(n_measurements,)``.

    Attributes:
        observed: values as they were measured.
        typical: what a typical patient of the same covariates and doses would show.
        individual: what this very patient shows, as far as the measurements tell.
        response: True where it is the response.
    """

    observed: Array
    typical: Array
    individual: Array
    response: Flags


@dataclass(frozen=True)
class Vpc:
    """Visual predictive check (VPC): measured quantiles beside those of simulated studies, prediction-corrected.

    Values are multiplied by the median prediction of their bin over their own (prediction-corrected, Bergstrand et al.
    2011, doi:10.1208/s12248-011-9255-z), so that different doses can be looked at together.

    Attributes:
        times: middle of each bin, ``(n_bins,)``.
        observed: ``(3, n_bins)``: quantiles .05, .5 and .95.
        low: ``(3, n_bins)``: nine in ten simulated studies have this quantile between ``low`` and ``high``.
        high: upper end of the same intervals, ``(3, n_bins)``.
        by_chance: share of quantiles inside in 99 of 100 of the simulated studies.
    """

    times: Array
    observed: Array
    low: Array
    high: Array
    by_chance: float = 0.0

    @property
    def inside(self) -> float:
        """Share of observed quantiles that lie where nine in ten simulated studies have them."""
        return float(((self.observed >= self.low) & (self.observed <= self.high)).mean())


def goodness_of_fit(model: PopulationModel, study: Study) -> GoodnessOfFit:
    """Return every measurement beside its population and individual prediction."""
    problem = Problem(model.structure, _laid(model, study))
    estimates, counts = estimates_of(model.structure, model.vector), problem.design.counts
    with torch.no_grad():
        eta = problem.empirical_bayes(model.vector).eta
        predicted = [problem.predicted(estimates, each)[counts].numpy() for each in (torch.zeros_like(eta), eta)]
    trial = problem.design
    return GoodnessOfFit(trial.measured[counts].numpy(), predicted[0], predicted[1], trial.response[counts].numpy())


def _laid(model: PopulationModel, study: Study) -> Design:
    """Return the design of a study as its model has it: if that has no depot, all doses go into the blood.

    A file that does not tell has its doses marked as absorbed, and the fit found out that they are not.
    """
    return design(study, None if model.structure.absorbed else False)


def vpc(model: PopulationModel, study: Study, quantity: Quantity) -> Vpc:
    """Return a visual predictive check of one quantity.

    Args:
        model: fitted to the study.
        study: with measurements of the quantity.
        quantity: concentration or response.

    Raises:
        InvalidValue: nothing is expected of it, so that there is nothing to be compared.
    """
    problem = Problem(model.structure, _laid(model, study))
    estimates, wanted = estimates_of(model.structure, model.vector), problem.design.kind(quantity)
    generator = torch.Generator().manual_seed(SEED)
    shape = (problem.design.n_patients, len(model.structure.iiv))
    with torch.no_grad():
        typical = problem.predicted(estimates, torch.zeros(shape, dtype=torch.float64))
        studies = []
        for _ in range(N_STUDIES):
            eta = estimates.omega * torch.randn(shape, generator=generator, dtype=torch.float64)
            predicted = problem.predicted(estimates, eta)
            spread = problem.variance(estimates, predicted)[0].sqrt()
            standard = torch.randn(predicted.shape, generator=generator, dtype=torch.float64)
            studies.append((predicted + spread * standard)[wanted].numpy())
    times, expected = problem.design.times[wanted].numpy(), typical[wanted].numpy()
    kept = expected > 0
    if not kept.any():
        raise InvalidValue(f"The model expects no {quantity} in anybody at any time: check times, doses and units.")
    times, expected = times[kept], expected[kept]
    bins = _bins(times)
    middles = np.array([np.median(expected[bins == each]) for each in range(bins.max() + 1)])
    correction = middles[bins] / expected
    observed = _quantiles(problem.design.measured[wanted].numpy()[kept] * correction, bins)
    simulated = np.stack([_quantiles(each[kept] * correction, bins) for each in studies])
    low, high = np.quantile(simulated, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2], axis=0)
    inside = ((simulated >= low) & (simulated <= high)).mean((1, 2))
    middle = np.array([np.median(times[bins == each]) for each in range(bins.max() + 1)])
    return Vpc(middle, observed, low, high, float(np.quantile(inside, BY_CHANCE)))


def quantity_checks(model: PopulationModel, study: Study) -> dict[Quantity, QuantityCheck]:
    """Return how well the model describes each quantity that has measurements above 0.

    Args:
        model: fitted to the study.
        study: the one it was fitted to, with its measurements.
    """
    fits = {}
    for quantity in (Quantity.CONCENTRATION, Quantity.RESPONSE):
        responds = quantity is Quantity.RESPONSE
        seen = [each.observations.value[each.observations.response == responds] for each in study.subjects]
        above = np.concatenate(seen)
        above = above[above > 0]
        if not len(above) or (responds and model.structure.response is None):
            continue
        error = _error(model, quantity, float(np.median(above)))
        try:
            check = vpc(model, study, quantity)
            inside, by_chance = check.inside, check.by_chance
        except InvalidValue:
            inside, by_chance = 0.0, 1.0
        fits[quantity] = QuantityCheck(inside, by_chance, error, float(above.min()), float(above.max()))
    return fits


def _error(model: PopulationModel, quantity: Quantity, median: float) -> float:
    """Return the residual standard deviation as a share of the median measurement."""
    errors = {part: model.reported[f"{part} error of {of}"] for of, part in model.structure.sigma if of is quantity}
    return math.hypot(errors.get("additive", 0.0) / median, errors.get("proportional", 0.0))


def _bins(times: Array) -> np.ndarray:
    """Return the bin of each time; a time that enough measurements share is a bin of its own."""
    own, index, counts = np.unique(times, return_inverse=True, return_counts=True)
    if counts.min() >= FEWEST_IN_BIN:
        return index
    number = int(np.clip(len(times) // FEWEST_IN_BIN, 1, min(MOST_BINS, len(own))))
    edges = np.unique(np.quantile(times, np.arange(1, number) / number))
    return np.unique(np.searchsorted(edges, times, side="left"), return_inverse=True)[1]


def _quantiles(values: Array, bins: np.ndarray) -> Array:
    return np.stack([np.quantile(values[bins == each], QUANTILES) for each in range(bins.max() + 1)], axis=1)
