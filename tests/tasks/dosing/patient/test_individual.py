"""The dose for one patient: as certain as it says, moved by levels, and silent on levels that cannot be."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from dosing_studies import shipped_model

from qcore.population.forecast import Individual, learned, unmeasured
from qcore.population.steady_state import Interval, SteadyState
from qcore.study import Observations, Quantity, Subject
from qcore.tasks.dosing.course import course, regular
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.patient.dose import differences, individual_dose, surprises
from qcore.tasks.dosing.patient.example import example_patient
from qcore.tasks.dosing.patient.follow_up import curves, follow_up, next_levels, typical_course
from qcore.tasks.dosing.target import doses_reaching

MODEL, DRUG = shipped_model(), shipped("challenge")
DAILY, TARGET = DRUG.regimens[0], DRUG.aim.target
KNOWN = {"BW": 80.0, "COMED": 0.0}
AT, KIND = np.array([4.8, 72.0, 72.0, 148.8, 148.8]), np.array([False, False, True, False, True])


def exact(eta: torch.Tensor, factor: float = 1.0) -> Subject:
    """A patient with these effects, measured without error; concentrations times a factor."""
    nobody = Subject("", KNOWN, regular(MODEL.structure, 6.0, 24.0, 7), Observations(AT, np.ones(len(AT)), KIND))
    found = course(MODEL.structure, unmeasured(MODEL, nobody).patients(eta), nobody.doses, np.unique(AT))
    assert found.response is not None
    place = np.searchsorted(np.unique(AT), AT)
    values = np.where(KIND, found.response[0].numpy()[place], factor * found.concentration[0].numpy()[place])
    return replace(nobody, observations=replace(nobody.observations, value=values))


def effects(clearance: float) -> torch.Tensor:
    """Effects of somebody who clears the drug so many times as fast."""
    eta = torch.zeros(1, len(MODEL.structure.iiv), dtype=torch.float64)
    eta[0, MODEL.structure.iiv.index("CL")] = np.log(clearance)
    return eta


def test_who_clears_the_drug_slowly_needs_less() -> None:
    slow, usual, fast = (learned(MODEL, exact(effects(each))) for each in (0.4, 1.0, 2.0))
    assert differences(slow)["CL"].high < 0.9
    assert differences(fast)["CL"].low > 1.1
    assert not differences(usual)["CL"].is_sure
    assert differences(usual)["CL"].ratio == pytest.approx(1, abs=0.05)
    doses = [individual_dose(each, DAILY, TARGET, 0.9).dose for each in (slow, usual, fast)]
    assert None not in doses
    assert doses[0] < doses[1] < doses[2]


def test_the_chance_rises_with_the_dose_and_the_dose_is_the_lowest_that_is_certain_enough() -> None:
    found = individual_dose(learned(MODEL, exact(effects(1.0))), DAILY, TARGET, 0.9)
    assert found.dose is not None
    assert bool((found.chances.diff() >= 0).all())
    assert found.chance(found.dose) >= 0.9 > found.chance(found.dose - DAILY.step)
    assert found.best[1] == pytest.approx(float(found.chances.max()))


@pytest.mark.slow
def test_the_chances_are_those_of_many_patients() -> None:
    """A hundred people drawn from the model: as many reach the target with their dose as was said."""
    said, reached = [], []
    for seed in range(100):
        eta = unmeasured(MODEL, exact(effects(1.0))).draws(1, seed)
        truth = exact(eta)
        generator = np.random.default_rng(seed)
        seen = truth.observations
        noise = np.exp(0.1 * generator.standard_normal(len(AT)))
        patient = learned(MODEL, replace(truth, observations=replace(seen, value=seen.value * noise)))
        found = individual_dose(patient, DAILY, TARGET, 0.9)
        dose = found.dose or found.best[0]
        state = SteadyState(MODEL.structure, patient.patients(eta), Interval.of(24.0))
        needed = float(doses_reaching(TARGET, state, DAILY.cap).lowest[0])
        said.append(found.chance(dose))
        reached.append(needed <= dose)
    assert np.mean(reached) == pytest.approx(np.mean(said), abs=0.06)


def test_no_dose_above_the_cap_is_named() -> None:
    low = DAILY.model_copy(update={"cap": 1.0})
    found = individual_dose(learned(MODEL, exact(effects(1.0))), low, TARGET, 0.9)
    assert found.dose is None
    assert float(found.doses.max()) == 1.0


def test_a_level_in_the_wrong_unit_is_told_and_one_in_the_right_is_not() -> None:
    assert surprises(learned(MODEL, exact(effects(1.0)))) == []
    found = surprises(learned(MODEL, exact(effects(1.0), factor=1000.0)))
    assert {each.quantity for each in found} == {Quantity.CONCENTRATION}
    assert len(found) == 3
    assert all(each.low < each.value / 1000 < each.high for each in found)
    assert surprises(unmeasured(MODEL, replace(exact(effects(1.0)), observations=NOTHING))) == []


NOTHING = Observations(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))


@pytest.mark.parametrize("value", [1e-300, 1e-9, 1e4, 1e12, 1e200, 1e308])
def test_levels_beyond_belief_are_told_and_break_nothing(value: float) -> None:
    patient = exact(effects(1.0))
    for kind in (False, True):
        seen = Observations(np.array([100.0]), np.array([value]), np.array([kind]))
        known = learned(MODEL, replace(patient, observations=seen))
        assert len(surprises(known)) == 1
        concentration, response = curves(known, follow_up(MODEL.structure, patient, 6.0, 24.0))
        assert response is not None
        assert bool(concentration.high.isfinite().all() and response.high.isfinite().all())


def test_curves_go_on_with_the_doses_to_come() -> None:
    patient = learned(MODEL, exact(effects(1.0)))
    ahead = follow_up(MODEL.structure, patient.subject, 9.0, 24.0)
    assert ahead.start == 168.0
    assert ahead.end == 168.0 + 14 * 24.0
    assert ahead.subject.doses.amount.tolist() == [6.0] * 7 + [9.0] * 14
    assert bool((np.diff(ahead.times) > 0).all())
    concentration, response = curves(patient, ahead)
    usual = typical_course(patient, ahead)
    assert response is not None
    # Measured exactly where a typical person would be: the band lies around that person's line.
    later = ahead.times > 24
    assert bool((concentration.low <= usual.concentration[0])[later].all())
    assert bool((concentration.high >= usual.concentration[0])[later].all())
    assert float(response.median[-1]) < float(response.median[0])


def test_a_late_level_moves_the_next_dose_and_nobody_need_have_had_any() -> None:
    late = replace(exact(effects(1.0)), observations=Observations(np.array([200.0]), np.ones(1), np.array([False])))
    assert follow_up(MODEL.structure, late, 6.0, 24.0).start == 200.0
    nothing = Subject("", KNOWN, regular(MODEL.structure, 6.0, 24.0, 0), NOTHING)
    ahead = follow_up(MODEL.structure, nothing, 6.0, 168.0)
    assert ahead.start == 0
    assert ahead.count == 3
    assert ahead.subject.doses.time.tolist() == [0, 168, 336]


def test_levels_to_come_are_those_of_the_curve() -> None:
    patient = learned(MODEL, exact(effects(0.7)))
    ahead = follow_up(MODEL.structure, patient.subject, 6.0, 24.0)
    found = next_levels(patient, ahead, np.array([ahead.start, ahead.end]), Quantity.RESPONSE)
    _, response = curves(patient, ahead)
    assert response is not None
    assert found.median[1] == pytest.approx(float(response.median[-1]), rel=0.03)
    assert (found.low_measured < found.low).all()


def test_an_example_is_the_same_for_the_same_seed_and_can_be_believed() -> None:
    first, again, other = (example_patient(MODEL, KNOWN, 6.0, 24.0, seed) for seed in (1, 1, 2))
    assert first.observations.value.tolist() == again.observations.value.tolist()
    assert first.observations.value.tolist() != other.observations.value.tolist()
    assert len(first.doses.time) == 7
    for seed in range(20):
        assert surprises(learned(MODEL, example_patient(MODEL, KNOWN, 6.0, 24.0, seed))) == []


def test_an_example_of_a_model_of_concentrations_has_no_response() -> None:
    structure = replace(MODEL.structure, response=None, iiv=("CL",))
    numbers = dict(zip(MODEL.structure.names, MODEL.numbers, strict=True))
    kept = replace(structure, effects=tuple(each for each in structure.effects if each.parameter in structure.kinetic))
    model = replace(MODEL, structure=kept, numbers=tuple(numbers[name] for name in kept.names))
    found = example_patient(model, KNOWN, 6.0, 24.0, 0)
    assert not found.observations.response.any()
    known: Individual = learned(model, found)
    assert set(differences(known)) == {"CL"}
