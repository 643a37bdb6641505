"""Virtual people of the population model at steady state, and their mean as the base of a network."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import norm, qmc
from torch import Tensor

from qcore.population.model import PopulationModel
from qcore.population.steady_state import Interval, SteadyState
from qcore.study import Array, Study
from qcore.tasks.dosing.networks.samples import Moments

TINY = 1e-12
SEED = 2025


def alike(model: PopulationModel, n_people: int, n_alike: int) -> Tensor:
    """Return random effects that are spread evenly among people of the same covariates and among all.

    Args:
        model: the population model.
        n_people: of different covariates; a power of two is most even.
        n_alike: of the same covariates; a power of two.

    Returns:
        ``(n_people, n_alike, n_iiv)``, in units of omega.
    """
    even = qmc.Sobol(len(model.structure.iiv), rng=np.random.default_rng(SEED)).random(n_people * n_alike)
    return torch.from_numpy(norm.ppf(np.clip(even, 1e-9, 1 - 1e-9))).reshape(n_people, n_alike, -1)


def log_virtual(
    model: PopulationModel,
    numbers: Tensor,
    covariates: Mapping[str, Tensor],
    eta: Tensor,
    doses: Array,
    interval: float,
) -> Tensor:
    """Return logarithms of concentration and response over the interval, ``(n_people, n_alike, n_doses, n_times, 2)``.

    Args:
        model: of people; with a response.
        numbers: taken for its own, ``(n_names,)``, unbounded.
        covariates: of the people, each ``(n_people,)``.
        eta: how those of the same covariates differ, ``(n_people, n_alike, n_iiv)``, in units of omega.
        doses: amounts that are given at every interval, ``(n_doses,)``.
        interval: between doses; people are looked at at its `Interval.edges`.
    """
    each = {name: value.repeat_interleave(eta.shape[1]) for name, value in covariates.items()}
    state = SteadyState(model.structure, model.patients(each, eta.flatten(0, 1), numbers), Interval.of(interval))
    by_dose = [
        torch.stack([state.concentrations(dose), state.responses(dose)], -1)
        for dose in torch.from_numpy(doses).unsqueeze(-1)
    ]
    every = torch.stack(by_dose, 1)
    return every.reshape(*eta.shape[:2], *every.shape[1:]).clamp(min=TINY).log()


@dataclass(frozen=True, eq=False)
class KnownBase:
    """A base whose predictions are known already, for the rows they were computed for.

    Attributes:
        rows: logarithms of concentration and response, ``(n_rows, 2)``.
    """

    rows: Tensor

    def log_predicted(self, _study: Study, moments: Moments) -> Tensor:
        """Return the predictions that are known, ``(n_rows, 2)``, for as many moments.

        Raises:
            ValueError: another number of rows is asked for.
        """
        if len(moments) != len(self.rows):
            raise ValueError(f"{len(self.rows)} rows are known, not {len(moments)}")
        return self.rows
