"""How far off even somebody would be who knew the truth: people differ, and of an unseen one only covariates are known.

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
from qcore.population.structure import values
from qcore.study import Quantity, Study
from qcore.tasks.dosing.networks.evaluation.stored import Floor

N_PEOPLE, N_TRIALS = 512, 200
SEED = 2025
NINE_IN_TEN = (0.05, 0.95)


def floors(model: PopulationModel, study: Study) -> Mapping[Quantity, Floor]:
    """Return the normalised root mean squared error of each quantity of an unseen subject, by who knows the truth.

    Args:
        model: the truth.
        study: its doses, times and covariates.
    """
    laid = design(study)
    expected = _expected(model, laid)
    found: dict[Quantity, list[float]] = {quantity: [] for quantity in Quantity if laid.kind(quantity).any()}
    for trial in range(N_TRIALS):
        measured = simulated(model.structure, model.vector, laid, SEED + trial).measured
        for quantity, errors in found.items():
            here = laid.kind(quantity)
            off = (measured - expected)[here].square().mean().sqrt()
            errors.append(float(off / measured[here].std()))
    return {
        quantity: Floor(float(np.mean(errors)), *map(float, np.quantile(errors, NINE_IN_TEN)))
        for quantity, errors in found.items()
    }


def _expected(model: PopulationModel, laid: Design) -> Tensor:
    """Return the mean over people who differ as the model says, ``(n_patients, n_times)``."""
    problem, cut = Problem(model.structure, laid), values(model.structure, model.vector)
    generator = torch.Generator().manual_seed(SEED)
    n_random, total = len(model.structure.random), torch.zeros_like(laid.times)
    with torch.no_grad():
        for _ in range(N_PEOPLE):
            standard = torch.randn(laid.n_patients, n_random, generator=generator, dtype=total.dtype)
            total += problem.predicted(cut, standard * cut.omega)
    return total / N_PEOPLE
