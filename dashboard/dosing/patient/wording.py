"""What one patient's levels say, in plain words."""

from collections.abc import Mapping

from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, covariate, reached
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, percent
from qcore.decimals import alike
from qcore.study import Quantity, Subject
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.patient.dose import Difference, IndividualDose, Surprise
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.wording import unit_of, which_dose

ALIKE = 0.05
"""A patient whose parameter differs by less than this share counts as typical."""
TWICE = 2.0


def chance(probability: float) -> str:
    """Write a probability; never as 0 or 100 %, but as more than 99 %."""
    return f"more than 99{NBSP}%" if probability > 0.99 else percent(probability)


def kind(source: Source, known: Mapping[str, float]) -> str:
    """Describe a patient by covariates: a patient of 84 kg without comedication."""
    traits = []
    for name in dict.fromkeys(effect.covariate for effect in source.model.structure.effects):
        if name in source.switches:
            continue
        called = (
            f"of {known[name]:g}{NBSP}kg" if name == source.model.weight else f"with {literal(name)} {known[name]:g}"
        )
        traits.append(called)
    traits += [f"{'with' if known[name] else 'without'} {covariate(name)}" for name in source.switches]
    return " ".join(["a patient", *traits])


def learnt(source: Source, subject: Subject, differences: dict[str, Difference]) -> str:
    """Write how the patient differs by the levels: clearance and baseline, the other parameters stand in a table."""
    if not len(subject.observations.time):
        return f"No levels yet: this is what is known of any {kind(source, subject.covariates).removeprefix('a ')}."
    clauses = []
    if "CL" in differences:
        clauses.append(f"clears the drug {_differs(differences['CL'], 'slower', 'faster', 'as fast as usual')}")
    if "R0" in differences:
        height = _differs(differences["R0"], "lower", "higher", "as high as usual")
        clauses.append(f"has, without the drug, a {source.drug.effect} {height}")
    if not clauses:
        return ""
    usual = kind(source, subject.covariates)
    return f"By these levels this patient {', and '.join(clauses)}, beside what is typical of {usual}."


def _differs(difference: Difference, less: str, more: str, same: str) -> str:
    edges = [_by(edge, less, more) for edge in (difference.low, difference.high)]
    # Named once where both edges are on the same side.
    for word in (less, more):
        if all(edge.endswith(f"% {word}") for edge in edges):
            edges[0] = edges[0].removesuffix(f"{NBSP}% {word}")
    interval = f"(90{NBSP}% interval: {' to '.join(edges)})"
    if abs(difference.ratio - 1) < ALIKE:
        return f"about **{same}** {interval}"
    sure = "" if difference.is_sure else "probably "
    return f"{sure}**{_by(difference.ratio, less, more)}** {interval}"


def _by(ratio: float, less: str, more: str) -> str:
    if ratio > TWICE:
        return f"{ratio:.1f} times {more}"
    rounded = round(abs(ratio - 1) * 100)
    return f"{rounded}{NBSP}% {more if ratio >= 1 else less}" if rounded else "as usual"


def dose_head(source: Source, question: Question, individual_dose: IndividualDose) -> str:
    """Write the dose of this patient in a line."""
    regimen = question.regimen
    if individual_dose.dose is None:
        return f"No dose up to {amount(regimen.cap, source.drug)} {regimen.name} is sure enough"
    return f"{amount(individual_dose.dose, source.drug)} {regimen.name} for this patient"


def dose_sentence(source: Source, question: Question, individual_dose: IndividualDose, usual: float) -> str:
    """Write how sure the patient's dose is, and what the dose of the whole population would do in this patient."""
    drug, share = source.drug, percent(question.share)
    if individual_dose.dose is None:
        best, highest = individual_dose.best
        return (
            f"The surest, {amount(best, drug)}, {reached(question, drug)} with a probability of **{chance(highest)}**; "
            f"{share} was asked for."
        )
    others = (
        f" The dose at the top of the page, {amount(usual, drug)}, would do so in this patient with a probability of "
        f"{chance(individual_dose.chance(usual))}."
        if usual != individual_dose.dose
        else ""
    )
    probability = chance(individual_dose.chance(individual_dose.dose))
    return (
        f"It {reached(question, drug)} with a probability of **{probability}**, at steady state. It is the "
        f"{which_dose(question)} dose, in steps of {amount(question.regimen.step, drug)}, for which that is "
        f"{share} or more."
        f"{others}"
    )


def surprise(source: Source, surprising: Surprise) -> str:
    """Write what is odd about a level, and what to check."""
    responds = surprising.quantity is Quantity.RESPONSE
    name = source.drug.effect if responds else "concentration"
    unit = unit_of(Measure.RESPONSE if responds else Measure.TROUGH, source.drug)
    low, high = alike(surprising.low, surprising.high)
    return (
        f"The {name} of {surprising.value:.4g}{NBSP}{unit} at {surprising.time:g}{NBSP}{source.model.units.time} does "
        f"not fit: a thousand simulated patients of this kind, with these doses, lie between {low} and "
        f"{high}{NBSP}{unit}."
    )
