"""Features: nothing of a held-out subject's later values in any of them, and nobody's depend on who comes along."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_study import changed, part, study
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.study import Study
from qcore.tasks.dosing.networks.base import fit_superposition
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.early_samples import NAMES, fit_early
from qcore.tasks.dosing.networks.early_samples import NAMES as EARLY_NAMES
from qcore.tasks.dosing.networks.features import Features, fit_features, moved
from qcore.tasks.dosing.networks.samples import measured_moments, moments_at, until

END = 30.0
WHOLE = study(16)
TRAINING, HELD_OUT = part(WHOLE, range(12)), part(WHOLE, range(12, 16))


def fitted(training: Study, end: float | None) -> Features:
    base = fit_superposition(training)
    early = None if end is None else fit_early(training, base, end)
    moments = measured_moments(training, -np.inf if end is None else end)
    return fit_features(training, moments, base, early, half_lives_of(training, 4))


def tables(training: Study, held_out: Study, end: float | None) -> tuple[Tensor, Tensor]:
    features = fitted(training, end)
    after = -np.inf if end is None else end
    moments = [measured_moments(each, after) for each in (training, held_out)]
    return features.table(training, moments[0]), features.table(held_out, moments[1])


@pytest.mark.parametrize("place", range(4))
def test_later_values_of_who_is_held_out_change_no_feature(place: int) -> None:
    before = tables(TRAINING, HELD_OUT, END)
    for ours, theirs in zip(before, tables(TRAINING, changed(HELD_OUT, place, 3.0, END), END), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def test_no_value_of_an_unseen_subject_changes_a_feature() -> None:
    before = tables(TRAINING, HELD_OUT, None)
    for ours, theirs in zip(before, tables(TRAINING, changed(HELD_OUT, 1, 3.0), None), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=0)


def test_early_values_change_the_features_of_their_subject_alone() -> None:
    features = fitted(TRAINING, END)
    moments = measured_moments(HELD_OUT, END)
    before, after = (features.table(each, moments) for each in (HELD_OUT, changed(HELD_OUT, 1, 1.1)))
    touched = (before != after).any(-1)
    assert bool(touched[moments.subject == 1].all())
    assert not bool(touched[moments.subject != 1].any())


@pytest.mark.parametrize("end", [None, END])
def test_a_subject_alone_has_the_features_it_has_among_others(end: float | None) -> None:
    features = fitted(TRAINING, end)
    whole = features.table(HELD_OUT, moments_at([np.array([31.0, 60.0])] * 4))
    alone = features.table(part(HELD_OUT, range(2, 3)), moments_at([np.array([31.0, 60.0])]))
    torch.testing.assert_close(whole[4:6], alone, rtol=0, atol=1e-12)


def names(study: Study, early: bool, n_half_lives: int) -> tuple[str, ...]:
    """What the columns of a table without its base are called."""
    doses = ("time since first dose", "time since last dose", "cumulative dose", "cumulative dose per kg")
    decayed = tuple(f"decayed dose {index + 1}" for index in range(n_half_lives))
    history = (*doses, "last dose per kg", *decayed, "predicted concentration", "last dose", "predicted response")
    return (*history, *study.covariates, *(EARLY_NAMES if early else ()))


@pytest.mark.parametrize("end", [None, END])
def test_columns_are_standardised_on_the_training_subjects_and_have_names(end: float | None) -> None:
    features = fitted(TRAINING, end)
    table = features.table(TRAINING, measured_moments(TRAINING, -np.inf if end is None else end))
    assert table.dtype == torch.float64
    standard = table[:, : features.n_features]
    called = names(TRAINING, end is not None, 4)
    assert len(called) == features.n_features == standard.shape[1]
    moving = standard.std(0) > 0
    torch.testing.assert_close(standard.mean(0), torch.zeros(len(called), dtype=torch.float64), atol=1e-9, rtol=0)
    assert bool((standard.std(0, correction=0)[moving] - 1 < 1e-9).all())
    # What is given to each column is what its name says.
    weight = standard[:, called.index("WT")]
    assert float(torch.corrcoef(torch.stack([weight, _of(TRAINING, end, "WT").log()]))[0, 1]) > 1 - 1e-9


def _of(whole: Study, end: float | None, name: str) -> Tensor:
    moments = measured_moments(whole, -np.inf if end is None else end)
    return torch.from_numpy(whole.covariate(name))[moments.subject]


def test_what_lies_outside_is_taken_as_the_edge_while_the_base_goes_on() -> None:
    features, giant = fitted(TRAINING, None), part(TRAINING, range(1, 2))
    enormous = replace(giant.subjects[0], doses=replace(giant.subjects[0].doses, amount=np.full(4, 1e4)))
    table = features.table(replace(giant, subjects=(enormous,)), moments_at([np.array([80.0])]))
    assert bool((table[0, :-2] <= features.high + 1e-12).all())
    assert float(table[0, -2]) > np.log(100)


def test_early_samples_count_for_less_the_fewer_they_are() -> None:
    base = fit_superposition(TRAINING)
    early = fit_early(TRAINING, base, END)
    assert all(0 < prior < 10 for prior in early.prior)
    shifted = changed(HELD_OUT, 1, 2.0)
    moves = [
        float((early_.ratios(shifted, base) - early_.ratios(HELD_OUT, base))[1, NAMES.index("all early responses")])
        for early_ in (replace(early, end=0.0), replace(early, end=END))
    ]
    assert 0 < moves[0] < moves[1] < np.log(2)


def test_the_course_is_moved_to_the_early_samples() -> None:
    base = fit_superposition(TRAINING)
    early = fit_early(TRAINING, base, END)
    moments = measured_moments(HELD_OUT, END)
    off = torch.log(moments.measured) - base.log_predicted(HELD_OUT, moments)
    left = torch.log(moments.measured) - moved(HELD_OUT, moments, base, early)
    assert bool((left.square().nanmean(0) < off.square().nanmean(0)).all())


def test_moments_leave_out_concentrations_before_a_dose_and_keep_repeats() -> None:
    moments = measured_moments(TRAINING)
    assert bool(moments.measured[moments.time == 0, 0].isnan().all())
    observed = TRAINING.subjects[0].observations
    twice = replace(
        observed,
        time=np.repeat(observed.time, 2),
        value=np.repeat(observed.value, 2),
        response=np.repeat(observed.response, 2),
    )
    doubled = replace(TRAINING, subjects=(replace(TRAINING.subjects[0], observations=twice),))
    assert len(measured_moments(doubled)) == 2 * len(observed.time)
    early = until(TRAINING, END)
    assert max(each.observations.time.max() for each in early.subjects) <= END


def test_a_response_that_is_not_above_nought_is_refused() -> None:
    with pytest.raises(InvalidValue, match="subject 2 is not above 0"):
        measured_moments(changed(TRAINING, 1, -1.0))
