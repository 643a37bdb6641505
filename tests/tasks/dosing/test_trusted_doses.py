"""Doses for a program: impossible questions and models that cannot be trusted are refused, doubts are said."""

from dataclasses import replace

import pytest
from population_models import population_model

import qcore
from qcore.errors import InvalidValue, UnsafeDose
from qcore.population.structure import Response
from qcore.tasks.dosing.dose_finding import answer
from qcore.tasks.dosing.trusted_doses import trusted_doses

DAILY = qcore.Regimen(name="once daily", interval_h=24, step=10, cap=2000)
TARGET = qcore.Target(qcore.Measure.AVERAGE, low=2.0)


def asked(target: qcore.Target = TARGET, share: float = 0.9) -> qcore.DoseQuestion:
    return qcore.DoseQuestion(qcore.Population(), DAILY, target, share)


def test_a_sound_model_answers_as_before_and_its_doubts_are_said() -> None:
    model = population_model(None)
    (plain,) = answer(model, [asked()])
    (found,) = trusted_doses(model, [asked()])
    assert (found.dose, found.low, found.high, found.attained) == (plain.dose, plain.low, plain.high, plain.attained)
    assert not found.doubts
    (doubtful,) = trusted_doses(population_model(None, error=0.7), [asked()])
    assert doubtful.dose == found.dose
    assert doubtful.doubts[0].endswith("has a standard error of 70 %.")


def test_no_dose_is_named_of_a_model_that_cannot_be() -> None:
    """A drug that is held in less than the blood holds: an amount or a concentration is in another unit."""
    model = population_model(None)
    at = model.structure.names.index("V")
    numbers = list(model.numbers)
    numbers[at] -= 9
    with pytest.raises(UnsafeDose, match=r"^No dose is named\. The drug would be held in"):
        qcore.find_doses(replace(model, numbers=tuple(numbers)), [asked()])


def test_a_response_that_was_not_modelled_is_no_target() -> None:
    with pytest.raises(InvalidValue, match="No response was modelled"):
        qcore.find_doses(population_model(None), [asked(qcore.Target(qcore.Measure.RESPONSE, low=1.0))])


def test_how_the_drug_acts_is_taken_from_the_model() -> None:
    """Where it lowers the response, keeping above a limit asks for the highest dose."""
    model = population_model(Response(partial=True))
    (found,) = trusted_doses(model, [asked(qcore.Target(qcore.Measure.RESPONSE, low=4.0))])
    assert found.question.target.highest


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: qcore.Target("averag", low=1.0), "no measure 'averag'"),
        (lambda: qcore.Target(qcore.Measure.AVERAGE), "needs a limit"),
        (lambda: qcore.Target(qcore.Measure.AVERAGE, low=5.0, high=1.0), "the lower limit comes first"),
        (lambda: qcore.Target(qcore.Measure.PEAK, high=-3.0), "cannot be"),
        (lambda: qcore.Target(qcore.Measure.PEAK, high=float("nan")), "cannot be"),
        (lambda: asked(share=90), "at most 1"),
        (lambda: asked(share=0), "above 0"),
        (lambda: qcore.Population("x", weight_kg=(100, 50)), "lower one first"),
    ],
)
def test_questions_that_are_none_cannot_be_asked(make: object, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        make()  # type: ignore[operator]
