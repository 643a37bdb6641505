"""What is broken stands above a dose; past written limits there is none; a sound model is left alone."""

import re
from dataclasses import replace

import numpy as np
import pytest
from dosing_studies import shipped_model
from population_models import population_model

from qcore.population.checked import Checked, QuantityCheck
from qcore.population.fitting.doubts import doubts
from qcore.population.model import PopulationModel
from qcore.population.structure import Response, ResponseKind
from qcore.study import Quantity, Units
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Regimen, Studied, shipped
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.trust.findings import Ground, Trust, doubts_left, worst
from qcore.tasks.dosing.trust.judge import trust
from qcore.tasks.dosing.trust.units import explained, limit_unseen
from qcore.tasks.dosing.virtual_population import Population

DRUG = shipped("challenge")
DAILY, STUDIED = DRUG.regimens[0], Studied(doses=(1.0, 10.0), interval_h=24.0)
GOOD = QuantityCheck(inside=0.9, by_chance=0.6, error=0.1, lowest=0.5, highest=20.0)
AVERAGE = Target(Measure.AVERAGE, low=2.0)


def model(response: Response | None = None, **checked: object) -> PopulationModel:
    known = {"described": {Quantity.CONCENTRATION: GOOD, Quantity.RESPONSE: GOOD}, "highest_dose": 10.0, **checked}
    return replace(population_model(response or Response(partial=True)), checked=Checked(**known))  # type: ignore[arg-type]


def with_number(known: PopulationModel, name: str, number: float) -> PopulationModel:
    place = known.structure.names.index(name)
    return replace(known, numbers=(*known.numbers[:place], float(np.log(number)), *known.numbers[place + 1 :]))


def with_error(known: PopulationModel, name: str, error: float) -> PopulationModel:
    covariance = np.array(known.covariance)
    place = known.structure.names.index(name)
    covariance[place, place] = error**2
    return replace(known, covariance=tuple(map(tuple, covariance.tolist())))


def described(**changed: float) -> PopulationModel:
    return model(described={Quantity.CONCENTRATION: replace(GOOD, **changed)})


def told(known: PopulationModel, target: Target = AVERAGE, regimen: Regimen = DAILY, dose: float | None = 5.0) -> Trust:
    return trust(known, Question(Population(), regimen, target, 0.9), DRUG.units, STUDIED, dose)


RAISED = Response(ResponseKind.LOSS, lowers=False), Response(lowers=False)
RISEN = with_number(model(RAISED[1]), "SMAX", 1e13)
PEAK, EFFECT = Target(Measure.PEAK, low=2.0), Target(Measure.RESPONSE, high=3.0)


@pytest.mark.parametrize(
    ("known", "target", "said", "ground", "refuses"),
    [
        (
            described(inside=0.58),
            AVERAGE,
            "58 % of the points of the concentrations lie in the band predicted",
            Ground.CHECK,
            False,
        ),
        (described(inside=0.45), AVERAGE, "45 % of the points", Ground.CHECK, True),
        # In few points as few lie in the band predicted by chance.
        (described(inside=0.45, by_chance=0.4), AVERAGE, "45 % of the points", Ground.CHECK, False),
        (
            described(error=0.6),
            AVERAGE,
            "the residual error of the concentrations is 60 % of a meas",
            Ground.ERROR,
            False,
        ),
        (described(error=1.03), AVERAGE, "is 103 % of a measurement", Ground.ERROR, True),
        (model(unwatched=1.5), AVERAGE, "only after 1.5 times as long as anybody was watched", Ground.LONG, False),
        (model(unwatched=2370.0), AVERAGE, "only after 2,370 times as long", Ground.LONG, True),
        (with_error(model(), "CL", 0.7), AVERAGE, "clearance, .* standard error of 70 %", Ground.UNKNOWN, False),
        (with_error(model(), "CL", 10.2), AVERAGE, "standard error of 1024? ?.*%", Ground.UNKNOWN, True),
        (with_error(model(), "EC50", 3.9), EFFECT, "EC50. has a standard error of 390 %", Ground.UNKNOWN, False),
        (replace(model(), n_subjects=1), AVERAGE, "the data are of one subject", Ground.FEW, True),
        (replace(model(), n_subjects=2), AVERAGE, "the data are of 2 subjects", Ground.FEW, True),
        (with_number(model(), "KA", 1e5), PEAK, "absorption rate .KA. ran to 1e.05 per h", Ground.NUMBER, False),
        (
            with_number(model(), "V", 5e6),
            AVERAGE,
            "held in 5,000,000 L in a body of 74 kg, which cannot",
            Ground.NUMBER,
            True,
        ),
        (with_number(model(), "V", 5e4), AVERAGE, "held in 50,000 L .* which can hardly be", Ground.NUMBER, False),
        (with_number(model(), "V", 0.05), AVERAGE, "0.05 L .* less than half of the plasma", Ground.NUMBER, True),
        (
            with_number(model(), "omega CL", 1.6),
            AVERAGE,
            "one in twenty people is to have 14 times the typical clearance .CL., which is hard to believe",
            Ground.SPREAD,
            False,
        ),
        (with_number(model(), "omega CL", 3.84), AVERAGE, "have 554 times .* cannot be", Ground.SPREAD, True),
        (with_error(model(), "CL", 0.0), AVERAGE, "clearance, .* cannot be told", Ground.UNKNOWN, True),
        (
            with_number(model(), "omega R0", 3.0),
            EFFECT,
            "response without the drug .R0., which is",
            Ground.SPREAD,
            False,
        ),
        (RISEN, Target(Measure.RESPONSE, low=15.0), "rise of the response, 1e.13-fold", Ground.NUMBER, False),
        (RISEN, Target(Measure.RESPONSE, low=50.0), "rise of the response, 1e.13-fold", Ground.NUMBER, True),
        (model(saturation=0.3), AVERAGE, "saturated .twice the dose, 30 % less clearance", Ground.SATURATION, False),
        (model(steady_lag=True), AVERAGE, "absorption, peaks and troughs are wrong", Ground.STEADY, False),
        (model(steady_lag=True), PEAK, "absorption, peaks and troughs are wrong", Ground.STEADY, True),
    ],
)
def test_what_is_broken_is_said_and_past_a_limit_there_is_no_dose(
    known: PopulationModel, target: Target, said: str, ground: Ground, refuses: bool
) -> None:
    found = told(known, target)
    (one,) = found.findings
    assert (one.ground, one.refuses, found.refuses) == (ground, refuses, refuses)
    assert not one.clause[0].isupper()
    assert re.search(said, one.clause)
    assert found.sentence.endswith(".")
    assert bool(found.to_do) == refuses


