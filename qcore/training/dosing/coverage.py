"""How often new measurements lie in a learned model's prediction intervals, on subjects it has not seen."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from qcore.evidence.metrics import Array
from qcore.io.study import Quantity
from qcore.tasks.dosing.learned.model import COVERAGE, Build, Learned
from qcore.tasks.dosing.learned.moments import QUANTITIES, measured_moments
from qcore.training.dosing.candidates import Candidate, Trainer
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.folds import folds
from qcore.training.dosing.states import ExpertStates
from qcore.training.dosing.train import noise_of

N_INNER = 4
"""Parts into which training subjects are divided to see how far off a model is."""


@dataclass(frozen=True)
class Coverage:
    """How an interval holds.

    Attributes:
        case: unseen, or forecast.
        quantity: concentration or response.
        nominal: share of measurements that should lie inside.
        found: share that does.
        n: measurements.
        width: median of the interval's upper over its lower end.
    """

    case: str
    quantity: Quantity
    nominal: float
    found: float
    n: int
    width: float


def checked(trainer: Trainer, candidate: Candidate, build: Build, end: float | None) -> Learned:
    """Train a candidate, and learn how far measurements lie from it on people it has not seen.

    Among those it was trained on they lie closer: the intervals of a model that is used come from here.

    Args:
        trainer: of the training subjects, who are divided once more.
        candidate: to be trained.
        build: of its networks.
        end: the case, as in `Trainer.predicted`.
    """
    predicted, measured = [], []
    for fold in folds(trainer.study, N_INNER, 1):
        moments = measured_moments(fold.test, -np.inf if end is None else end)
        inner = Trainer(fold.training, trainer.known).learned(candidate, build, end)
        predicted.append(inner.predicted(fold.test, moments, ExpertStates()))
        measured.append(moments.measured)
    learned = trainer.learned(candidate, build, end)
    return replace(learned, noise=noise_of(torch.cat(predicted), torch.cat(measured)))


def coverage(validation: Validation, candidate: Candidate) -> list[Coverage]:
    """Train a candidate on every fold and look where the measurements of those held out lie.

    Args:
        validation: its study, folds and cases; nothing is kept.
        candidate: with networks.

    Raises:
        ValueError: the candidate has no networks, and so no interval.
    """
    if candidate.build is None:
        raise ValueError("only networks draw intervals by dropout")
    found = []
    for case, end in validation.cases.items():
        inside: list[Array] = []
        widths: list[Array] = []
        for fold in folds(validation.study, validation.n_folds, validation.n_repeats):
            learned = checked(Trainer(fold.training, validation.known), candidate, candidate.build, end)
            moments = measured_moments(fold.test, -np.inf if end is None else end)
            low, high = learned.interval(fold.test, moments, ExpertStates())
            known = ~torch.isnan(moments.measured)
            within = ((moments.measured >= low) & (moments.measured <= high)).double()
            inside.append(torch.where(known, within, torch.nan).numpy())
            widths.append(torch.where(known, high / low, torch.nan).numpy())
        shares, wide = np.concatenate(inside), np.concatenate(widths)
        for column, quantity in enumerate(QUANTITIES):
            mine = ~np.isnan(shares[:, column])
            if mine.any():
                share, width = float(shares[mine, column].mean()), float(np.median(wide[mine, column]))
                found.append(Coverage(case, quantity, COVERAGE, round(share, 3), int(mine.sum()), round(width, 2)))
    return found
