import pytest
from population_models import population_model

from qcore.population.model import load
from qcore.population.structure import Response, ResponseKind
from qcore.tasks.dosing import dose_finding as answers
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import Answer, Question, answer, best_curve, grid
from qcore.tasks.dosing.drug.file import Regimen, shipped
from qcore.tasks.dosing.fitting import SHIPPED
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

DAILY = Regimen(name="once daily", interval_h=24, step=0.5, cap=60)
TARGET = Target(Measure.RESPONSE, high=3.3)
LIKE_THE_STUDY = Population()


@pytest.fixture(autouse=True)
def _few_people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "N_PEOPLE", 1024)
    monkeypatch.setattr(answers, "N_PEOPLE_A_DRAW", 256)
    monkeypatch.setattr(answers, "N_DRAWS", 20)


def ask(
    share: float = 0.9, population: Population = LIKE_THE_STUDY, regimen: Regimen = DAILY, **model: float
) -> Answer:
    question = Question(population, regimen, TARGET, share)
    (found,) = answer(population_model(Response(partial=True), **model), [question])
    return found


def test_the_dose_is_the_lowest_that_does_it() -> None:
    found = ask()
    assert found.dose is not None
    assert found.attained >= 0.9
    below = DAILY.model_copy(update={"cap": found.dose - 0.5})
    assert ask(regimen=below).dose is None
    assert ask(regimen=below).attained < 0.9


def test_fewer_people_need_less_and_heavier_people_need_more() -> None:
    usual = ask().dose
    heavy = ask(population=Population("heavy", (70.0, 140.0))).dose
    alone = ask(population=Population("alone", fixed={"COMED": 0.0})).dose
    fewer = ask(0.75).dose
    assert usual is not None
    assert fewer is not None
    assert heavy is not None
    assert alone is not None
    # Comedication lowers the response by itself.
    assert fewer < usual < heavy
    assert alone > usual


def test_the_interval_comes_from_what_is_not_known() -> None:
    sure, unsure = ask(error=1e-6), ask(error=0.1)
    assert sure.low == sure.high == pytest.approx(sure.dose, abs=0.5)
    assert unsure.low is not None
    assert sure.low is not None
    assert unsure.low < sure.low


def test_what_a_cap_does_not_reach_is_none_and_over_the_cap() -> None:
    found = ask(regimen=DAILY.model_copy(update={"cap": 1.0}))
    assert (found.dose, found.low, found.high) == (None, None, None)
    assert found.attained < 0.9


@pytest.mark.parametrize(
    ("response", "target"),
    [
        (None, Target(Measure.PEAK, high=12.0)),
        (Response(), Target(Measure.RESPONSE, low=2.0)),
        (Response(ResponseKind.LOSS, lowers=False), Target(Measure.RESPONSE, high=40.0)),
    ],
)
def test_of_a_limit_that_more_of_the_drug_breaks_the_highest_dose_is_asked_for(
    response: Response | None, target: Target
) -> None:
    model = population_model(response)
    question = Question(LIKE_THE_STUDY, DAILY, target.of(response), 0.9)
    (found,) = answer(model, [question])
    assert found.dose is not None
    assert found.attained >= 0.9
    doses, reached = grid(DAILY), best_curve(model, question)
    assert (reached[doses > found.dose] < 0.9).all()
    assert (reached[doses <= found.dose] >= 0.9).all()
    assert found.low is not None
    assert found.high is not None
    assert 0 < found.low < found.high <= DAILY.cap


def test_where_even_the_first_step_is_too_much_there_is_no_dose() -> None:
    target = Target(Measure.PEAK, high=0.01)
    (found,) = answer(population_model(), [Question(LIKE_THE_STUDY, DAILY, target, 0.9)])
    assert (found.dose, found.low, found.high) == (None, 0.0, 0.0)
    assert found.attained < 0.9


def test_what_the_cap_does_not_break_allows_the_cap() -> None:
    target = Target(Measure.AVERAGE, high=1e6)
    (found,) = answer(population_model(), [Question(LIKE_THE_STUDY, DAILY, target, 0.9)])
    assert (found.dose, found.low, found.high) == (60.0, 60.0, 60.0)


def test_the_challenge_is_answered_by_the_shipped_model() -> None:
    """Five questions: twice a day or week, three populations, two shares."""
    model = load(next(SHIPPED.glob("*.json")))
    drug = shipped("challenge")
    found = {
        (each.question.population.name, each.question.regimen.interval_h, each.question.share): each.dose
        for each in answer(model, challenge(drug, model))
    }
    assert len(found) == 12
    everyone, heavy, alone = dict.fromkeys(name for name, _, _ in found)
    for interval in (24.0, 168.0):
        for share in (0.9, 0.75):
            usual = found[everyone, interval, share]
            assert usual is not None
            for other in (heavy, alone):
                more = found[other, interval, share]
                assert more is not None
                assert more > usual
        assert found[everyone, interval, 0.9] > found[everyone, interval, 0.75]
    # As published by nobody; a change of these is a change of the science.
    assert 4.5 <= found[everyone, 24.0, 0.9] <= 7
    assert 45 <= found[everyone, 168.0, 0.9] <= 70
