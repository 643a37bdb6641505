"""Nested cross-validation: settings, calibration and intervals come from the training part of every outer division."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from qcore.evidence.calibration import fit_platt
from qcore.tasks.hemoglobin.anemia import limits_g_dl
from qcore.tasks.hemoglobin.facts import NOMINAL_COVERAGE
from qcore.tasks.hemoglobin.features import FEMALE
from qcore.training.hemoglobin.candidates import N_COMPARED, N_MEMBERS, Candidate

Array = NDArray[np.float64]

N_FOLDS, N_INNER_FOLDS, N_REPEATS = 5, 3, 3


@dataclass(frozen=True, eq=False)
class Inner:
    """What the inner cross-validation found.

    Attributes:
        setting: that with the least squared error.
        held_out: ``(n,)`` g/dL predicted for each patient by models that did not know him.
    """

    setting: object
    held_out: Array


@dataclass(frozen=True, eq=False)
class HeldOut:
    """What one repeat said of patients its models did not know.

    Attributes:
        hemoglobin_g_dl: ``(n,)`` estimated.
        probability: ``(n,)`` of anaemia.
        half_width_g_dl: ``(n,)`` of the interval.
        settings: chosen in each outer fold.
    """

    hemoglobin_g_dl: Array
    probability: Array
    half_width_g_dl: Array
    settings: tuple[object, ...]


def divisions(x: Array, y: Array, n_folds: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Divide patients into folds with like shares of women and of anaemia; each patient is one row."""
    strata = 2 * x[:, FEMALE] + (y < limits_g_dl(x[:, FEMALE]))
    return list(StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(x, strata))


def half_widths(x: Array, errors: Array) -> dict[float, float]:
    """Return the half-width of the interval for men (0.0) and women (1.0), g/dL, from errors on patients held out.

    The rank is that of split-conformal prediction (Vovk et al. 2005, doi:10.1007/b106715); the errors come from
    cross-validation, as in the jackknife+ of Barber et al. 2021, doi:10.1214/20-AOS1965.

    Where there is nobody of a sex, everybody stands for it.

    Args:
        x: ``(n, ...)`` inputs, age and sex first.
        errors: ``(n, n_repeats)`` g/dL.
    """
    widths = {}
    for sex in (0.0, 1.0):
        rows = x[:, FEMALE] == sex
        of_sex = np.abs(errors[rows] if rows.any() else errors)
        rank = min(1.0, np.ceil((len(of_sex) + 1) * NOMINAL_COVERAGE) / len(of_sex))
        widths[sex] = float(np.quantile(of_sex, rank, method="higher"))
    return widths


def choose(candidate: Candidate, x: Array, y: Array, n_folds: int, seed: int) -> Inner:
    """Cross-validate every setting and choose the best."""
    folds, tried = divisions(x, y, n_folds, seed), []
    for setting in candidate.settings:
        held_out = np.zeros(len(y))
        for training, test in folds:
            held_out[test] = candidate.fit(x[training], y[training], setting, N_COMPARED, seed)(x[test])
        tried.append((float(np.mean((held_out - y) ** 2)), held_out))
    best = min(range(len(tried)), key=lambda at: tried[at][0])
    return Inner(candidate.settings[best], tried[best][1])


def cross_validate(candidate: Candidate, x: Array, y: Array, seed: int) -> HeldOut:
    """Predict every patient by a model that was trained, tuned and calibrated without him.

    Args:
        candidate: kind of model.
        x: ``(n, 11)`` inputs with their units.
        y: ``(n,)`` g/dL.
        seed: of the division into folds and of all training.
    """
    limits, female = limits_g_dl(x[:, FEMALE]), x[:, FEMALE]
    hemoglobin, probability, reach = (np.zeros(len(y)) for _ in range(3))
    settings = []
    for training, test in divisions(x, y, N_FOLDS, seed):
        known, outcome = x[training], y[training]
        inner = choose(candidate, known, outcome, N_INNER_FOLDS, seed)
        settings.append(inner.setting)
        platt = fit_platt(limits[training] - inner.held_out, (outcome < limits[training]).astype(np.float64))
        widths = half_widths(known, (inner.held_out - outcome)[:, None])
        hemoglobin[test] = candidate.fit(known, outcome, inner.setting, N_MEMBERS, seed)(x[test])
        probability[test] = platt.probability(limits[test] - hemoglobin[test])
        reach[test] = [widths[sex] for sex in female[test]]
    return HeldOut(hemoglobin, probability, reach, tuple(settings))
