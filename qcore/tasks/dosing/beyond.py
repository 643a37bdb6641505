"""How a dose goes beyond its study: in how often and how much was given, and to whom."""

from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Studied
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.wording import Wording

DAY_H = 24.0
TOLERANCE = 0.05
"""Share of a limit by which people may lie outside of what was studied before they are said to."""

Range = tuple[float, float]


def beyond_study(
    words: Wording, model: PopulationModel, question: Question, dose: float, unit: str, studied: Studied | None
) -> str:
    """Say how a dose goes beyond what was studied; return "" where it does not.

    Args:
        words: of the front end.
        model: the population model of the study.
        question: that the dose answers.
        dose: in ``unit``.
        unit: of doses.
        studied: doses that the study gave, where they are known.
    """
    clauses = [*_of_doses(words, question, dose, unit, studied), *_of_people(words, model, question.population)]
    text = "; ".join(clauses)
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _of_doses(words: Wording, question: Question, dose: float, unit: str, studied: Studied | None) -> list[str]:
    if studied is None:
        return []
    clauses, highest, regimen = [], max(studied.doses), question.regimen
    as_studied = studied.same(regimen.interval_h)
    if studied.interval_h is None:
        clauses.append("the study gave single doses only: what repeated doses do is the model's word")
    elif not as_studied:
        often = "once daily" if studied.interval_h == DAY_H else f"once every {studied.interval_h:g} h"
        clauses.append(f"the study gave doses {often}, none {regimen.name}")
    if dose > highest and (studied.interval_h is None or as_studied):
        clauses.append(f"the highest dose studied was {words.number(highest)}{words.space}{unit}")
    return clauses


def _of_people(words: Wording, model: PopulationModel, population: Population) -> list[str]:
    return [
        f"the people studied weighed {words.number(least)} to {words.number(most)}{words.space}kg"
        if name == model.weight
        else f"{words.covariate(name)} was {words.number(least)} to {words.number(most)} in the people studied"
        for name, (least, most) in unlike_studied(model, population).items()
    ]


def unlike_studied(model: PopulationModel, population: Population) -> dict[str, Range]:
    """Return by which covariates people are unlike everybody who was studied, so that a dose is extrapolated to them.

    Args:
        model: the population model of the study.
        population: whom a dose is for.

    Returns:
        Lowest and highest value of those studied, by the covariate's name.
    """
    asked = {name: (value, value) for name, value in population.fixed.items()}
    if model.weight and population.weight_kg:
        asked[model.weight] = population.weight_kg
    studied = {name: (min(model.covariate(name)), max(model.covariate(name))) for name in asked}
    return {
        name: (least, most)
        for name, (least, most) in studied.items()
        if asked[name][0] < least - TOLERANCE * abs(least) or asked[name][1] > most + TOLERANCE * abs(most)
    }
