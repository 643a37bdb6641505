"""The average course: exact where kinetics are linear, true to any dose, and no covariate that does not matter."""

from dataclasses import replace

import numpy as np
import torch
from made_up_study import changed, doses, part, study

from qcore.tasks.dosing.networks.base import TINY, fit_superposition, weights_kg
from qcore.tasks.dosing.networks.samples import measured_moments, moments_at


def test_it_follows_the_measurements_it_was_fitted_to() -> None:
    whole = study(30, noise=0.0)
    moments = measured_moments(whole)
    ratio = torch.log(moments.measured) - fit_superposition(whole).log_predicted(whole, moments)
    spread = [float(column[~column.isnan()].std()) for column in ratio.T]
    # People differ by 20 %; the rest is what an average course without absorption cannot follow.
    assert max(spread) < 0.4
    assert all(abs(float(column.nanmean())) < 0.1 for column in ratio.T)


def test_twice_the_dose_is_twice_the_concentration() -> None:
    whole = study()
    base = fit_superposition(whole)
    moments = moments_at([np.array([5.0, 50.0, 500.0])])
    courses = [
        base.log_predicted(replace(whole, subjects=(replace(whole.subjects[1], doses=doses(amount)),)), moments)
        for amount in (2.0, 4.0)
    ]
    torch.testing.assert_close(courses[1][:, 0] - courses[0][:, 0], torch.full((3,), np.log(2), dtype=torch.float64))
    assert bool((courses[1][:2, 1] < courses[0][:2, 1]).all())


def test_without_a_dose_there_is_no_concentration_and_a_response_all_the_same() -> None:
    whole = study()
    placebo = part(whole, range(1))
    said = fit_superposition(whole).log_predicted(placebo, moments_at([np.array([0.0, 100.0])]))
    torch.testing.assert_close(said[:, 0], torch.full((2,), np.log(TINY), dtype=torch.float64))
    assert float(said[0, 1]) == float(said[1, 1])
    assert 4 < float(said[0, 1].exp()) < 12


def test_the_covariate_that_matters_is_found_and_the_other_left_out() -> None:
    found = fit_superposition(study(60)).covariates
    assert found[0] == 0
    assert abs(found[1] - np.log(0.7)) < 0.15


def test_a_study_without_response_or_without_weight_is_fitted_too() -> None:
    whole = study()
    bare = replace(
        whole,
        subjects=tuple(
            replace(
                each,
                observations=replace(
                    each.observations,
                    time=each.observations.time[~each.observations.response],
                    value=each.observations.value[~each.observations.response],
                    response=each.observations.response[~each.observations.response],
                ),
            )
            for each in whole.subjects
        ),
        weight=None,
    )
    moments = measured_moments(bare)
    base = fit_superposition(bare)
    assert bool(base.log_predicted(bare, moments).isfinite().all())
    np.testing.assert_array_equal(weights_kg(bare), 1.0)


def test_what_is_predicted_of_somebody_does_not_depend_on_what_was_measured() -> None:
    whole = study()
    base, moments = fit_superposition(whole), measured_moments(whole)
    torch.testing.assert_close(
        base.log_predicted(changed(whole, 4, 10.0), moments), base.log_predicted(whole, moments), rtol=0, atol=0
    )
