"""The population model as the base of a network."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from qcore.population.design import Design, design
from qcore.population.fitting.foce import Problem
from qcore.population.structure import Structure, estimates_of
from qcore.study import Observations, Study
from qcore.tasks.dosing.networks.base import TINY
from qcore.tasks.dosing.networks.samples import Moments, until

N_DRAWS = 128
"""Number of people with the same covariates over whom an unseen subject's prediction is averaged."""


@dataclass(frozen=True, eq=False)
class Mechanistic:
    """A fitted population model as the base that networks correct.

    Attributes:
        structure: of the population model.
        numbers: fitted to the training subjects, ``(n_names,)``, unbounded.
        end: samples up to then say who the subject is, in the study's unit of time: the most probable random effects
            are taken. None for unseen subjects: the mean over the people the subject could be is taken, which is what
            makes squared errors smallest; the typical patient's course lies below it.
    """

    structure: Structure
    numbers: Tensor
    end: float | None = None

    def log_predicted(self, study: Study, moments: Moments) -> Tensor:
        """Return logarithms of concentration and response, ``(n_rows, 2)``; log `TINY` where there is no drug."""
        trial, cells = _laid_out(study, moments)
        problem, estimates = Problem(self.structure, trial), estimates_of(self.structure, self.numbers)
        if self.end is None:
            total = torch.zeros_like(trial.times)
            for draw in _standard(len(self.structure.iiv)):
                total += problem.predicted(estimates, (draw * estimates.omega).expand(trial.n_patients, -1))
            predicted = total / N_DRAWS
        else:
            known = Problem(self.structure, design(until(study, self.end)))
            predicted = problem.predicted(estimates, known.empirical_bayes(self.numbers).eta)
        values = torch.full((len(moments), 2), TINY, dtype=torch.float64)
        values[cells[:, 0], cells[:, 1]] = predicted[trial.counts]
        return torch.log(values.clamp(min=TINY))


def _standard(n_iiv: int) -> Tensor:
    """Return normal draws that are spread evenly, ``(N_DRAWS, n_iiv)``."""
    uniform = torch.quasirandom.SobolEngine(n_iiv, scramble=True, seed=0).draw(N_DRAWS, dtype=torch.float64)
    # Never exactly 0 or 1, where there is no normal quantile.
    normal: Tensor = torch.special.ndtri(uniform.clamp(1e-6, 1 - 1e-6))
    return normal


def _laid_out(study: Study, moments: Moments) -> tuple[Design, Tensor]:
    """Return a design in which everything is measured at all moments, and the row and column of every measurement."""
    subjects, rows, columns = [], [], []
    for index, subject in enumerate(study.subjects):
        own_rows = torch.nonzero(moments.subject == index)[:, 0]
        times = moments.times_of(index)
        dosed = times > subject.doses.time.min(initial=np.inf)
        all_times = np.concatenate([times[dosed], times])
        response = np.arange(len(all_times)) >= dosed.sum()
        rows += [own_rows[torch.from_numpy(dosed)], own_rows]
        columns += [torch.zeros(int(dosed.sum()), dtype=torch.long), torch.ones(len(times), dtype=torch.long)]
        subjects.append(replace(subject, observations=Observations(all_times, np.ones(len(all_times)), response)))
    trial = design(replace(study, subjects=tuple(subjects)))
    return trial, torch.stack([torch.cat(rows), torch.cat(columns)], -1)
