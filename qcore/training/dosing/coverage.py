"""How often new measurements lie in a learned model's prediction intervals, on subjects it has not seen."""

from dataclasses import dataclass, replace

import numpy as np
import torch

from qcore.evidence.metrics import Array
from qcore.io.study import Quantity
from qcore.tasks.dosing.learned.model import COVERAGE, Build, Learned
from qcore.tasks.dosing.learned.moments import QUANTITIES, measured_moments
from qcore.training.dosing.boosting import Boosting
from qcore.training.dosing.candidates import Candidate, Trainer
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.folds import folds
from qcore.training.dosing.states import ExpertStates
from qcore.training.dosing.train import noise_of


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

    Among those it was trained on they lie closer: the intervals of a model that is used come from here. One member is
    enough to see it.

    Args:
        trainer: of the training subjects, who are divided once more.
        candidate: to be trained.
        build: of its networks.
        end: the case, as in `Trainer.predicted`.
    """
    predicted, measured = [], []
    first = replace(candidate, seeds=candidate.seeds[:1])
    for inner, part in trainer.inner:
        moments = measured_moments(part, -np.inf if end is None else end)
        predicted.append(inner.learned(first, build, end).predicted(part, moments, ExpertStates()))
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
    if candidate.build is None or isinstance(candidate.build, Boosting):
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
