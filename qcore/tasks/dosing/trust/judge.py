"""All findings on a question that is asked of a model."""

from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug, Studied
from qcore.tasks.dosing.trust.findings import Trust
from qcore.tasks.dosing.trust.fit import described, few, long, unknown
from qcore.tasks.dosing.trust.numbers import delayed, numbers, saturated
from qcore.tasks.dosing.trust.spread import differing, spread
from qcore.tasks.dosing.trust.units import doses, limits
from qcore.tasks.dosing.trust.volume import volume


def trust(model: PopulationModel, question: Question, drug: Drug, studied: Studied | None, dose: float | None) -> Trust:
    """Return all findings on a question, those that refuse a dose first.

    Args:
        model: the population model that is asked.
        question: its target, regimen and people.
        drug: whose units they are in.
        studied: doses that were given, where they are known.
        dose: that would be named; None where none does it, or where it is not known yet.
    """
    findings = [
        *described(model, question),
        *few(model),
        *long(model),
        *unknown(model, question),
        *spread(model, question),
        *differing(model, question),
        *volume(model),
        *numbers(model, question),
        *delayed(model, question),
        *saturated(model, question, studied, dose),
        *limits(model, question, drug),
        *doses(model, question, drug, studied, dose),
    ]
    return Trust(tuple(sorted(findings, key=lambda each: not each.refuses)))
