"""Doses for a program: what a page and the command refuse is refused here too, and what they warn of is said."""

from collections.abc import Sequence
from dataclasses import replace

from qcore.arguments import check_kind
from qcore.errors import InvalidValue, UnsafeDose
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.beyond import beyond_study
from qcore.tasks.dosing.dose_finding import Answer, Question, answer
from qcore.tasks.dosing.drug.file import Studied
from qcore.tasks.dosing.nearest import dose_or_nearest
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.trust.judge import trust
from qcore.tasks.dosing.wording import Wording


def trusted_doses(
    model: PopulationModel, questions: Sequence[Question], studied: Studied | None = None
) -> list[Answer]:
    """Return the dose that each question asks for, by the population model, with what speaks against it.

    Args:
        model: fitted to a study.
        questions: whom a dose is for, how often it is given, and what it is to reach in what share of people.
        studied: doses that the study gave, which a dose is then held against.

    Raises:
        InvalidValue: a response is asked for, and the model has none; or an argument is of another type.
        UnsafeDose: what is known of the model or the question forbids to name any dose; the message says why, and what
            to do (`qcore.tasks.dosing.trust.limits` has the limits).
    """
    check_kind("The model", model, PopulationModel, "a population model, as qcore.fit_population_model returns it")
    check_kind("questions", questions, (list, tuple), "a list of qcore.DoseQuestion")
    for each in questions:
        check_kind("Each of the questions", each, Question, "a qcore.DoseQuestion")
    if studied is not None:
        check_kind("studied", studied, Studied, "what a drug's file says was given (Drug.studied)")
    response = model.structure.response
    if response is None and any(each.target.measure is Measure.RESPONSE for each in questions):
        raise InvalidValue("No response was modelled: ask about the trough, peak or average concentration.")
    directed = [replace(each, target=each.target.of(response)) for each in questions]
    return [_trusted(model, each, studied) for each in answer(model, directed)]


def _trusted(model: PopulationModel, found: Answer, studied: Studied | None) -> Answer:
    known = trust(model, found.question, model.units, studied, found.dose)
    if known.refuses:
        raise UnsafeDose(" ".join(["No dose is named.", known.sentence, *known.to_do]))
    beyond = beyond_study(Wording(), model, found.question, dose_or_nearest(found), model.units.dose, studied)
    doubts = (known.sentence, beyond and f"Beyond the study: {beyond}")
    return replace(found, doubts=tuple(each for each in doubts if each))
