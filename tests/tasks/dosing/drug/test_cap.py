"""No answer of any kind is above its own cap, whatever else was asked beside it and in whatever order."""

from itertools import permutations

import pytest
import torch
from dosing_studies import shipped_model
from hypothesis import given, settings
from hypothesis import strategies as st
from population_models import population_model

from qcore.cli.dose.models import json_row
from qcore.cli.dose.request import DoseRequest
from qcore.errors import InvalidValue, UnsafeDose
from qcore.population.forecast import learned
from qcore.population.structure import Response
from qcore.tasks.dosing import dose_finding as answers
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import Answer, Curves, Progress, Question, answer, ask, grid
from qcore.tasks.dosing.drug.cap import within_cap
from qcore.tasks.dosing.drug.file import Regimen, shipped
from qcore.tasks.dosing.patient.dose import individual_dose
from qcore.tasks.dosing.patient.example import example_patient
from qcore.tasks.dosing.schedule.first_periods import _levels, first_periods
from qcore.tasks.dosing.schedule.loading_dose import largest_first, onset
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

DRUG, MODEL = shipped("challenge"), population_model(Response(partial=True))
TARGET = Target(Measure.RESPONSE, high=3.3)
SAME_INTERVAL = (
    Regimen(name="low", interval_h=24, step=0.5, cap=1),
    Regimen(name="high", interval_h=24, step=0.5, cap=60),
    Regimen(name="coarse", interval_h=24, step=7, cap=60),
    Regimen(name="weekly", interval_h=168, step=0.5, cap=2),
)


@pytest.fixture(autouse=True)
def _few_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "N_PEOPLE", 256)
    monkeypatch.setattr(answers, "N_PEOPLE_A_DRAW", 64)
    monkeypatch.setattr(answers, "N_DRAWS", 6)


def alone(regimen: Regimen, share: float) -> Answer:
    (found,) = answer(MODEL, [Question(Population(), regimen, TARGET, share)])
    return found


def test_regimens_of_one_interval_are_answered_as_if_each_were_asked_alone() -> None:
    expected = {(each.name, share): alone(each, share) for each in SAME_INTERVAL for share in (0.5, 0.9)}
    assert expected["high", 0.9].dose not in {None, expected["low", 0.9].dose, expected["coarse", 0.9].dose}
    for order in permutations(SAME_INTERVAL):
        asked = [Question(Population(), each, TARGET, share) for share in (0.5, 0.9) for each in order]
        for found in answer(MODEL, asked):
            assert found == expected[found.question.regimen.name, found.question.share]


class Stubborn:
    """A model by which nothing helps but the highest dose there is, or whatever curve it is given."""

    name, runs_on = "stubborn", None

    def __init__(self, shares: list[float]) -> None:
        self.shares = shares

    def curves(self, question: Question, on_progress: Progress = lambda *_: None) -> Curves:  # noqa: ARG002 - a model
        doses = grid(question.regimen)
        place = torch.linspace(0, len(self.shares) - 1, len(doses)).long()
        best = torch.tensor(self.shares, dtype=torch.float64)[place].sort().values
        return Curves(doses, best, torch.stack([best, best.roll(1), best * 0.9]), self.name)


REGIMENS = st.builds(
    lambda number, interval, step, steps, more: Regimen(
        name=f"way {number}", interval_h=interval, step=step, cap=step * (steps + more)
    ),
    st.integers(0, 3),
    st.sampled_from([12.0, 24.0, 168.0]),
    st.sampled_from([0.1, 0.3, 0.7, 1.0, 2.5, 1 / 3]),
    st.integers(1, 60),
    st.sampled_from([0.0, 1e-12, 0.4]),
)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(REGIMENS, min_size=1, max_size=6),
    st.lists(st.floats(0, 1), min_size=1, max_size=9),
    st.sampled_from([Target(Measure.AVERAGE, low=1.0), Target(Measure.PEAK, high=9.0)]),
    st.lists(st.sampled_from([0.1, 0.5, 0.9]), min_size=1, max_size=3),
)
def test_nothing_is_above_its_own_cap(
    regimens: list[Regimen], shares: list[float], target: Target, asked_shares: list[float]
) -> None:
    asked = [Question(Population(), each, target, share) for share in asked_shares for each in regimens]
    for question, found in zip(asked, ask(Stubborn(shares), asked), strict=True):
        assert found.question is question
        row = json_row(found, "mg", comedication=False)
        for dose in (found.dose, found.low, found.high, row["dose_mg"], row["low"], row["high"]):
            assert dose is None or dose <= question.regimen.cap
        assert row["cap"] == question.regimen.cap


