"""What `qlinical dose` says in sentences: the dose and what it reaches, and what is to be known before going by it."""

from qcore.io.nonmem.reader import ReadStudy
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Answer
from qcore.tasks.dosing.drug.file import Drug
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.whole_doses import usual_duration

BEYOND = 0.05
"""People so much outside of what was studied, as a share, are said to be."""


def aim(target: Target, drug: Drug) -> str:
    """Write what a dose is to do: keeps the average concentration above 5.6 mg/L."""
    what = {
        Measure.RESPONSE: f"the {drug.effect}",
        Measure.TROUGH: "the concentration before the next dose",
        Measure.PEAK: "the highest concentration",
        Measure.AVERAGE: "the average concentration",
    }[target.measure]
    unit = drug.units.response if target.measure is Measure.RESPONSE else drug.units.concentration
    limits = (("above", target.low), ("below", target.high))
    within = " and ".join(f"{side} {limit:g}" for side, limit in limits if limit is not None)
    return f"keeps {what} {within} {unit}".rstrip()


def sentence(found: Answer, drug: Drug) -> str:
    """Write an answer: which dose, how often, what it does in how many people, and how sure it is."""
    question, unit = found.question, drug.units.dose
    regimen, highest = question.regimen, question.target.highest
    does = f"{aim(question.target, drug)} in {100 * question.share:g} % of {_people(question.population)}"
    reached = f"{100 * found.attained:.3g} %"
    if found.dose is None:
        nearest = f"even {regimen.step:g} {unit}, the lowest," if highest else f"{regimen.cap:g} {unit}"
        return f"No dose up to {regimen.cap:g} {unit} {regimen.name} {does}: {nearest} does so in {reached}."
    which = f"{'highest' if highest else 'lowest'} dose, in steps of {regimen.step:g} {unit}, that does so"
    if highest and found.dose + regimen.step > regimen.cap:
        which = "highest dose considered"
    return (
        f"{found.dose:g} {unit} {regimen.name} {does} (90 % interval {interval(found, unit)}). It is the {which}; it "
        f"reaches {reached}."
    )


def interval(found: Answer, unit: str) -> str:
    """Write between which doses the answer may lie: 430 to 630 mg."""
    cap = found.question.regimen.cap
    low, high = (f"over {cap:g}" if edge is None else f"{edge:g}" for edge in (found.low, found.high))
    if low == high:
        return f"{low} {unit}" if found.low is None else f"{low} {unit} alone"
    return f"{low} to {high} {unit}"


def _people(population: Population) -> str:
    weight, fixed = population.weight_kg, [f"{name}={value:g}" for name, value in population.fixed.items()]
    said = ([f"of {weight[0]:g}-{weight[1]:g} kg"] if weight else []) + ([f"with {', '.join(fixed)}"] if fixed else [])
    return f"people {' '.join(said) or 'like those studied'}"


def notes(read: ReadStudy, model: PopulationModel, drug: Drug, found: list[Answer]) -> list[str]:
    """Return what is to be known of a model and of the people who are asked for, beside what was read."""
    populations = {each.question.population.name: each.question.population for each in found}.values()
    measures = {each.question.target.measure for each in found}
    return [
        *_on_route(read, model, drug),
        *_on_infusions(read, model, measures),
        *(note for each in populations for note in (*_beyond(model, each), *_idle(model, each))),
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


def _beyond(model: PopulationModel, population: Population) -> list[str]:
    """Say where people are unlike all who were studied: what holds for them is extrapolated."""
    asked = {name: (value, value) for name, value in population.fixed.items()}
    asked |= {model.weight: population.weight_kg} if model.weight and population.weight_kg else {}
    said = []
    for name, (low, high) in asked.items():
        seen, unit = model.covariate(name), " kg" if name == model.weight else ""
        if low < min(seen) - BEYOND * abs(min(seen)) or high > max(seen) + BEYOND * abs(max(seen)):
            asked_for = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            said.append(
                f"{name} of {asked_for}{unit} is asked for and was {min(seen):g} to {max(seen):g}{unit} in the study: "
                "beyond that the dose is extrapolated, and may be far off."
            )
    return said


def _idle(model: PopulationModel, population: Population) -> list[str]:
    """Say where it does not matter what was asked, since the model does not go by it."""
    asked = [*population.fixed, *([model.weight] if model.weight and population.weight_kg else [])]
    used = {effect.covariate for effect in model.structure.effects}
    return [
        f"{name} was not found to change anything in this study: the dose is the same whatever it is."
        for name in asked
        if name not in used
    ]
