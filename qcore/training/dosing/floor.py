"""The least error of an unseen subject: that of predictions by the true model, since people differ beyond covariates.

The truth is taken to be the mechanistic model as fitted. Trials are simulated from it with the doses, times and
covariates of the study; who knows it predicts the mean over all people of the same covariates and doses, which no
prediction without measurements of the person can better on average.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from qcore.population.design import Design, design
from qcore.population.fitting.foce import Problem
from qcore.population.model import PopulationModel
from qcore.population.simulate import simulated
from qcore.population.structure import estimates_of
from qcore.study import Quantity, Study
from qcore.tasks.dosing.networks.evaluation.stored import Floor

N_PEOPLE, N_TRIALS = 512, 200
SEED = 2025
NINE_IN_TEN = (0.05, 0.95)


def floors(model: PopulationModel, study: Study) -> Mapping[Quantity, Floor]:
    """Return the normalised RMSE of each quantity of an unseen subject, when the true model predicts.

    Args:
        model: taken to be the truth.
        study: its doses, times and covariates.
    """
    trial_design = design(study)
    expected = _expected(model, trial_design)
    errors_of: dict[Quantity, list[float]] = {
        quantity: [] for quantity in Quantity if trial_design.kind(quantity).any()
    }
    for trial in range(N_TRIALS):
        measured = simulated(model.structure, model.vector, trial_design, SEED + trial).measured
        for quantity, errors in errors_of.items():
            of_quantity = trial_design.kind(quantity)
            off = (measured - expected)[of_quantity].square().mean().sqrt()
            errors.append(float(off / measured[of_quantity].std()))
    return {
        quantity: Floor(float(np.mean(errors)), *map(float, np.quantile(errors, NINE_IN_TEN)))
        for quantity, errors in errors_of.items()
    }


def _expected(model: PopulationModel, trial_design: Design) -> Tensor:
    """Return the mean over people who differ as the model says, ``(n_patients, n_times)``."""
    problem, estimates = Problem(model.structure, trial_design), estimates_of(model.structure, model.vector)
    generator = torch.Generator().manual_seed(SEED)
    n_iiv, total = len(model.structure.iiv), torch.zeros_like(trial_design.times)
    with torch.no_grad():
        for _ in range(N_PEOPLE):
            standard = torch.randn(trial_design.n_patients, n_iiv, generator=generator, dtype=total.dtype)
            total += problem.predicted(estimates, standard * estimates.omega)
    return total / N_PEOPLE
