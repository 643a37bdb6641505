"""What stands in for a drug's file: how the study gave its doses, and an aim that its effect can reach."""

from dataclasses import replace

import numpy as np
import pytest
from dosing_studies import doses
from population_models import population_model

from qcore.population.model import PopulationModel
from qcore.population.structure import Response, ResponseKind
from qcore.study import Doses, Observations, Study, Subject, Units
from qcore.tasks.dosing.dose_finding import Question, best_curve, dose_asked, grid
from qcore.tasks.dosing.dose_groups import groups, studied_in
from qcore.tasks.dosing.drug.without_file import drug_of, regimen_of
from qcore.tasks.dosing.parameter_units import holds_for, unit_of
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.whole_doses import usual_duration, whole


def study(given: Doses) -> Study:
    seen = Observations(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.04, 4.0]), np.zeros(3, dtype=np.bool_))
    return Study((Subject("1", {}, given, seen),), ())


def infused(time: list[float], duration: list[float], amount: list[float]) -> Doses:
    none = np.zeros(len(time))
    return Doses(np.array(time), np.array(amount), np.array(duration), none > 0, none)


def with_number(name: str, value: float, response: Response) -> PopulationModel:
    model = population_model(response)
    vector = list(model.numbers)
    vector[model.structure.names.index(name)] = float(np.log(value))
    return replace(model, numbers=tuple(vector))


PIECES = infused([0.0, 0.5, 0.6, 24.0, 24.5], [0.5, 0.1, 0.4, 0.5, 0.5], [50.0, 20.0, 30.0, 50.0, 50.0])


def test_pieces_of_an_infusion_are_one_dose() -> None:
    found = whole(PIECES)
    assert found.time.tolist() == [0.0, 24.0]
    assert found.amount.tolist() == [100.0, 100.0]
    assert found.duration.tolist() == pytest.approx([1.0, 1.0])
    assert usual_duration(study(PIECES)) == pytest.approx(1.0)
    regimen = regimen_of(study(PIECES))
    assert (regimen.name, regimen.interval_h, regimen.step, regimen.cap) == ("every 24 h", 24.0, 2.0, 1000.0)
    studied = studied_in(study(PIECES))
    assert studied is not None
    assert (studied.doses, studied.interval_h) == ((100.0,), 24.0)
    assert groups(study(PIECES))[0].dose == 100.0


@pytest.mark.parametrize("apart", [doses(10.0, 3), infused([0.0, 12.0], [1.0, 1.0], [5.0, 5.0])])
def test_doses_apart_stay_as_they_are(apart: Doses) -> None:
    assert whole(apart) is apart


def test_without_a_second_dose_it_is_one_a_day() -> None:
    assert regimen_of(study(doses(100.0, 1))).name == "every 24 h"
    assert usual_duration(study(doses(100.0, 1))) == 0
    once, often = (drug_of("some", study(doses(100.0, count)), population_model()).about for count in (1, 2))
    assert "nobody had a second dose" in once
    assert "nobody had a second dose" not in often


@pytest.mark.parametrize(
    ("model", "low", "high"),
    [
        (population_model(Response()), None, 5.0),
        (population_model(Response(partial=True)), None, 5.5),
        (with_number("SMAX", 0.5, Response(ResponseKind.DIRECT, lowers=False)), 12.5, None),
        (with_number("SMAX", 0.0456, Response(lowers=False)), 10.23, None),
        (with_number("SMAX", 4.0, Response(ResponseKind.LOSS, lowers=True)), None, 6.0),
        (population_model(Response(ResponseKind.LOSS, lowers=False, partial=True)), 55.0, None),
        (population_model(Response(ResponseKind.LOSS, lowers=False)), 15.0, None),
    ],
)
def test_the_aim_on_a_response_is_half_of_the_largest_effect(
    model: PopulationModel, low: float | None, high: float | None
) -> None:
    drug = drug_of("some", study(doses(100.0, 3)), model)
    assert drug.aim.measure is Measure.RESPONSE
    assert (drug.aim.low, drug.aim.high) == (low, high)
    assert "largest effect" in drug.about


def test_the_aim_on_a_concentration_is_the_median_measured() -> None:
    drug = drug_of("some", study(doses(100.0, 3)), population_model())
    assert (drug.aim.measure, drug.aim.low, drug.aim.high) == (Measure.AVERAGE, 2.0, None)
    assert "median concentration" in drug.about


def test_numbers_have_units_and_hold_for_somebody() -> None:
    usual = Units(response="mmHg")
    names = ("CL", "V", "KA", "TLAG", "EC50", "R0", "additive error of response", "omega CL", "HILL")
    assert [unit_of(name, usual) for name in names] == ["L/h", "L", "1/h", "h", "mg/L", "mmHg", "mmHg", "", ""]
    assert unit_of("V", Units(concentration="ng/mL")) == "mg/(ng/mL)"
    model = population_model(Response())
    assert holds_for(model, "CL") == {"BW": 70.0}
    assert holds_for(model, "R0") == {"COMED": 0.0}
    assert holds_for(model, "V") == {}


def test_steps_suit_the_dose_that_is_needed() -> None:
    given = study(doses(100.0, 3))
    (regimen,) = drug_of("some", given, population_model()).regimens
    usual = regimen_of(given)
    assert (regimen.interval_h, regimen.cap) == (usual.interval_h, usual.cap)
    assert regimen.step < usual.step
    question = Question(Population(), regimen, drug_of("some", given, population_model()).aim.target, 0.9)
    needed = dose_asked(grid(regimen), best_curve(population_model(), question), question)
    assert needed is not None
    assert 20 <= needed / regimen.step <= 150
