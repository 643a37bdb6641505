"""A larger first dose: as large as steady state allows and no larger, and sooner on target."""

import numpy as np
import pytest
import torch
from dosing_studies import shipped_model

from qcore.tasks.dosing.course import course, doses_until_steady, typical
from qcore.tasks.dosing.drug.file import Regimen, shipped
from qcore.tasks.dosing.schedule.loading_dose import largest_first, onset, with_first
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

MODEL, DRUG = shipped_model(), shipped("challenge")
DAILY, WEEKLY = DRUG.regimens
ANYBODY = Population("", (50.0, 100.0))


def peaks(regimen: Regimen, first: float, dose: float) -> tuple[float, float]:
    """The highest concentration on the way with this first dose, and long after, of a typical person."""
    patient, count = typical(MODEL, {}), 2 * doses_until_steady(MODEL, regimen.interval_h)
    given = with_first(MODEL.structure, first, dose, regimen.interval_h, count)
    times = np.linspace(0, count * regimen.interval_h, 4000)
    found = course(MODEL.structure, patient, given, times).concentration[0]
    late = times > (count - 3) * regimen.interval_h
    return float(found.max()), float(found[torch.from_numpy(late)].max())


@pytest.mark.parametrize(("regimen", "dose"), [(DAILY, 6.0), (WEEKLY, 60.0)])
def test_the_first_dose_fills_what_steady_state_holds_and_not_more(regimen: Regimen, dose: float) -> None:
    first = largest_first(MODEL, {}, regimen, dose)
    assert first > dose
    assert first / regimen.step == pytest.approx(round(first / regimen.step))
    highest, late = peaks(regimen, first, dose)
    assert highest <= late * 1.02
    larger, late = peaks(regimen, first + 2 * regimen.step, dose)
    assert larger > late * 1.02


def test_the_cap_is_never_exceeded() -> None:
    assert largest_first(MODEL, {}, DAILY.model_copy(update={"cap": 8.0}), 6.0) == 8.0
    assert largest_first(MODEL, {}, DAILY.model_copy(update={"cap": 6.0}), 6.0) == 6.0


def test_where_steady_state_is_reached_at_once_no_larger_first_dose_is_named() -> None:
    rare = DAILY.model_copy(update={"interval_h": 24.0 * 200})
    assert largest_first(MODEL, {}, rare, 6.0) == 6.0


@pytest.mark.parametrize("target", [DRUG.aim.target, Target(Measure.TROUGH, low=1.5), Target(Measure.AVERAGE, low=2.0)])
def test_a_larger_first_dose_brings_people_on_target_sooner(target: Target) -> None:
    first = largest_first(MODEL, {}, DAILY, 6.0)
    without, with_ = (onset(MODEL, ANYBODY, DAILY, target, (each, 6.0)) for each in (6.0, first))
    assert (np.diff(without.on_target) >= 0).all()
    later, sooner = without.until(0.5), with_.until(0.5)
    assert later is not None
    assert sooner is not None
    assert sooner < later
    assert with_.is_sooner_than(without)
    assert not without.is_sooner_than(without)
    # In the end it makes no difference.
    assert with_.on_target[-1] == pytest.approx(without.on_target[-1], abs=0.01)
    assert without.until(1.01) is None


def test_who_overshoots_on_the_way_is_not_on_target_for_good() -> None:
    peak = Target(Measure.PEAK, high=3.0)
    found = onset(MODEL, ANYBODY, DAILY, peak, (40.0, 1.0))
    assert found.on_target[0] < 0.1 < found.on_target[-1]
