"""Concentration and response of the median person over time, by a network."""

import numpy as np
import torch
from torch import Tensor

from qcore.study import Array, Doses, Observations, Study, Subject
from qcore.tasks.dosing.networks.differences import person
from qcore.tasks.dosing.networks.dose_finding.attained import NetworkDoseModel
from qcore.tasks.dosing.networks.dose_finding.interpolation import over_times
from qcore.tasks.dosing.networks.dose_finding.profiles import profiles
from qcore.tasks.dosing.networks.predictions import log_expected
from qcore.tasks.dosing.networks.samples import QUANTITIES, Moments, moments_at
from qcore.tasks.dosing.virtual_population import Population

N_PEOPLE = 8
N_TIMES = 48
"""Number of times at which a network is asked; its corrections are interpolated linearly between them."""


def median_course(model: NetworkDoseModel, population: Population, doses: Doses, times: Array) -> Tensor:
    """Return concentration and response of the median person, ``(n_times, 2)``; NaN where the study watched nobody.

    Args:
        model: the network that is asked.
        population: whom it is about.
        doses: all of them take, from time 0 on.
        times: rising, from 0 on, ``(n_times,)``, in the study's unit.
    """
    watched = times <= model.learned.features.half_lives[-1]
    seen = times[watched]
    study = _study(model, population, doses)
    features = model.learned.features

    def of(at: Array) -> Moments:
        return moments_at([at] * N_PEOPLE)

    few = seen[np.unique(np.linspace(0, len(seen) - 1, N_TIMES).astype(int))]
    table = features.table(study, of(few))
    # The last columns of a table are the base.
    added = (log_expected(model.learned, table, model.backend) - table[:, -2:]).reshape(N_PEOPLE, len(few), 2)
    base = features.base.log_predicted(study, of(seen)).reshape(N_PEOPLE, len(seen), 2)
    log_values = base + over_times(added.movedim(1, -1), torch.from_numpy(few), torch.from_numpy(seen)).movedim(-1, 1)
    medians = torch.full((len(times), len(QUANTITIES)), torch.nan, dtype=torch.float64)
    for column, differences in enumerate(model.differences):
        of_quantity = log_values[..., column]
        # At time 0 no dose has come to anything yet.
        effect = (of_quantity[:, :1] - of_quantity) * float(column)
        medians[torch.from_numpy(watched), column] = (
            person(differences.vector, of_quantity, effect)[0].exp().median(0).values
        )
    return medians


def _study(model: NetworkDoseModel, population: Population, doses: Doses) -> Study:
    covariates = profiles(model.known, population, N_PEOPLE)
    nothing = Observations(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    subjects = tuple(
        Subject("", {name: float(values[person]) for name, values in covariates.items()}, doses, nothing)
        for person in range(N_PEOPLE)
    )
    return Study(subjects, tuple(each.name for each in model.known.covariates), model.known.units, model.known.weight)
