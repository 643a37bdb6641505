"""What one patient's levels say, in plain words."""

from collections.abc import Mapping

from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, covariate, reached
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, percent
from qcore.study import Quantity, Subject
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.patient.dose import Difference, IndividualDose, Surprise
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.wording import unit_of, which_dose

ALIKE = 0.05
"""Who differs by less is like anybody else."""
TWICE = 2.0


def chance(probability: float) -> str:
    """Write a probability of which nobody can be quite sure: more than 99 %."""
    return f"more than 99{NBSP}%" if probability > 0.99 else percent(probability)


def kind(source: Source, known: Mapping[str, float]) -> str:
    """Write of what kind a patient with these covariates is: a patient of 84 kg without comedication."""
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


def learnt(source: Source, subject: Subject, found: dict[str, Difference]) -> str:
    """Write what the levels say of the patient, clearance and baseline first; the rest is for those who ask."""
    if not len(subject.observations.time):
        return f"No levels yet: this is what is known of any {kind(source, subject.covariates).removeprefix('a ')}."
    said = []
    if "CL" in found:
        said.append(f"clears the drug {_differs(found['CL'], 'slower', 'faster', 'as fast as usual')}")
    if "R0" in found:
        height = _differs(found["R0"], "lower", "higher", "as high as usual")
        said.append(f"has, without the drug, a {source.drug.effect} {height}")
    if not said:
        return ""
    usual = kind(source, subject.covariates)
    return f"By these levels this patient {', and '.join(said)}, beside what is typical of {usual}."


def _differs(found: Difference, less: str, more: str, same: str) -> str:
    edges = [_by(edge, less, more) for edge in (found.low, found.high)]
    # Named once where both edges are on the same side.
    for word in (less, more):
        if all(edge.endswith(f"% {word}") for edge in edges):
            edges[0] = edges[0].removesuffix(f"{NBSP}% {word}")
    between = f"(90{NBSP}% interval: {' to '.join(edges)})"
    if abs(found.ratio - 1) < ALIKE:
        return f"about **{same}** {between}"
    sure = "" if found.is_sure else "probably "
    return f"{sure}**{_by(found.ratio, less, more)}** {between}"


def _by(ratio: float, less: str, more: str) -> str:
    if ratio > TWICE:
        return f"{ratio:.1f} times {more}"
    rounded = round(abs(ratio - 1) * 100)
    return f"{rounded}{NBSP}% {more if ratio >= 1 else less}" if rounded else "as usual"


def dose_head(source: Source, question: Question, found: IndividualDose) -> str:
    """Write the dose of this patient in a line."""
    regimen = question.regimen
    if found.dose is None:
        return f"No dose up to {amount(regimen.cap, source.drug)} {regimen.name} is sure enough"
    return f"{amount(found.dose, source.drug)} {regimen.name} for this patient"


def dose_sentence(source: Source, question: Question, found: IndividualDose, usual: float) -> str:
    """Write how sure the dose is, and what the dose for everybody would do."""
    drug, asked = source.drug, percent(question.share)
    if found.dose is None:
        best, highest = found.best
        return (
            f"The surest, {amount(best, drug)}, {reached(question, drug)} with a probability of **{chance(highest)}**; "
            f"{asked} was asked for."
        )
    others = (
        f" The dose above, {amount(usual, drug)}, would do so in this patient with a probability of "
        f"{chance(found.chance(usual))}."
        if usual != found.dose
        else ""
    )
    return (
        f"It {reached(question, drug)} with a probability of **{chance(found.chance(found.dose))}**, at steady state. "
        f"It is the {which_dose(question)} dose, in steps of {amount(question.regimen.step, drug)}, for which that is "
        f"{asked} or more."
        f"{others}"
    )


def surprise(source: Source, found: Surprise) -> str:
    """Write what is odd about a level, and what to check."""
    responds = found.quantity is Quantity.RESPONSE
    name = source.drug.effect if responds else "concentration"
    unit = unit_of(Measure.RESPONSE if responds else Measure.TROUGH, source.drug)
    return (
        f"The {name} of {found.value:.4g}{NBSP}{unit} at {found.time:g}{NBSP}{source.model.units.time} does not fit: a "
        f"thousand simulated patients of this kind, with these doses, lie between {found.low:.3g} and "
        f"{found.high:.3g}{NBSP}{unit}."
    )
