from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from trials import trial

from qcore.population.design import design
from qcore.population.fitting import foce
from qcore.population.fitting.foce import SMALLEST, Problem
from qcore.population.simulate import simulated
from qcore.population.structure import Effect, Response, Structure, estimates_of
from qcore.study import Quantity, Study

STRUCTURE = Structure(
    2,
    response=Response(partial=True),
    iiv=("CL", "KA", "R0"),
    effects=(Effect("CL", "WT", 70.0, 0.75), Effect("R0", "COMED")),
)
TRUTH = torch.tensor(
    [
        *np.log([0.5, 10, 1, 20, 0.8, 10, 0.05]),
        1.5,
        np.log(0.3),
        -0.3,
        *np.log([0.3, 0.4, 0.2]),
        *np.log([0.01, 0.1] * 2),
    ]
)


@pytest.fixture(scope="module")
def problem() -> Problem:
    laid = design(trial(8))
    return Problem(STRUCTURE, simulated(STRUCTURE, TRUTH, laid, 0))


def test_the_gradient_is_that_of_the_likelihood(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Effects follow the numbers: the gradient of FOCEI is only right if that is taken into account."""
    monkeypatch.setattr(foce, "TOLERANCE", 1e-13)
    vector = TRUTH + 0.1
    _, gradient, found = problem.objective(vector)
    for index in range(len(vector)):
        step = torch.zeros_like(vector)
        step[index] = 1e-4
        up, down = (problem.objective(vector + sign * step, found.eta)[0] for sign in (1, -1))
        wanted = (up - down) / 2e-4
        assert float(gradient[index]) == pytest.approx(wanted, rel=2e-3, abs=0.02), STRUCTURE.names[index]


def test_conditional_effects_are_the_most_probable(problem: Problem) -> None:
    found = problem.empirical_bayes(TRUTH)
    estimates = estimates_of(STRUCTURE, TRUTH)
    one = problem.take(torch.tensor([3]))
    taken = simulatable = one.design

    def height(eta: np.ndarray) -> float:
        effects = torch.from_numpy(eta).unsqueeze(0)
        predicted = one.predicted(estimates, effects)
        variance, _ = one.variance(estimates, predicted)
        errors = ((taken.measured - predicted) ** 2 / variance + variance.log()) * simulatable.counts
        return float(errors.sum() + ((effects / estimates.omega) ** 2).sum())

    best = minimize(height, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-9, "maxiter": 2000})
    np.testing.assert_allclose(found.eta[3], best.x, atol=1e-3)


def test_a_linear_model_has_its_exact_likelihood() -> None:
    """With effects of next to no size, and one patient, -2 log likelihood is that of independent normal errors."""
    structure = Structure(absorbed=False, iiv=("CL",))
    study = trial(3, response=False)
    laid = design(Study(study.subjects, study.covariates), absorbed=False)
    vector = torch.tensor([*np.log([0.5, 10, 1e-6, 0.2, 0.1])], dtype=torch.float64)
    problem = Problem(structure, laid)
    total, _, found = problem.objective(vector)
    estimates = estimates_of(structure, vector)
    predicted = problem.predicted(estimates, torch.zeros_like(found.eta))
    spread = torch.sqrt(0.2**2 + (0.1 * predicted) ** 2)
    errors = torch.distributions.Normal(predicted, spread).log_prob(laid.measured)
    assert total == pytest.approx(-2 * float((errors * laid.counts).sum()), abs=1e-3)


def test_no_assay_of_a_concentration_is_taken_for_more_exact_than_one_per_cent(problem: Problem) -> None:
    """Made-up data without errors must not end where a fit happens to pass; a real assay is not touched at all."""
    predicted = problem.design.measured
    seen = {quantity: problem.design.kind(quantity) for quantity in Quantity}
    for error, wanted in ((1e-4, 0.01), (0.02, 0.02)):
        estimates = replace(estimates_of(STRUCTURE, TRUTH), sigma=torch.tensor([0.0, error] * 2, dtype=torch.float64))
        variance, slope = problem.variance(estimates, predicted)
        for quantity, share in ((Quantity.CONCENTRATION, wanted), (Quantity.RESPONSE, error)):
            here = predicted[seen[quantity]]
            torch.testing.assert_close(variance[seen[quantity]], SMALLEST + (share * here) ** 2)
            torch.testing.assert_close(slope[seen[quantity]], 2 * share**2 * here)
