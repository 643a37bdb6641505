"""Checks of a model on a study: one whose truth the model is passes, one of another truth does not."""

from dataclasses import replace

import numpy as np
import pytest
from dosing_studies import shipped_model, study

from qcore.study import Quantity
from qcore.tasks.dosing import diagnostics
from qcore.tasks.dosing.diagnostics import goodness_of_fit, quantity_checks, vpc


@pytest.fixture(autouse=True)
def _few_studies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "N_STUDIES", 60)


def test_a_person_is_predicted_better_than_a_typical_one() -> None:
    found = goodness_of_fit(shipped_model(), study())
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
    assert vpc(shipped_model(), study(), quantity).inside > 0.7


def test_studies_made_up_by_another_model_do_not() -> None:
    model = shipped_model()
    wrong = list(model.numbers)
    wrong[model.structure.names.index("R0")] += np.log(1.5)
    assert vpc(replace(model, numbers=tuple(wrong)), study(), Quantity.RESPONSE).inside < 0.4


def test_bins_of_single_times_are_not_made() -> None:
    times = np.sort(np.random.default_rng(1).uniform(0, 100, 300))
    bins = diagnostics._bins(times)
    assert np.bincount(bins).min() >= diagnostics.FEWEST_IN_BIN / 2
    assert (np.diff(bins) >= 0).all()


def test_doses_of_which_a_file_does_not_tell_go_where_the_model_has_them() -> None:
    whole = shipped_model()
    structure = replace(
        whole.structure,
        absorbed=False,
        response=None,
        iiv=("CL", "V"),
        effects=tuple(each for each in whole.structure.effects if each.parameter in {"CL", "V", "Q", "V2"}),
    )
    known = dict(zip(whole.structure.names, whole.numbers, strict=True))
    model = replace(whole, structure=structure, numbers=tuple(known[name] for name in structure.names))
    # In the file they are marked as absorbed: before, nothing was expected of anybody.
    check = vpc(model, study(), Quantity.CONCENTRATION)
    assert (check.high > 0).all()
    assert (goodness_of_fit(model, study()).typical[~goodness_of_fit(model, study()).response] > 0).any()


def test_what_is_kept_of_the_checks_is_what_they_show() -> None:
    found = quantity_checks(shipped_model(), study())
    assert set(found) == set(Quantity)
    for quantity, each in found.items():
        check = vpc(shipped_model(), study(), quantity)
        assert (each.inside, each.by_chance) == (check.inside, check.by_chance)
        assert 0.3 < each.by_chance < each.inside
        assert 0.05 < each.error < 0.2
        assert 0 < each.lowest < each.highest
