"""Folds: by subject, every dose in each, the same for all models."""

import numpy as np
import pytest
from made_up_study import study

from qcore.study import Study
from qcore.training.dosing.folds import divisions, folds

WHOLE = study(30)


def names(whole: Study) -> list[str]:
    return [subject.name for subject in whole.subjects]


def test_everybody_is_held_out_once_in_every_repeat_and_never_trains_then() -> None:
    for repeat in range(2):
        parts = [fold for fold in folds(WHOLE, 5, 2) if fold.repeat == repeat]
        assert sorted(name for fold in parts for name in names(fold.test)) == sorted(names(WHOLE))
        for fold in parts:
            assert names(fold.test) == [WHOLE.subjects[place].name for place in fold.held_out]
            assert set(names(fold.test)).isdisjoint(names(fold.training))
            assert len(fold.test.subjects) + len(fold.training.subjects) == 30


def test_every_part_has_each_dose_equally_often() -> None:
    dose = np.array([subject.doses.amount.max(initial=0) for subject in WHOLE.subjects])
    for seed in range(5):
        parts = divisions(WHOLE, 5, seed)
        for level in np.unique(dose):
            np.testing.assert_array_equal(np.bincount(parts[dose == level], minlength=5), 2)


def test_a_division_is_its_seed() -> None:
    np.testing.assert_array_equal(divisions(WHOLE, 5, 3), divisions(WHOLE, 5, 3))
    assert (divisions(WHOLE, 5, 3) != divisions(WHOLE, 5, 4)).any()


@pytest.mark.parametrize("n_folds", [1, 31])
def test_impossible_divisions_are_refused(n_folds: int) -> None:
    with pytest.raises(ValueError, match="30 subjects cannot be divided"):
        divisions(WHOLE, n_folds, 0)
