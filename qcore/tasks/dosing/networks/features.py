"""Features of a subject at a time: the history of doses, covariates and, in a forecast, early samples.

After Team PNU's features for this kind of data: time since dose, cumulative and decayed dose, dose per kilogram.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.study import Array, Study
from qcore.tasks.dosing.networks.base import Base, remaining_per_kg, weights_kg
from qcore.tasks.dosing.networks.dose_history import given, latest
from qcore.tasks.dosing.networks.early_samples import NAMES as EARLY_NAMES
from qcore.tasks.dosing.networks.early_samples import Early
from qcore.tasks.dosing.networks.samples import Moments

N_COLUMNS_OF_BASE = 2
"""Number of columns of the base's logarithms, which come last in a table and are not standardised."""


@dataclass(frozen=True, eq=False)
class Features:
    """How a table is made; all its numbers come from the subjects it was fitted to.

    Attributes:
        base: what the model corrects.
        early: how a subject's early samples are summarised; None for subjects of whom nothing was measured.
        covariates: names of those it was fitted to, in order.
        half_lives: of decayed doses, ``(n_half_lives,)``, in the study's unit of time.
        scales: of what is 0 or spans decades, whose logarithm is taken: times since doses, doses, decayed doses and
            the base's concentration, ``(7 + n_half_lives,)``.
        logged: which covariates enter as logarithms: those above 0 with more than two values.
        mean: of every column, ``(n_columns,)``.
        spread: of every column, ``(n_columns,)``.
        low: of every standardised column, ``(n_columns,)``. What lies outside is taken as the edge: a network says
            nothing sensible where it never was, while the base goes on.
        high: largest value of every standardised column, ``(n_columns,)``.
    """

    base: Base
    early: Early | None
    covariates: tuple[str, ...]
    half_lives: Array
    scales: Tensor
    logged: tuple[bool, ...]
    mean: Tensor
    spread: Tensor
    low: Tensor
    high: Tensor

    @property
    def n_features(self) -> int:
        """Columns of a table without those of the base."""
        return len(self.mean)

    def table(self, study: Study, moments: Moments) -> Tensor:
        """Return the table ``(n_rows, n_features + 2)``, float64; the last two columns are the log base.

        Args:
            study: of whom; of its measurements only the early ones are used, if any.
            moments: subject and time of every row.

        Raises:
            InvalidValue: the study has other covariates.
        """
        if study.covariates != self.covariates:
            raise InvalidValue(
                f"This model was trained with the covariates {_listed(self.covariates)}, in this order; here they are "
                f"{_listed(study.covariates)}."
            )
        log_base, ratios = _base_of(study, moments, self.base, self.early)
        history = torch.log1p(_positive(study, moments, log_base, self.half_lives) / self.scales)
        raw = _columns(study, moments, history, log_base, ratios, self.logged)
        standard = ((raw - self.mean) / self.spread).clamp(self.low, self.high)
        return torch.cat([standard, log_base], -1)


def fit_features(study: Study, moments: Moments, base: Base, early: Early | None, half_lives: Array) -> Features:
    """Learn scales from a study.

    Args:
        study: of the training subjects.
        moments: at which the model will be trained.
        base: fitted to the same subjects.
        early: fitted to the same subjects, for a forecast; None for unseen subjects.
        half_lives: of decayed doses, in the study's unit of time.
    """
    log_base, ratios = _base_of(study, moments, base, early)
    unscaled = _positive(study, moments, log_base, half_lives)
    scales = torch.stack([_typical(column) for column in unscaled.T])
    covariates = [study.covariate(name) for name in study.covariates]
    logged = tuple(bool((each > 0).all()) and len(np.unique(each)) > 2 for each in covariates)
    raw = _columns(study, moments, torch.log1p(unscaled / scales), log_base, ratios, logged)
    spread = raw.std(0, correction=0)
    spread = torch.where(spread > 0, spread, torch.ones_like(spread))
    standard = (raw - raw.mean(0)) / spread
    low, high = standard.min(0).values, standard.max(0).values
    return Features(base, early, study.covariates, half_lives, scales, logged, raw.mean(0), spread, low, high)


def moved(study: Study, moments: Moments, base: Base, early: Early) -> Tensor:
    """Return the log base ``(n_rows, 2)``, every subject's courses moved by the mean ratio of the early samples."""
    log_base, _ = _base_of(study, moments, base, early)
    return log_base


def _base_of(study: Study, moments: Moments, base: Base, early: Early | None) -> tuple[Tensor, Tensor | None]:
    log_base = base.log_predicted(study, moments)
    if early is None:
        return log_base, None
    ratios = early.ratios(study, base)[moments.subject]
    # The whole course is moved by the mean ratio of each quantity; what else early samples say is for the network.
    return log_base + ratios[:, [0, len(EARLY_NAMES) // 2]], ratios


def _positive(study: Study, moments: Moments, log_base: Tensor, half_lives: Array) -> Tensor:
    """Return the features that are never negative, ``(n_rows, 7 + n_half_lives)``."""
    weights, parts = weights_kg(study), []
    for index, subject in enumerate(study.subjects):
        times = moments.times_of(index)
        first, last, amount = latest(subject.doses, times)
        whole = given(subject.doses, times)
        parts.append(np.column_stack([first, last, whole, whole / weights[index], amount / weights[index], amount]))
    six = np.concatenate(parts)
    left = remaining_per_kg(study, moments, half_lives)
    concentration = log_base[:, 0].exp().numpy()
    return torch.from_numpy(np.column_stack([six[:, :5], left, concentration, six[:, 5]]))


def _columns(
    study: Study,
    moments: Moments,
    history: Tensor,
    log_base: Tensor,
    ratios: Tensor | None,
    logged: tuple[bool, ...],
) -> Tensor:
    described = [
        torch.from_numpy(np.log(study.covariate(name)) if log else study.covariate(name))[moments.subject].unsqueeze(-1)
        for name, log in zip(study.covariates, logged, strict=True)
    ]
    return torch.cat([history, log_base[:, 1:], *described, *([] if ratios is None else [ratios])], -1)


def _listed(names_of_covariates: tuple[str, ...]) -> str:
    return ", ".join(names_of_covariates) or "none"


def _typical(column: Tensor) -> Tensor:
    """Return a tenth of the median of what is above 0, ``()``; 1 where nothing is."""
    above = column[column > 1e-9]
    return above.median() / 10 if len(above) else torch.ones((), dtype=column.dtype)
