"""How often new measurements lie in a learned model's prediction intervals, and what device noise does to it.

Both need the networks of every fold once more; seeds are fixed, so they are those whose errors were measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.backends.protocol import Backend
from qcore.evidence.metrics import Array
from qcore.study import Quantity
from qcore.tasks.dosing.networks.model import COVERAGE, Build
from qcore.tasks.dosing.networks.samples import QUANTITIES, measured_moments
from qcore.training.dosing.candidates import Trainer
from qcore.training.dosing.evaluate import Validation, after
from qcore.training.dosing.folds import folds
from qcore.training.dosing.sums import Summed
from qcore.training.dosing.train import noise_of


@dataclass(frozen=True)
class Coverage:
    """How an interval holds.

    Attributes:
        model: its name.
        case: unseen, or forecast.
        quantity: concentration or response.
        nominal: share of measurements that should lie inside.
        found: share that does.
        n: measurements.
        width: median of the interval's upper over its lower end.
    """

    model: str
    case: str
    quantity: Quantity
    nominal: float
    found: float
    n: int
    width: float


@dataclass(frozen=True, eq=False)
class Retrained:
    """What the networks of the folds of one division say besides their predictions.

    Attributes:
        coverage: of each quantity.
        places: squared errors where circuits run, by the name of the backend.
    """

    coverage: list[Coverage]
    places: dict[str, Summed]


def spread_of_residuals(
    validation: Validation, name: str, case: str, besides: NDArray[np.int64] | None = None
) -> Tensor:
    """Return the spread of log measurements around a candidate's predictions of those held out, ``(2,)``.

    Among those it was trained on they lie closer: the intervals of a model that is used come from here.

    Args:
        validation: whose first division is used, trained where it is not kept.
        name: of the candidate.
        case: one of the validation's.
        besides: places in the study of subjects who are left out; None for nobody.
    """
    moments = measured_moments(validation.study, after(validation.cases[case]))
    kept = ~np.isin(moments.subject.numpy(), [] if besides is None else besides)
    predicted = _one(validation, name, case).predictions()[name, case][0]
    return noise_of(torch.from_numpy(predicted[kept]), moments.measured[torch.from_numpy(kept)])


def retrained(validation: Validation, name: str, case: str, backends: Mapping[str, Backend]) -> Retrained:
    """Train a candidate on every fold of the first division, and ask those networks once more.

    Args:
        validation: its study and folds.
        name: of a candidate with networks.
        case: one of the validation's.
        backends: where its circuits run besides state vectors, by name; empty for a classical one.

    Raises:
        ValueError: the candidate has no networks.
    """
    candidate, end = validation.candidates[name], validation.cases[case]
    if not isinstance(candidate.build, Build):
        raise ValueError(f"{name} has no networks")  # noqa: TRY004 - its type is that of a candidate
    whole = measured_moments(validation.study, after(end))
    rows = len(whole)
    inside, width = np.full((rows, len(QUANTITIES)), np.nan), np.full((rows, len(QUANTITIES)), np.nan)
    said = {place: np.full((rows, len(QUANTITIES)), np.nan) for place in backends}
    for fold in folds(validation.study, validation.n_folds, 1):
        out = np.isin(whole.subject.numpy(), fold.held_out)
        trained = Trainer(fold.training, validation.known).learned(candidate, candidate.build, end)
        learned = replace(trained, noise=spread_of_residuals(validation, name, case, fold.held_out))
        moments = measured_moments(fold.test, after(end))
        low, high = learned.interval(fold.test, moments, IdealBackend())
        known = ~torch.isnan(moments.measured)
        within = ((moments.measured >= low) & (moments.measured <= high)).double()
        inside[out] = torch.where(known, within, torch.nan).numpy()
        width[out] = torch.where(known, high / low, torch.nan).numpy()
        for place, backend in backends.items():
            said[place][out] = learned.predicted(fold.test, moments, backend).numpy()
    n = len(validation.study.subjects)
    places = {place: Summed.of(name, case, candidate.seeds, whole, [each], n) for place, each in said.items()}
    return Retrained(_coverage(name, case, inside, width), places)


def _one(validation: Validation, name: str, case: str) -> Validation:
    return replace(
        validation,
        n_repeats=1,
        cases={case: validation.cases[case]},
        candidates={name: validation.candidates[name]},
        on_progress=lambda _what, _done, _all: None,
    )


def _coverage(name: str, case: str, inside: Array, width: Array) -> list[Coverage]:
    found = []
    for column, quantity in enumerate(QUANTITIES):
        mine = ~np.isnan(inside[:, column])
        if mine.any():
            share, wide = float(inside[mine, column].mean()), float(np.median(width[mine, column]))
            n = int(mine.sum())
            found.append(Coverage(name, case, quantity, COVERAGE, round(share, 3), n, round(wide, 2)))
    return found
