"""What drives a dose adds up to it, follows the model's covariates, and is silent where nothing differs."""

import numpy as np
import pytest
import torch
from dosing_studies import shipped_model
from population_models import population_model

from qcore.errors import InvalidValue
from qcore.population.steady_state import Interval, SteadyState
from qcore.population.structure import MEANING
from qcore.tasks.dosing.course import typical
from qcore.tasks.dosing.dose_finding import N_PEOPLE_A_DRAW, SEED, Question, attainment, grid, highest_dose, lowest_dose
from qcore.tasks.dosing.drivers import LEVELS, patient_drivers, population_drivers
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.target import Measure, Target, doses_reaching
from qcore.tasks.dosing.virtual_population import Population, people

MODEL, DRUG = shipped_model(), shipped("challenge")
DAILY = DRUG.regimens[0]
HEAVY = Population("heavy", (70.0, 140.0), {"COMED": 0.0})


def asked(population: Population = HEAVY, target: Target = DRUG.aim.target) -> Question:
    return Question(population, DAILY, target, 0.9)


def test_what_covariates_add_makes_up_the_populations_dose() -> None:
    found = population_drivers(MODEL, asked())
    assert found.names == ("BW", "COMED")
    assert (found.attributions > 0.3).all()
    assert abs(found.efficiency_residual) < 1e-9
    # Rounded up to a step, the whole is the dose that the same people are answered with.
    whole = found.base_value + found.attributions.sum()
    crowd = people(MODEL, HEAVY, N_PEOPLE_A_DRAW, SEED)
    dose = lowest_dose(grid(DAILY), attainment(MODEL, crowd, DAILY, DRUG.aim.target), 0.9)
    assert dose == pytest.approx(np.ceil(whole / DAILY.step) * DAILY.step)


def test_people_as_studied_need_what_the_study_needs() -> None:
    found = population_drivers(MODEL, asked(Population()))
    assert np.abs(found.attributions).max() < 1e-9
    assert found.base_value > 1


def test_a_covariate_that_is_not_changed_adds_nothing() -> None:
    found = population_drivers(MODEL, asked(Population("", None, {"COMED": 1.0})))
    by = dict(zip(found.names, found.attributions.tolist(), strict=True))
    assert by["BW"] == pytest.approx(0, abs=1e-9)
    assert by["COMED"] < -0.3


def test_one_patient_beside_the_average_of_the_study() -> None:
    found = patient_drivers(MODEL, asked(), {"BW": 120.0, "COMED": 1.0})
    by = dict(zip(found.names, found.attributions.tolist(), strict=True))
    assert by["BW"] > 0 > by["COMED"]
    state = SteadyState(MODEL.structure, typical(MODEL, {"BW": 120.0, "COMED": 1.0}), Interval.of(24.0))
    needed = float(doses_reaching(DRUG.aim.target, state, DAILY.cap).lowest[0])
    assert found.base_value + found.attributions.sum() == pytest.approx(needed, rel=1e-6)


def test_levels_are_one_more_driver() -> None:
    eta = torch.zeros(len(MODEL.structure.iiv), dtype=torch.float64)
    eta[MODEL.structure.iiv.index("CL")] = np.log(0.5)
    found = patient_drivers(MODEL, asked(), {"BW": 70.0, "COMED": 0.0}, eta)
    # Nothing was told beside the clearance, so that no other part takes part.
    assert found.names == ("BW", "COMED", "levels: clearance")
    assert found.attributions[2] < -0.3


def test_parts_of_the_levels_can_pull_both_ways() -> None:
    eta = torch.zeros(len(MODEL.structure.iiv), dtype=torch.float64)
    eta[MODEL.structure.iiv.index("CL")] = np.log(0.7)
    eta[MODEL.structure.iiv.index("R0")] = np.log(1.3)
    found = patient_drivers(MODEL, asked(), {"BW": 70.0, "COMED": 0.0}, eta)
    by = dict(zip(found.names, found.attributions.tolist(), strict=True))
    assert by["levels: baseline"] > 0.3
    assert by["levels: clearance"] < -0.3
    assert abs(found.efficiency_residual) < 1e-9


def test_every_parameter_in_which_people_differ_belongs_to_one_part() -> None:
    parts = [name for several in LEVELS.values() for name in several]
    assert sorted(parts) == sorted(MEANING)


def test_of_an_upper_limit_it_is_the_highest_dose_that_is_made_up() -> None:
    target = Target(Measure.AVERAGE, high=10.0)
    found = population_drivers(MODEL, asked(target=target))
    whole = found.base_value + found.attributions.sum()
    crowd = people(MODEL, HEAVY, N_PEOPLE_A_DRAW, SEED)
    dose = highest_dose(grid(DAILY), attainment(MODEL, crowd, DAILY, target), 0.9)
    assert dose == pytest.approx(np.floor(whole / DAILY.step) * DAILY.step)
    mine = patient_drivers(MODEL, asked(target=target), {"BW": 120.0, "COMED": 0.0})
    state = SteadyState(MODEL.structure, typical(MODEL, {"BW": 120.0, "COMED": 0.0}), Interval.of(24.0))
    allowed = float(doses_reaching(target, state, DAILY.cap).highest[0])
    assert mine.base_value + mine.attributions.sum() == pytest.approx(allowed, rel=1e-6)


def test_where_no_dose_does_it_nothing_is_split_up() -> None:
    with pytest.raises(InvalidValue, match="cannot be split up"):
        population_drivers(MODEL, asked(target=Target(Measure.RESPONSE, high=0.1)))


def test_a_model_without_covariates_has_no_drivers() -> None:
    from dataclasses import replace

    plain = population_model()
    plain = replace(plain, structure=replace(plain.structure, effects=()))
    with pytest.raises(InvalidValue, match="no covariate"):
        patient_drivers(plain, asked(target=Target(Measure.AVERAGE, low=1.0)), {"BW": 70.0})
