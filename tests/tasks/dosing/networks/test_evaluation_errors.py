"""Errors: root mean squares over all measurements, intervals over subjects."""

import numpy as np
import pytest
from made_up_study import study

from qcore.study import Quantity
from qcore.tasks.dosing.networks.evaluation.errors import difference, rmse, spreads, squares

GENERATOR = np.random.default_rng(0)
SUBJECT = np.repeat(np.arange(20), 10)


def test_the_error_is_that_of_all_measurements_over_all_repeats() -> None:
    errors = [GENERATOR.standard_normal(200) for _ in range(3)]
    for each in errors:
        each[::7] = np.nan
    found = rmse(squares(SUBJECT, errors, 20))
    assert found.value == pytest.approx(np.sqrt(np.nanmean(np.square(errors))), abs=1e-4)
    assert found.low < found.value < found.high
    assert rmse(squares(SUBJECT, errors, 20), unit=2.0).value == pytest.approx(found.value / 2, abs=1e-4)


def test_the_interval_is_as_wide_as_subjects_differ() -> None:
    alike = rmse(squares(SUBJECT, [np.ones(200)], 20))
    assert alike.low == alike.value == alike.high == 1
    unlike = rmse(squares(SUBJECT, [np.where(SUBJECT < 2, 3.0, 0.5)], 20))
    assert unlike.high - unlike.low > 0.5


def test_models_are_compared_on_the_same_subjects() -> None:
    hard = np.abs(GENERATOR.standard_normal(20))[SUBJECT]
    first, second = (squares(SUBJECT, [hard * factor], 20) for factor in (1.0, 1.1))
    found = difference(first, second)
    # The intervals of each overlap widely; that of the difference does not contain 0.
    assert found.low < found.value < found.high < 0
    assert rmse(first).high > rmse(second).low


def test_normalised_is_by_the_spread_of_all_measurements() -> None:
    whole = study()
    response = np.concatenate([each.observations.value[each.observations.response] for each in whole.subjects])
    assert spreads(whole)[Quantity.RESPONSE] == pytest.approx(response.std(ddof=1))
    assert list(spreads(whole)) == [Quantity.CONCENTRATION, Quantity.RESPONSE]
