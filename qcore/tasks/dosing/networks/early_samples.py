"""A subject's early samples as features of the later ones: log ratios to the base prediction."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.study import Study
from qcore.tasks.dosing.networks.base import TINY, Base
from qcore.tasks.dosing.networks.samples import QUANTITIES, measured_moments, until

KINDS = ("all", "first", "last")
"""Groups of early samples: all, the first third, the last third."""
NAMES = tuple(f"{kind} early {quantity}s" for quantity in QUANTITIES for kind in KINDS)
MOST_SHRUNK = 100.0


@dataclass(frozen=True)
class Early:
    """How early samples are summarised: mean log ratios to the base, shrunk to 0 if there are few samples.

    Attributes:
        end: samples up to then are early, in the study's unit of time.
        prior: of concentration and response, how many samples no difference counts as: the variance of samples within
            a subject over that between subjects.
    """

    end: float
    prior: tuple[float, float]

    def ratios(self, study: Study, base: Base) -> Tensor:
        """Return mean log ratios of every subject, ``(n_subjects, 6)``, named `NAMES`; 0 where there is no sample."""
        residuals = _residuals(study, base, self.end)
        ratios = torch.zeros(len(study.subjects), len(NAMES), dtype=torch.float64)
        for index, each in enumerate(residuals):
            for column, (values, prior) in enumerate(zip(each, self.prior, strict=True)):
                third = -(-len(values) // 3)
                for kind, part in enumerate((values, values[:third], values[len(values) - third :])):
                    ratios[index, len(KINDS) * column + kind] = part.sum() / (len(part) + prior)
        return ratios


def fit_early(study: Study, base: Base, end: float) -> Early:
    """Learn from a study how much a subject's early samples count."""
    residuals = _residuals(study, base, end)
    priors = [_prior([each[column] for each in residuals if len(each[column]) > 1]) for column in (0, 1)]
    return Early(end, (priors[0], priors[1]))


def _residuals(study: Study, base: Base, end: float) -> list[tuple[Tensor, Tensor]]:
    """Return log ratios of every subject's early concentrations and responses to the base, in order of time."""
    known = until(study, end)
    moments = measured_moments(known)
    predicted = base.log_predicted(known, moments)
    # Where the base sees no drug, a ratio to it says nothing.
    usable = (moments.measured > 0) & (predicted > np.log(TINY) + 1)
    ratio = torch.log(moments.measured) - predicted
    rows_of = [moments.subject == index for index in range(len(study.subjects))]
    return [(ratio[rows & usable[:, 0], 0], ratio[rows & usable[:, 1], 1]) for rows in rows_of]


def _prior(several: list[Tensor]) -> float:
    if len(several) < 2:
        return MOST_SHRUNK
    variance_within = float(torch.stack([each.var() for each in several]).mean())
    share = float(torch.tensor([1 / len(each) for each in several]).mean())
    variance_between = float(torch.stack([each.mean() for each in several]).square().mean()) - variance_within * share
    return min(MOST_SHRUNK, variance_within / variance_between) if variance_between > 0 else MOST_SHRUNK
