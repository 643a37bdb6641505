"""The doses of the first weeks: what is wanted is steady exposure, and the cap holds."""

import numpy as np
import pytest
from dosing_studies import shipped_model

from qcore.errors import InvalidValue
from qcore.tasks.dosing.course import course, looked_at, regular, typical
from qcore.tasks.dosing.drug.file import Regimen, shipped
from qcore.tasks.dosing.schedule.first_periods import N_PERIODS, first_periods
from qcore.tasks.dosing.schedule.problem import ScheduleProblem

MODEL, DRUG = shipped_model(), shipped("challenge")
DAILY, WEEKLY = DRUG.regimens


@pytest.mark.parametrize(("regimen", "dose"), [(DAILY, 6.0), (WEEKLY, 60.0)])
def test_exposure_is_that_of_the_same_doses_in_a_row(regimen: Regimen, dose: float) -> None:
    found = first_periods(MODEL, {}, regimen, dose)
    count = N_PERIODS * found.doses_a_period
    times = looked_at(regimen.interval_h, count)
    taken = course(
        MODEL.structure, typical(MODEL, {}), regular(MODEL.structure, dose, regimen.interval_h, count), times
    )
    each = taken.concentration[0].numpy()
    last = times >= times[-1] - regimen.interval_h
    average = np.trapezoid(each[last], times[last]) / regimen.interval_h
    exposure = found.exposure(np.full(N_PERIODS, dose))
    assert exposure[-1] == pytest.approx(average, rel=2e-3)
    assert np.all(np.diff(exposure) > 0)
    assert exposure[-1] < found.wanted


def test_levels_are_steps_around_the_dose_and_none_is_above_the_cap() -> None:
    levels = first_periods(MODEL, {}, DAILY, 6.0).problem.levels_mg
    assert 6.0 in levels
    assert levels[0] > 0
    assert np.all(levels / DAILY.step == np.round(levels / DAILY.step))
    capped = first_periods(MODEL, {}, DAILY.model_copy(update={"cap": 8.0}), 6.0).problem
    assert capped.levels_mg.max() <= 8.0
    with pytest.raises(InvalidValue, match="no room for other doses"):
        first_periods(MODEL, {}, DAILY.model_copy(update={"cap": 6.5}), 6.0)


def test_the_best_schedule_begins_with_more_unless_changes_are_unwelcome() -> None:
    bold, timid = (first_periods(MODEL, {}, DAILY, 6.0, switching).problem for switching in (0.0, 10.0))

    def best(problem: ScheduleProblem) -> np.ndarray:
        schedules = [problem.doses_mg(string) for string in range(256)]
        return min(schedules, key=problem.cost)

    assert best(bold)[0] > 6.0
    assert best(bold)[-1] == 6.0
    assert len(set(best(timid))) == 1
