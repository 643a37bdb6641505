"""What people do over time: it ends at steady state, doses can be missed, and bands hold those they say."""

import numpy as np
import pytest
import torch
from dosing_studies import a_typical_patient, shipped_model

from qcore.population.steady_state import Interval, SteadyState
from qcore.tasks.dosing.course import (
    Band,
    course,
    crowd,
    doses_until_steady,
    looked_at,
    regular,
    typical,
)
from qcore.tasks.dosing.virtual_population import Population


@pytest.mark.parametrize(("dose", "interval"), [(6.0, 24.0), (60.0, 168.0)])
def test_a_course_ends_at_steady_state(dose: float, interval: float) -> None:
    model, patient = shipped_model(), a_typical_patient()
    count = doses_until_steady(model, interval)
    times = looked_at(interval, 2 * count)
    found = course(model.structure, patient, regular(model.structure, dose, interval, 2 * count), times)
    steady = SteadyState(model.structure, patient, Interval.of(interval))
    given = torch.tensor(dose, dtype=torch.float64)
    assert found.response is not None
    assert float(found.response[0, -1]) == pytest.approx(float(steady.responses(given)[0, -1]), rel=1e-3)
    assert float(found.concentration[0, -1]) == pytest.approx(float(steady.concentrations(given)[0, -1]), rel=1e-3)
    # Half way it is nearly there, as promised.
    assert float(found.response[0, len(times) // 2]) == pytest.approx(float(found.response[0, -1]), rel=0.02)


def test_before_the_first_dose_there_is_no_drug_and_the_response_is_the_patients_own() -> None:
    model, patient = shipped_model(), a_typical_patient()
    found = course(model.structure, patient, regular(model.structure, 6.0, 24.0, 3), looked_at(24.0, 3))
    assert found.response is not None
    assert float(found.concentration[0, 0]) == 0
    assert float(found.response[0, 0]) == pytest.approx(float(patient["R0"]))


def test_a_missed_dose_lowers_the_concentration_and_raises_the_biomarker_for_a_while() -> None:
    model, patient = shipped_model(), a_typical_patient()
    count = doses_until_steady(model, 24.0) + 60
    times = looked_at(24.0, count)
    taken, missed = (
        course(model.structure, patient, regular(model.structure, 6.0, 24.0, count, some), times)
        for some in ((), (50,))
    )
    assert taken.response is not None
    assert missed.response is not None
    before, after = times < 50 * 24.0, (times > 50 * 24.0 + 1) & (times < 52 * 24.0)
    assert torch.equal(taken.concentration[0, before], missed.concentration[0, before])
    assert bool((missed.concentration[0, after] < taken.concentration[0, after]).all())
    assert bool((missed.response[0, after] > taken.response[0, after]).all())
    assert float(missed.response[0, -1]) == pytest.approx(float(taken.response[0, -1]), rel=0.01)


def test_all_doses_missed_leave_everything_as_it_was() -> None:
    model, patient = shipped_model(), a_typical_patient()
    none = regular(model.structure, 6.0, 24.0, 3, range(3))
    found = course(model.structure, patient, none, looked_at(24.0, 3))
    assert found.response is not None
    assert float(found.concentration.max()) == 0
    assert found.response[0].numpy() == pytest.approx(float(patient["R0"]))


def test_nine_in_ten_people_lie_in_their_band() -> None:
    values = torch.arange(1000, dtype=torch.float64).flip(0).unsqueeze(-1)
    band = Band.of(values)
    inside = (values >= band.low) & (values <= band.high)
    assert float(inside.double().mean()) == pytest.approx(0.9, abs=0.002)
    assert float(band.median[0]) == pytest.approx(499.5, abs=0.5)


def test_heavier_people_have_lower_concentrations() -> None:
    model = shipped_model()
    given, times = regular(model.structure, 6.0, 24.0, 10), looked_at(24.0, 10)
    (light, _), (heavy, _) = (
        crowd(model, Population("", weight), given, times) for weight in ((50.0, 60.0), (110.0, 120.0))
    )
    assert float(heavy.median[-1]) < float(light.median[-1])


def test_times_rise_and_end_with_the_last_interval() -> None:
    for count in (1, 4, 90):
        times = looked_at(24.0, count)
        assert times[0] == 0
        assert times[-1] == 24.0 * count
        assert bool((np.diff(times) > 0).all())


def test_a_typical_person_takes_no_comedication_unless_it_is_said() -> None:
    model = shipped_model()
    assert float(typical(model, {})["R0"]) == float(typical(model, {"COMED": 0.0})["R0"])
    assert float(typical(model, {"COMED": 1.0})["R0"]) < float(typical(model, {})["R0"])