def test_an_answer_above_its_cap_cannot_be_made() -> None:
    question = Question(Population(), SAME_INTERVAL[0], TARGET, 0.9)
    for doses in ((1.5, 1.0, 1.0), (1.0, 1.5, 1.0), (1.0, 1.0, 1.5), (float("nan"), 1.0, 1.0)):
        with pytest.raises(UnsafeDose, match="the cap is 1, so that it is not shown"):
            Answer(question, *doses, attained=1.0)


def test_curves_of_another_regimen_answer_nothing() -> None:
    curves = Stubborn([0.0, 1.0]).curves(Question(Population(), SAME_INTERVAL[1], TARGET, 0.9))
    for other in (SAME_INTERVAL[0], SAME_INTERVAL[2]):
        with pytest.raises(UnsafeDose, match="Doses of another regimen"):
            curves.answer(Question(Population(), other, TARGET, 0.9))


@pytest.mark.parametrize("regimen", SAME_INTERVAL[:2])
def test_neither_a_first_dose_nor_a_schedule_nor_one_patient_goes_above_it(regimen: Regimen) -> None:
    model = shipped_model()
    dose = min(regimen.cap, 6.0)
    assert dose <= largest_first(model, {}, regimen, dose) <= regimen.cap
    someone = learned(model, example_patient(model, {"BW": 80.0, "COMED": 0.0}, dose, 24.0, seed=1))
    patient = individual_dose(someone, regimen, TARGET, 0.9)
    assert float(patient.doses.max()) <= regimen.cap
    assert patient.best[0] <= regimen.cap
    too_much = regimen.cap + regimen.step
    with pytest.raises(UnsafeDose):
        largest_first(model, {}, regimen, too_much)
    with pytest.raises(UnsafeDose):
        onset(model, Population(), regimen, TARGET, (too_much, dose))
    with pytest.raises(UnsafeDose):
        first_periods(model, {}, regimen, too_much)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from([0.1, 0.3, 0.7, 1 / 3]), st.integers(2, 40), st.integers(1, 40))
def test_levels_of_a_schedule_end_at_the_cap(step: float, steps: int, place: int) -> None:
    regimen = Regimen(name="way", interval_h=168.0, step=step, cap=step * steps)
    dose = float(grid(regimen)[min(place, steps) - 1])
    try:
        _, highest = _levels(regimen, dose)
    except InvalidValue:
        return
    assert highest <= regimen.cap


def test_the_challenge_answers_every_question_below_its_cap() -> None:
    for found in answer(MODEL, challenge(DRUG, MODEL)):
        assert found.dose is None or found.dose <= found.question.regimen.cap


def test_an_interval_that_is_said_keeps_to_the_cap_of_a_regimen_that_has_it_and_else_to_the_lowest() -> None:
    usual = [SAME_INTERVAL[1], SAME_INTERVAL[0], SAME_INTERVAL[3]]
    assert [each.cap for each in DoseRequest(interval=168.0).regimens(usual)] == [2]
    assert [each.cap for each in DoseRequest(interval=12.0).regimens(usual)] == [1]
    assert [(each.name, each.cap) for each in DoseRequest(interval=24.0).regimens(usual)] == [("high", 60), ("low", 1)]


def test_a_dose_at_the_cap_is_allowed() -> None:
    assert within_cap(60.0, SAME_INTERVAL[1]) == 60.0
