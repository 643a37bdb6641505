"""What a learned model corrects: a prediction of concentration and response from doses and covariates alone."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import nnls
from torch import Tensor

from qcore.study import Array, Study, Subject
from qcore.tasks.dosing.networks.dose_history import half_lives_of, remaining
from qcore.tasks.dosing.networks.samples import Moments, measured_moments

N_HALF_LIVES = 8
N_REWEIGHTED = 5
RIDGE = 0.03
"""Penalty on squared coefficients of standardised regressors."""
HALVES = (0.1, 1.0, 10.0)
"""Remainders of the doses at which an effect is half of the full one, in units of the median remainder."""
FIRST_PRIOR = 1.0
N_ROUNDS = 5
"""Rounds in which the courses and the covariates of the response are fitted in turns."""
TINY = 1e-12
"""Replaces a concentration of 0 where its logarithm is needed."""


class Base(Protocol):
    """A prediction that a learned model starts from."""

    def log_predicted(self, study: Study, moments: Moments) -> Tensor:
        """Return logarithms of concentration and response, ``(n_rows, 2)``; log `TINY` where there is no drug."""
        ...


def weights_kg(study: Study) -> Array:
    """Return body weights ``(n_subjects,)``; 1 where none are known, so that per kilogram means in all."""
    return study.covariate(study.weight) if study.weight else np.ones(len(study.subjects))


@dataclass(frozen=True, eq=False)
class Superposition:
    """The simplest prediction there is: an average course of one dose, added up over all doses; and what follows it.

    The concentration is a sum of what is left of the doses per kilogram at several half-lives, with amplitudes that are
    not negative: the average answer to one dose, which holds for any regimen as long as kinetics are linear. The log
    response is a sum of effects of the same remainders, each saturating, and of covariates.

    Attributes:
        half_lives: ``(n_half_lives,)``, in the study's unit of time.
        amplitudes: concentration at once after one unit of dose per kilogram, ``(n_half_lives,)``.
        scales: medians of remainders per kilogram, ``(n_half_lives,)``.
        intercept: log response without a dose, all covariates 0.
        effects: on the log response when they are full, ``(n_half_lives * 3,)``.
        covariates: change of the log response by one unit of each, ``(n_covariates,)``; 0 for those that do not matter.
    """

    half_lives: Array
    amplitudes: Array
    scales: Array
    intercept: float
    effects: Array
    covariates: Array

    def log_predicted(self, study: Study, moments: Moments) -> Tensor:
        """Return logarithms of concentration and response, ``(n_rows, 2)``."""
        left = remaining_per_kg(study, moments, self.half_lives)
        concentration = np.log(np.maximum(left @ self.amplitudes, TINY))
        described = (_described(study) @ self.covariates)[moments.subject.numpy()]
        response = self.intercept + _saturating(left / self.scales) @ self.effects + described
        return torch.from_numpy(np.stack([concentration, response], -1))


def fit_superposition(study: Study) -> Superposition:
    """Fit the average course to the subjects of a study, by relative errors, which suit what spans decades."""
    moments = measured_moments(study)
    half_lives = half_lives_of(study, N_HALF_LIVES)
    left = remaining_per_kg(study, moments, half_lives)
    scales = np.array([np.median(column[column > 0]) if (column > 0).any() else 1.0 for column in left.T])
    concentration, response = moments.measured.numpy().T
    known = ~np.isnan(response)
    log_response, subject = np.log(response[known]), moments.subject.numpy()[known]
    courses = _saturating(left[known] / scales)
    intercept, effects = 0.0, np.zeros(courses.shape[1])
    described = _described(study)
    covariates = np.zeros(described.shape[1])
    measured, person = np.unique(subject, return_inverse=True)
    prior = FIRST_PRIOR
    for _ in range(N_ROUNDS if known.any() else 0):
        wanted = log_response - (described @ covariates)[subject]
        intercept, effects, offsets = _mixed(courses, wanted, person, prior)
        rest = wanted - intercept - courses @ effects - offsets[person]
        prior = min(FIRST_PRIOR, float(rest.var() / max(offsets.var(), TINY)))
        shift, covariates = _stepwise(described[measured], offsets + described[measured] @ covariates)
        intercept += shift
    return Superposition(half_lives, _amplitudes(left, concentration), scales, intercept, effects, covariates)


def remaining_per_kg(study: Study, moments: Moments, half_lives: Array) -> Array:
    """Return what is left of the doses per kilogram, ``(n_rows, n_half_lives)``."""
    weights = weights_kg(study)

    def of(index: int, subject: Subject) -> Array:
        left: Array = remaining(subject.doses, moments.times_of(index), half_lives) / weights[index]
        return left

    return np.concatenate([of(index, subject) for index, subject in enumerate(study.subjects)])


def _amplitudes(left: Array, concentration: Array) -> Array:
    known = (concentration > 0) & (left > 0).any(1)
    amplitudes: Array = np.zeros(left.shape[1])
    if not known.any():
        return amplitudes
    # Errors are relative to the prediction, as in a quasi-likelihood: relative to the measurement they would pull down.
    expected = concentration[known]
    for _ in range(N_REWEIGHTED):
        amplitudes = nnls(left[known] / expected[:, None], concentration[known] / expected)[0]
        expected = np.maximum(left[known] @ amplitudes, 1e-3 * concentration[known])
    return amplitudes


def _described(study: Study) -> Array:
    return np.column_stack([np.zeros((len(study.subjects), 0)), *(study.covariate(name) for name in study.covariates)])


def _saturating(scaled: Array) -> Array:
    """Return every remainder's effect as a share of the full one, for every half, ``(n_rows, n_half_lives * 3)``."""
    return np.concatenate([scaled / (scaled + half) for half in HALVES], axis=1)


