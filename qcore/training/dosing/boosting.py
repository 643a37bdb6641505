"""Gradient boosting on the networks' own tables: the strong classical control, settled on training subjects alone."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import mean_gamma_deviance
from sklearn.model_selection import GroupKFold
from torch import Tensor

from qcore.evidence.metrics import Array
from qcore.study import Study
from qcore.tasks.dosing.networks.base import N_HALF_LIVES, Base
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.early_samples import fit_early
from qcore.tasks.dosing.networks.features import N_COLUMNS_OF_BASE, fit_features
from qcore.tasks.dosing.networks.samples import QUANTITIES, Moments, measured_moments

N_INNER = 4
"""Number of parts into which training subjects are divided to choose between settings."""
FARTHEST = 1e3
"""Largest factor between a measurement and its expectation; larger ones are cut to it."""
SEED = 0


@dataclass(frozen=True)
class Trees:
    """Settings of scikit-learn's histogram gradient boosting, by its names."""

    max_iter: int
    max_leaf_nodes: int
    learning_rate: float = 0.05
    min_samples_leaf: int = 20
    l2_regularization: float = 1.0


SETTINGS = (Trees(20, 3), Trees(80, 3), Trees(240, 3), Trees(120, 8))
"""From small to rather large, for a thousand rows of some forty people."""


@dataclass(frozen=True)
class Boosting:
    """How boosted trees that correct a population model are grown.

    Attributes:
        settings: one is chosen for each quantity by inner cross-validation, by subject.
        corrects: whether trees predict the ratio to the base or the quantity itself; the better one is taken.
    """

    settings: tuple[Trees, ...] = SETTINGS
    corrects: tuple[bool, ...] = (True, False)


def boosted(study: Study, boosting: Boosting, end: float | None, base: Base, test: Study, moments: Moments) -> Tensor:
    """Train trees and return expected concentration and response of others, ``(n_rows, 2)``.

    The loss is the gamma deviance behind a logarithm, the networks' own: it is least at the mean.

    Args:
        study: of the training subjects.
        boosting: settings that are tried.
        end: samples up to then are known, in the study's unit of time; None where none are.
        base: fitted to the same subjects; its logarithms are features, and may be what is corrected.
        test: the subjects held out; in a forecast with their early measurements.
        moments: when they are predicted.
    """
    learnt_at = measured_moments(study, -np.inf if end is None else end)
    early = None if end is None else fit_early(study, base, end)
    features = fit_features(study, learnt_at, base, early, half_lives_of(study, N_HALF_LIVES))
    table, test_table = features.table(study, learnt_at).numpy(), features.table(test, moments).numpy()
    subject, columns = learnt_at.subject.numpy(), []
    for column in range(len(QUANTITIES)):
        measured = learnt_at.measured[:, column].numpy()
        known = ~np.isnan(measured)
        if len(np.unique(subject[known])) < N_INNER:
            columns.append(np.full(len(test_table), np.nan))
            continue
        base_column = column - N_COLUMNS_OF_BASE
        chosen = _chosen(table[known], measured[known], subject[known], boosting, base_column)
        columns.append(_predicted(*chosen, table[known], measured[known], test_table, base_column))
    return torch.from_numpy(np.stack(columns, -1))


def _chosen(table: Array, measured: Array, subject: Array, boosting: Boosting, base_column: int) -> tuple[Trees, bool]:
    """Return the settings that predict training subjects best when they are held out in turns."""
    parts = list(GroupKFold(N_INNER).split(table, groups=subject))

    def deviance(trees: Trees, corrects: bool) -> float:
        predicted = np.empty(len(measured))
        for inner, out in parts:
            predicted[out] = _predicted(trees, corrects, table[inner], measured[inner], table[out], base_column)
        return float(mean_gamma_deviance(_above_zero(measured, predicted), predicted))

    options: Sequence[tuple[Trees, bool]] = [
        (trees, corrects) for trees in boosting.settings for corrects in boosting.corrects
    ]
    return min(options, key=lambda each: deviance(*each))


def _predicted(
    trees: Trees, corrects: bool, table: Array, measured: Array, test_table: Array, base_column: int
) -> Array:
    """Train on a table and return what is expected of another, ``(n_rows,)``; `base_column` is the base's column."""

    def offset(rows: Array) -> Array:
        return np.exp(rows[:, base_column]) if corrects else np.full(len(rows), measured.mean())

    model: Any = HistGradientBoostingRegressor(loss="gamma", early_stopping=False, random_state=SEED, **asdict(trees))
    model.fit(table, _above_zero(measured, offset(table)) / offset(table))
    predicted: Array = offset(test_table) * model.predict(test_table)
    return predicted


def _above_zero(measured: Array, expected: Array) -> Array:
    return np.clip(measured, expected / FARTHEST, expected * FARTHEST)
