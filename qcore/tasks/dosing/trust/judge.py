"""All findings on a question that is asked of a model."""

from qcore.population.model import PopulationModel
from qcore.study import Units
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Studied, UnitsOf
from qcore.tasks.dosing.trust.findings import Trust
from qcore.tasks.dosing.trust.fit import few_subjects, long_half_life, poorly_described, uncertain_parameters
from qcore.tasks.dosing.trust.numbers import impossible_numbers, saturated_elimination, steady_state_with_delay
from qcore.tasks.dosing.trust.spread import excessive_spread, no_spread
from qcore.tasks.dosing.trust.units import doses_of_other_units, limits_of_other_units
from qcore.tasks.dosing.trust.volume import impossible_volume


def trust(
    model: PopulationModel, question: Question, units: Units | UnitsOf, studied: Studied | None, dose: float | None
) -> Trust:
    """Return all findings on a question, those that refuse a dose first.

    Args:
        model: the population model that is asked.
        question: its target, regimen and people.
        units: that they are in.
        studied: doses that were given, where they are known.
        dose: that would be named; None where none does it, or where it is not known yet.
    """
    findings = [
        *poorly_described(model, question),
        *few_subjects(model),
        *long_half_life(model),
        *uncertain_parameters(model, question),
        *no_spread(model, question),
        *excessive_spread(model, question),
        *impossible_volume(model),
        *impossible_numbers(model, question),
        *steady_state_with_delay(model, question),
        *saturated_elimination(model, question, studied, dose),
        *limits_of_other_units(model, question, units),
        *doses_of_other_units(model, question, units, studied, dose),
    ]
    return Trust(tuple(sorted(findings, key=lambda each: not each.refuses)))
