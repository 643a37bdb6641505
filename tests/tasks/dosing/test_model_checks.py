"""Checks of a model on a study: one whose truth the model is passes, one of another truth does not."""

from dataclasses import replace

import numpy as np
import pytest
from dosing_studies import shipped_model, study

from qcore.io.study import Quantity
from qcore.tasks.dosing import checks
from qcore.tasks.dosing.checks import fitness, visual_check


@pytest.fixture(autouse=True)
def _few_studies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "N_STUDIES", 60)


def test_a_person_is_predicted_better_than_a_typical_one() -> None:
    found = fitness(shipped_model(), study())
    for responds in (False, True):
        mine = found.response == responds
        errors = [
            float(np.sqrt(np.mean(np.log(found.observed[mine] / predicted[mine]) ** 2)))
            for predicted in (found.individual, found.typical)
        ]
        assert errors[0] < 0.15
        assert errors[0] < errors[1]


@pytest.mark.parametrize("quantity", list(Quantity))
def test_studies_made_up_by_the_truth_look_like_the_study(quantity: Quantity) -> None:
    assert visual_check(shipped_model(), study(), quantity).inside > 0.7


def test_studies_made_up_by_another_model_do_not() -> None:
    model = shipped_model()
    wrong = list(model.numbers)
    wrong[model.structure.names.index("R0")] += np.log(1.5)
    assert visual_check(replace(model, numbers=tuple(wrong)), study(), Quantity.RESPONSE).inside < 0.4


def test_bins_of_single_times_are_not_made() -> None:
    times = np.sort(np.random.default_rng(1).uniform(0, 100, 300))
    bins = checks._bins(times)
    assert np.bincount(bins).min() >= checks.FEWEST_IN_BIN / 2
    assert (np.diff(bins) >= 0).all()
