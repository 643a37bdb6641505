"""A few people who stand for many, since a network is asked about each of them and its circuits are slow."""

import numpy as np
import torch
from torch import Tensor

from qcore.population.model import PopulationModel
from qcore.tasks.dosing.virtual_population import Population, people

N_DRAWN = 4096
SEED = 2025


def profiles(known: PopulationModel, population: Population, count: int) -> dict[str, Tensor]:
    """Return covariates of a few people with the same distribution as those of many, each ``(count,)``.

    Many are sorted, by the covariate with fewest values first, and every n-th is taken: if half have comedication,
    half of those taken do, and the weights of either half are spread evenly.

    Args:
        known: whose subjects are drawn from.
        population: whom the dose is for.
        count: how many, at most `N_DRAWN`.

    Raises:
        InvalidValue: the population names a covariate that the model's study does not have.
    """
    drawn = people(known, population, N_DRAWN, SEED).covariates
    by_values = sorted(drawn, key=lambda name: -len(torch.unique(drawn[name])))
    order = np.lexsort([drawn[name].numpy() for name in by_values]) if drawn else np.arange(N_DRAWN)
    taken = order[((np.arange(count) + 0.5) * N_DRAWN / count).astype(int)]
    return {name: values[taken] for name, values in drawn.items()}
