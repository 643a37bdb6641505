"""Repeated subject-wise folds with all doses in each, the same for every model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qcore.study import Study, Subject

N_FOLDS = 5
N_REPEATS = 2


@dataclass(frozen=True, eq=False)
class Fold:
    """One part of the subjects held out.

    Attributes:
        repeat: which division it belongs to.
        number: which part of it.
        held_out: places in the study.
        training: the study of the other subjects.
        test: the subjects held out.
    """

    repeat: int
    number: int
    held_out: NDArray[np.int64]
    training: Study
    test: Study


def divisions(study: Study, n_folds: int, seed: int) -> NDArray[np.int64]:
    """Return the part each subject belongs to, ``(n_subjects,)``.

    Subjects in order of their first dose, ties by lot, are dealt out like cards: each part gets as many of every dose.

    Args:
        study: with at least as many subjects as parts.
        n_folds: number of parts.
        seed: of the generator that draws lots.

    Raises:
        ValueError: there are fewer subjects than parts, or fewer than two parts.
    """
    n = len(study.subjects)
    if not 2 <= n_folds <= n:
        raise ValueError(f"{n} subjects cannot be divided into {n_folds} parts")
    generator = np.random.default_rng(seed)
    doses = np.array([_first_dose(subject) for subject in study.subjects])
    order = np.lexsort((generator.permutation(n).astype(float), doses))
    parts = np.empty(n, dtype=np.int64)
    for start in range(0, n, n_folds):
        dealt = order[start : start + n_folds]
        parts[dealt] = generator.permutation(n_folds)[: len(dealt)]
    return parts


def folds(study: Study, n_folds: int = N_FOLDS, n_repeats: int = N_REPEATS) -> Iterator[Fold]:
    """Yield every fold of every division; the seed of a division is its number.

    Raises:
        ValueError: there are fewer subjects than parts, or fewer than two parts.
    """
    for repeat in range(n_repeats):
        parts = divisions(study, n_folds, repeat)
        for number in range(n_folds):
            out = parts == number
            yield Fold(repeat, number, np.nonzero(out)[0], _part(study, ~out), _part(study, out))


def _first_dose(subject: Subject) -> float:
    return float(subject.doses.amount[0]) if len(subject.doses.amount) else 0.0


def _part(study: Study, chosen: NDArray[np.bool_]) -> Study:
    return replace(
        study, subjects=tuple(subject for subject, is_chosen in zip(study.subjects, chosen, strict=True) if is_chosen)
    )
