"""How often new measurements lie in a learned model's prediction intervals, and its errors under device noise.

Both need the networks of every fold, which are trained once more: seeds are fixed, so they are the networks whose
errors were measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends import registry
from qcore.backends.ideal import IdealBackend
from qcore.backends.protocol import Backend
from qcore.evidence.metrics import Array
from qcore.tasks.dosing.networks.evaluation.stored import BackendErrors, Coverage, NetworkEvaluation
from qcore.tasks.dosing.networks.evaluation.sums import SubjectErrors
from qcore.tasks.dosing.networks.model import COVERAGE, Build, Experts
from qcore.tasks.dosing.networks.released import LEARNED
from qcore.tasks.dosing.networks.samples import QUANTITIES, measured_moments
from qcore.training.dosing.candidates import Trainer
from qcore.training.dosing.evaluate import Validation, after
from qcore.training.dosing.folds import folds
from qcore.training.dosing.train import residual_sd_of

NOISELESS = "ideal"
NOISY_BACKENDS = ("noisy:fez", "noisy:torino", "noisy:fez:3")
"""Backends on which the quantum models run besides the noiseless simulator."""


@dataclass(frozen=True, eq=False)
class Retrained:
    """Coverage and errors on backends of the networks of one division.

    Attributes:
        coverage: of the intervals of each quantity.
        errors: squared errors by the name of the backend that ran the circuits.
    """

    coverage: list[Coverage]
    errors: dict[str, SubjectErrors]


def spread_of_residuals(
    validation: Validation, name: str, case: str, besides: NDArray[np.int64] | None = None
) -> Tensor:
    """Return the standard deviation of log(measured / predicted) of subjects held out, ``(2,)``.

    A model comes closer to the subjects it was trained on, so intervals are made from this.

    Args:
        validation: whose first division is used; what of it is not kept is trained.
        name: of the candidate among those of the validation.
        case: one of the validation's.
        besides: indices of subjects of the study who are left out, ``(n,)``; None for nobody.
    """
    moments = measured_moments(validation.study, after(validation.cases[case]))
    kept = ~np.isin(moments.subject.numpy(), [] if besides is None else besides)
    first = replace(_first_division(validation, name, case), on_progress=lambda _what, _done, _all: None)
    predicted = first.predictions()[name, case][0]
    return residual_sd_of(torch.from_numpy(predicted[kept]), moments.measured[torch.from_numpy(kept)])


def retrained(validation: Validation, name: str, case: str, backends: Mapping[str, Backend]) -> Retrained:
    """Train a candidate again on every fold of the first division; measure its intervals, and its errors on backends.

    Args:
        validation: its study and folds.
        name: of a candidate with networks.
        case: one of the validation's.
        backends: that run the circuits besides the noiseless simulator, by name; empty for a classical candidate.

    Raises:
        ValueError: the candidate has no networks.
    """
    candidate, end = validation.candidates[name], validation.cases[case]
    if not isinstance(candidate.build, Build):
        raise ValueError(f"{name} has no networks")  # noqa: TRY004 - its type is that of a candidate
    moments = measured_moments(validation.study, after(end))
    shape = (len(moments), len(QUANTITIES))
    inside, width = np.full(shape, np.nan), np.full(shape, np.nan)
    predicted = {on: np.full(shape, np.nan) for on in backends}
    for fold in folds(validation.study, validation.n_folds, 1):
        rows = np.isin(moments.subject.numpy(), fold.held_out)
        trained = Trainer(fold.training, validation.known).learned(candidate, candidate.build, end)
        learned = replace(trained, residual_sd=spread_of_residuals(validation, name, case, fold.held_out))
        tested = measured_moments(fold.test, after(end))
        low, high = learned.interval(fold.test, tested, IdealBackend())
        known = ~torch.isnan(tested.measured)
        within = ((tested.measured >= low) & (tested.measured <= high)).double()
        inside[rows] = torch.where(known, within, torch.nan).numpy()
        width[rows] = torch.where(known, high / low, torch.nan).numpy()
        for on, backend in backends.items():
            predicted[on][rows] = learned.predicted(fold.test, tested, backend).numpy()
    n = len(validation.study.subjects)
    errors = {on: SubjectErrors.of(name, case, candidate.seeds, moments, [each], n) for on, each in predicted.items()}
    return Retrained(_coverage(name, case, inside, width), errors)


def with_networks(
    evaluation: NetworkEvaluation, validation: Validation, names: Sequence[str] = LEARNED
) -> NetworkEvaluation:
    """Return an evaluation with the coverage of intervals and the errors under device noise, in the first division.

    Args:
        evaluation: with the errors of the same validation.
        validation: whose networks of the first division are trained once more.
        names: of the candidates with networks.
    """
    coverage, on_backends = list[Coverage](), list[BackendErrors]()
    wanted = list(product(names, validation.cases))
    for done, (name, case) in enumerate(wanted):
        validation.on_progress(f"{name}, {case}, once more", done, len(wanted))
        quantum = Experts.QUANTUM in name
        again = retrained(validation, name, case, {on: registry.backend(on) for on in NOISY_BACKENDS if quantum})
        coverage += again.coverage
        if quantum:
            noiseless = _first_division(validation, name, case).run().models[0]
            on_backends.append(BackendErrors(backend=NOISELESS, sums=noiseless))
        on_backends += [BackendErrors(backend=on, sums=errors) for on, errors in again.errors.items()]
    return evaluation.model_copy(update={"coverage": tuple(coverage), "places": tuple(on_backends)})


def _first_division(validation: Validation, name: str, case: str) -> Validation:
    cases, candidates = {case: validation.cases[case]}, {name: validation.candidates[name]}
    return replace(validation, n_repeats=1, cases=cases, candidates=candidates)


def _coverage(name: str, case: str, inside: Array, width: Array) -> list[Coverage]:
    coverage = []
    for column, quantity in enumerate(QUANTITIES):
        measured = ~np.isnan(inside[:, column])
        if measured.any():
            share, median = float(inside[measured, column].mean()), float(np.median(width[measured, column]))
            n = int(measured.sum())
            coverage.append(Coverage(name, case, quantity, COVERAGE, round(share, 3), n, round(median, 2)))
    return coverage
