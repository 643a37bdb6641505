"""How a dose goes beyond its study is said in the same words by the page, the command and the library."""

import pytest
from population_models import population_model

import qcore
from qcore.tasks.dosing.beyond import beyond_study
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Regimen, Studied
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.trusted_doses import trusted_doses
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.wording import Wording

STUDIED = Population()
DAILY = Studied(doses=(10.0, 30.0), interval_h=24)
ONCE = Studied(doses=(10.0,))
TARGET = Target(Measure.AVERAGE, low=2.0)


@pytest.mark.parametrize(
    ("population", "every", "dose", "studied", "said"),
    [
        (STUDIED, 24, 30.0, DAILY, ""),
        (STUDIED, 24, 31.0, DAILY, "The highest dose studied was 30 mg."),
        (STUDIED, 12, 31.0, DAILY, "The study gave doses once daily, none every so often."),
        (STUDIED, 24, 5.0, ONCE, "The study gave single doses only: what repeated doses do is the model's word."),
        (Population("x", (50.0, 100.0)), 24, 5.0, None, ""),
        (Population("x", (60.0, 140.0)), 24, 5.0, None, "The people studied weighed 50 to 100 kg."),
        (Population("x", (3.0, 60.0)), 24, 5.0, None, "The people studied weighed 50 to 100 kg."),
        (Population("x", None, {"COMED": 2.0}), 24, 5.0, None, "COMED was 0 to 1 in the people studied."),
        (
            Population("x", (60.0, 140.0)),
            24,
            31.0,
            DAILY,
            "The highest dose studied was 30 mg; the people studied weighed 50 to 100 kg.",
        ),
    ],
)
def test_what_was_not_studied_is_said(
    population: Population, every: float, dose: float, studied: Studied | None, said: str
) -> None:
    question = Question(population, Regimen(name="every so often", interval_h=every, step=1, cap=900), TARGET, 0.9)
    assert beyond_study(Wording(), population_model(), question, dose, "mg", studied) == said


def test_a_program_is_told_too() -> None:
    daily = qcore.Regimen(name="once daily", interval_h=24, step=10, cap=2000)
    asked = qcore.DoseQuestion(STUDIED, daily, TARGET, 0.9)
    (found,) = trusted_doses(population_model(None), [asked], Studied(doses=(5.0,), interval_h=24))
    assert found.doubts == ("Beyond the study: The highest dose studied was 5 mg.",)