def test_the_spread_of_a_response_says_nothing_of_a_concentration() -> None:
    assert told(with_number(model(), "omega R0", 3.0)) == Trust()


@pytest.mark.parametrize(
    ("litres", "said"),
    [
        (
            0.48,
            "Probably doses are in mg/kg (then it would be 36 L) or concentrations are in ng/mL (then it would be 480",
        ),
        (
            0.05,
            "Probably concentrations are in ng/mL (then it would be 50 L) or doses are in mg/kg (then",
        ),
        (5e5, "Probably doses are in ug (then it would be 500 L), and not in mg: say the unit that is right."),
        (1e-6, "Say the units of doses and concentrations: one of them is not what was taken."),
    ],
)
def test_the_unit_that_explains_a_volume_is_named(litres: float, said: str) -> None:
    (to_do,) = told(with_number(model(), "V", litres)).to_do
    assert to_do.startswith(said)
    assert "weights" not in to_do


def test_a_small_volume_in_people_of_unknown_weight_asks_for_weights() -> None:
    known = replace(population_model(), structure=replace(population_model().structure, effects=()), weight=None)
    (to_do,) = told(with_number(known, "V", 1.0)).to_do
    assert "small children or animals, add a column with their weights" in to_do


def test_subjects_in_another_unit_are_named() -> None:
    which = (
        "for the same dose the concentrations of subjects 8, 9 are about 1,000 times higher than those of the others"
    )
    (to_do,) = told(with_number(model(apart=which), "omega CL", 3.0)).to_do
    assert f"different units: {which}; else" in to_do


def test_a_sound_model_is_left_alone() -> None:
    for target in (AVERAGE, PEAK, EFFECT, Target(Measure.TROUGH, low=1.0)):
        assert told(model(), target) == Trust()
    question = Question(Population(), DAILY, DRUG.aim.target, 0.9)
    assert trust(shipped_model(), question, DRUG.units, DRUG.studied, 6.0) == Trust()
    # A model of which nothing more is known than its numbers.
    assert told(population_model(Response(partial=True))) == Trust()


def test_a_response_that_is_badly_described_spoils_no_concentration() -> None:
    known = model(described={Quantity.CONCENTRATION: GOOD, Quantity.RESPONSE: replace(GOOD, inside=0.2)})
    assert told(known) == Trust()
    assert told(known, EFFECT).refuses


def test_saturation_refuses_doses_that_were_not_studied_so() -> None:
    known = model(saturation=0.3)
    assert not told(known, dose=10.0).refuses
    assert told(known, dose=10.5).refuses
    assert told(known, regimen=DRUG.regimens[1], dose=5.0).refuses
    assert told(known, dose=None).refuses


