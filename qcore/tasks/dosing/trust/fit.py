"""Whether a model describes its own study, and knows what a dose rests on."""

import math
from collections.abc import Iterator

from qcore.population.fitting.doubts import NO_BEND
from qcore.population.model import PopulationModel
from qcore.population.structure import MEANING
from qcore.study import Quantity
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.trust.findings import Finding, Ground
from qcore.tasks.dosing.trust.limits import ERROR, EXPECTED, INSIDE, SUBJECTS, UNKNOWN, UNWATCHED


def poorly_described(model: PopulationModel, question: Question) -> Iterator[Finding]:
    """Yield where the model does not describe its own study."""
    if model.checked is None:
        return
    responds = question.target.measure is Measure.RESPONSE
    for quantity, each in model.checked.described.items():
        if quantity is Quantity.RESPONSE and not responds:
            continue
        name = "concentrations" if quantity is Quantity.CONCENTRATION else "responses"
        if each.inside < INSIDE[0]:
            yield Finding(
                Ground.CHECK,
                f"{100 * each.inside:.0f} % of the points of the {name} lie in the band predicted for them, about "
                f"{EXPECTED:.0f} % are expected",
                "Look at the charts of the check, and for doses, times or subjects that were mistaken; else this study "
                "needs another model than those tried here.",
                each.inside < min(INSIDE[1], each.by_chance),
            )
        if each.error > ERROR[0]:
            yield Finding(
                Ground.ERROR,
                f"the residual error of the {name} is {100 * each.error:.0f} % of a measurement",
                "Look for values of another unit or quantity, and for zeros or other marks where nothing could be "
                "measured.",
                each.error >= ERROR[1],
            )


def few_subjects(model: PopulationModel) -> Iterator[Finding]:
    """Yield where the study is of too few people."""
    if model.n_subjects < SUBJECTS:
        who = "one subject" if model.n_subjects == 1 else f"{model.n_subjects} subjects"
        yield Finding(
            Ground.FEW,
            f"the data are of {who}, and say nothing of how people differ",
            "Bring the data of at least six subjects.",
            refuses=True,
        )


def long_half_life(model: PopulationModel) -> Iterator[Finding]:
    """Yield where the drug stays for longer than anybody was watched."""
    if model.checked is not None and model.checked.unwatched > UNWATCHED[0]:
        times = model.checked.unwatched
        written = f"{times:,.0f}" if times >= 10 else f"{times:.2g}"
        yield Finding(
            Ground.LONG,
            f"half of the drug is gone only after {written} times as long as anybody was watched after a dose",
            "Measure for longer after a dose, or check the unit of times.",
            times > UNWATCHED[1],
        )


def _error(model: PopulationModel, name: str) -> float:
    """Return the standard error of the logarithm of a number; 0 where the model has none of this name."""
    if name not in model.structure.names or not model.covariance:
        return 0.0
    index = model.structure.names.index(name)
    return math.sqrt(max(model.covariance[index][index], 0.0))


def uncertain_parameters(model: PopulationModel, question: Question) -> Iterator[Finding]:
    """Yield parameters that the dose depends on and that the data hardly determine."""
    if question.target.measure is Measure.RESPONSE and _error(model, "EC50") > UNKNOWN[1]:
        yield Finding(
            Ground.UNKNOWN,
            f"the {MEANING['EC50']} (EC50) has a standard error of {100 * _error(model, 'EC50'):.0f} %",
            "Bring data of more doses.",
            refuses=False,
        )
    error = _error(model, "CL")
    if "CL" in model.structure.names and model.covariance and error < NO_BEND:
        yield Finding(
            Ground.UNKNOWN,
            "clearance, on which every dose for long use rests, cannot be told from these data: any other explains "
            "them as well",
            "Measure for longer after a dose, or check doses, times and units.",
            refuses=True,
        )
    if error > UNKNOWN[0]:
        yield Finding(
            Ground.UNKNOWN,
            f"clearance, on which every dose for long use rests, has a standard error of {100 * error:.0f} %",
            "Measure for longer after a dose, or look for a covariate that changes while people are watched.",
            error > UNKNOWN[1],
        )
