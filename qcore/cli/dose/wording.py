"""What `qlinical dose` says in sentences: the dose and what it reaches, and what is to be known before going by it."""

from qcore.io.nonmem.reader import ReadStudy
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Answer
from qcore.tasks.dosing.drug.file import Drug
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.whole_doses import usual_duration
from qcore.tasks.dosing.wording import Wording, which_dose

WORDS = Wording()


def sentence(answer: Answer, drug: Drug) -> str:
    """Write an answer: which dose, how often, what it does in how many people, and how sure it is."""
    question, regimen = answer.question, answer.question.regimen
    cap, step = WORDS.amount(regimen.cap, drug), WORDS.amount(regimen.step, drug)
    does = f"{WORDS.aim(question.target, drug)} in {100 * question.share:g} % of {_people(question.population)}"
    reached = f"{100 * answer.attained:.3g} %"
    if answer.dose is None:
        nearest = f"even {step}, the lowest," if question.target.highest else cap
        return f"No dose up to {cap} {regimen.name} {does}: {nearest} does so in {reached}."
    which = f"{which_dose(question)} dose, in steps of {step}, that does so"
    if question.target.highest and answer.dose + regimen.step > regimen.cap:
        which = "highest dose considered"
    return (
        f"{WORDS.amount(answer.dose, drug)} {regimen.name} {does} (90 % interval {interval(answer, drug)}). It is the "
        f"{which}; it reaches {reached}."
    )


def interval(answer: Answer, drug: Drug) -> str:
    """Write between which doses the answer may lie: 430 to 630 mg."""
    return WORDS.dose_interval(answer.low, answer.high, answer.question.regimen, drug)


def _people(population: Population) -> str:
    weight, fixed = population.weight_kg, [f"{name}={value:g}" for name, value in population.fixed.items()]
    traits = [f"of {weight[0]:g}-{weight[1]:g} kg"] if weight else []
    traits += [f"with {', '.join(fixed)}"] if fixed else []
    return f"people {' '.join(traits) or 'like those studied'}"


def notes(read: ReadStudy, model: PopulationModel, drug: Drug, answers: list[Answer]) -> list[str]:
    """Return sentences on how doses were given, and on covariates that change nothing.

    Args:
        read: the study, and what its file told about routes and infusions.
        model: the population model of the study.
        drug: whose route the file names.
        answers: whose people and targets count.
    """
    populations = {each.question.population.name: each.question.population for each in answers}.values()
    measures = {each.question.target.measure for each in answers}
    return [
        *_on_route(read, model, drug),
        *_on_infusions(read, model, measures),
        *(note for each in populations for note in _idle(model, each)),
    ]


def _on_route(read: ReadStudy, model: PopulationModel, drug: Drug) -> list[str]:
    absorbed = model.structure.absorbed
    taken = "absorbed (swallowed, or under the skin)" if absorbed else "given at once into the blood"
    if absorbed == (drug.route == "intravenous"):
        return [f"The drug's file says {drug.route}; in the study doses are {taken}, and so they are in the answer."]
    if read.route_known or model.structure.exposed:
        return []
    other = "intravenous" if absorbed else "oral or subcutaneous"
    return [f"Doses are taken as {taken}, which fits best: if they were not, say --route {other}."]


def _on_infusions(read: ReadStudy, model: PopulationModel, measures: set[Measure]) -> list[str]:
    duration = usual_duration(read.study)
    if not duration or model.structure.absorbed or measures <= {Measure.AVERAGE}:
        return []
    return [
        f"Infusions usually took {duration:.3g} {read.study.units.time}; the dose is worked out as if it were given at "
        "once, so that the true peak is lower and the true trough a little higher."
    ]


def _idle(model: PopulationModel, population: Population) -> list[str]:
    """Say which covariates that were given make no difference, since the model does not depend on them."""
    given = [*population.fixed, *([model.weight] if model.weight and population.weight_kg else [])]
    used = {effect.covariate for effect in model.structure.effects}
    return [
        f"{name} was not found to change anything in this study: the dose is the same whatever it is."
        for name in given
        if name not in used
    ]