def test_a_spread_that_vanished() -> None:
    structure = replace(population_model().structure, iiv=("KA",), effects=())
    known = replace(population_model(), structure=structure, checked=model().checked)
    assert known.structure.iiv == ("KA",)
    (one,) = told(known).findings
    assert (one.ground, one.refuses) == (Ground.SPREAD, True)
    (one,) = told(known, PEAK).findings
    assert (one.ground, one.refuses) == (Ground.SPREAD, False)
    assert "no difference between people in clearance" in one.clause
    # Who differs by weight alone differs.
    by_weight = replace(known, structure=replace(structure, effects=population_model().structure.effects))
    assert told(by_weight) == Trust()
    flat = replace(population_model(), structure=replace(population_model().structure, effects=()))
    assert not told(flat).refuses
    assert told(with_number(flat, "omega CL", 1e-3)).refuses


@pytest.mark.parametrize(("dose", "refuses"), [(200.0, False), (200.5, True), (158_000.0, True)])
def test_nothing_more_than_twenty_times_the_highest_dose_given_is_named(dose: float, refuses: bool) -> None:
    wide = DAILY.model_copy(update={"cap": 1e6})
    found = told(model(), regimen=wide, dose=dose)
    assert found.refuses == refuses
    if dose > 1e5:
        (one,) = found.findings
        assert "15,800 times the highest that was ever given, 10 mg" in one.clause
        assert "if the file's doses or the limit were in ug: one of these units is wrong" in one.clause
    # What the model's own study had counts, whatever a drug's file says of a study.
    bold = Studied(doses=(1e6,), interval_h=24.0)
    question = Question(Population(), wide, AVERAGE, 0.9)
    assert trust(model(), question, DRUG.units, bold, dose).refuses == refuses
    # Without the model's word that of the study is taken.
    unknown = replace(model(), checked=None)
    assert trust(unknown, question, DRUG.units, STUDIED, dose).refuses == refuses


def test_a_cap_far_below_what_was_given_is_in_another_unit() -> None:
    found = told(model(highest_dose=100_000.0), dose=None)
    assert found.refuses
    assert "1,000 times the cap of 100 mg: the unit of doses must be wrong" in found.sentence


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (
            1100.0,
            "the limit of 1100 mg/L is 456 times above the highest measured, 2.41 mg/L: .* ng/mL, which is 1.1 mg/L",
        ),
        (1.1, ""),
        (40.0, ""),
        (0.01, ""),
        (0.001, "65 times below the lowest measured, 0.065 mg/L: .* meant in g/L, which is 1 mg/L"),
        (60.0, "times above the highest"),
        (None, ""),
    ],
)
def test_a_limit_far_from_all_that_was_measured_is_in_another_unit(limit: float | None, said: str) -> None:
    found = limit_unseen(limit, (0.065, 2.412), "mg/L")
    assert re.search(said, found) if said else found == ""


def test_a_limit_in_another_unit_refuses() -> None:
    assert told(model(), Target(Measure.AVERAGE, low=2000.0), dose=None).refuses
    assert told(model(), Target(Measure.PEAK, high=5000.0), dose=100.0).refuses


def test_which_unit_explains_a_number() -> None:
    assert explained(158_000.0, (5.0, 2000.0), "mg") == ("ug", pytest.approx(158.0))
    assert explained(0.1, (50.0, 200.0), "mg") == ("g", pytest.approx(100.0))
    assert explained(1100.0, (0.1, 3.0), "mg/L") == ("ng/mL", pytest.approx(1.1))
    assert explained(7.0, (0.1, 0.2), "mg/L") is None
    assert explained(1000.0, (0.1, 2.0), "mmHg") is None


def test_what_is_said_above_is_not_said_again() -> None:
    found = told(replace(model(), n_subjects=1))
    sentences = ("The data are of one subject: hardly anything is known.", "It is odd.")
    assert doubts_left(sentences, found) == ("It is odd.",)
    assert doubts_left(sentences, Trust()) == sentences
    spreads = doubts(with_number(with_number(model(), "omega CL", 3.0), "omega R0", 3.0))
    (left,) = doubts_left(spreads, told(with_number(model(), "omega CL", 3.0)))
    assert "response without the drug" in left


def test_of_several_answers_each_thing_is_said_once() -> None:
    several = [told(described(inside=0.58)), told(described(inside=0.58)), told(replace(model(), n_subjects=1))]
    assert [each.ground for each in worst(several).findings] == [Ground.FEW, Ground.CHECK]


def test_units_that_are_not_masses_say_nothing_of_a_volume() -> None:
    known = replace(with_number(model(), "V", 1e9), units=Units(dose="mg", concentration="nmol/L"))
    assert told(known) == Trust()