def _mixed(courses: Array, wanted: Array, person: NDArray[np.int64], prior: float) -> tuple[float, Array, Array]:
    """Return intercept, effects and every person's offset: what changes in a person says what doses do.

    Args:
        courses: effects of the remainders, ``(n_rows, n_courses)``.
        wanted: log responses to be explained, ``(n_rows,)``.
        person: of each row, ``(n_rows,)``.
        prior: variance of rows within a person over that between people, which draws offsets to 0.
    """
    spread = courses.std(0)
    spread = np.where(spread > 0, spread, np.inf)
    own = (person[:, None] == np.arange(person.max() + 1)).astype(float)
    regressors = np.column_stack([np.ones(len(wanted)), courses / spread, own])
    penalty = np.concatenate([[0.0], np.full(courses.shape[1], RIDGE), np.full(own.shape[1], prior)])
    coefficients: Array = np.linalg.solve(regressors.T @ regressors + np.diag(penalty), regressors.T @ wanted)
    n = courses.shape[1]
    return float(coefficients[0]), coefficients[1 : n + 1] / spread, coefficients[n + 1 :]


def _stepwise(described: Array, means: Array) -> tuple[float, Array]:
    """Return intercept and coefficients of the covariates that improve the Bayesian criterion, one after the other.

    Each subject counts once, however often measured: there are no more people than there are.
    """
    n, chosen = len(means), list[int]()
    best, coefficients = _fitted(described, means, chosen)
    while True:
        more = [[*chosen, column] for column in range(described.shape[1]) if column not in chosen]
        tried = [(*_fitted(described, means, each), each) for each in more if len(each) + 2 < n]
        if not tried or min(tried, key=lambda one: one[0])[0] >= best:
            break
        best, coefficients, chosen = min(tried, key=lambda one: one[0])
    every = np.zeros(described.shape[1])
    every[chosen] = coefficients[1:]
    return float(coefficients[0]), every


def _fitted(described: Array, means: Array, chosen: list[int]) -> tuple[float, Array]:
    """Return the Bayesian criterion and the coefficients, intercept first."""
    regressors = np.column_stack([np.ones(len(means)), described[:, chosen]])
    coefficients: Array = np.linalg.lstsq(regressors, means, rcond=None)[0].astype(np.float64)
    squares = max(float(((means - regressors @ coefficients) ** 2).sum()), TINY)
    criterion = len(means) * np.log(squares / len(means)) + len(coefficients) * np.log(len(means))
    return float(criterion), coefficients
