"""Findings on impossible numbers of a model, and on kinetics that no model here can describe."""

from collections.abc import Iterator

from qcore.population.model import PopulationModel
from qcore.population.structure import MEANING
from qcore.study import Quantity
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Studied
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.trust.findings import Finding, Ground
from qcore.tasks.dosing.trust.limits import RATES, RISE, STEEPNESS


def impossible_numbers(model: PopulationModel, question: Question) -> Iterator[Finding]:
    """Yield numbers that are impossible, or that ran to their bounds."""
    reported = model.reported
    responds = question.target.measure is Measure.RESPONSE
    # An average concentration does not hang on how quickly a dose is absorbed.
    rates = (["KA"] if question.target.measure is not Measure.AVERAGE else []) + (["KOUT"] if responds else [])
    for name in rates:
        rate = reported.get(name)
        if rate is not None and not RATES[0] <= rate <= RATES[1]:
            yield Finding(
                Ground.NUMBER,
                f"the {MEANING[name]} ({name}) ran to {rate:.2g} per h, of which the data know nothing",
                "Ask for an average concentration, or bring data with earlier measurements.",
                refuses=False,
            )
    if not responds:
        return
    if reported.get("HILL", 1.0) > STEEPNESS:
        yield Finding(
            Ground.NUMBER,
            f"the {MEANING['HILL']} (HILL) ran to {reported['HILL']:.2g}: all or nothing",
            "Bring data of more doses.",
            refuses=False,
        )
    rise = reported.get("SMAX", 0.0)
    if rise > RISE:
        yield Finding(
            Ground.NUMBER,
            f"the largest rise of the response, {rise:.2g}-fold, is beyond all that can be seen",
            "Ask for a response that was seen in the study.",
            _is_unseen(model, question),
        )


def _is_unseen(model: PopulationModel, question: Question) -> bool:
    seen = model.checked.described.get(Quantity.RESPONSE) if model.checked else None
    limits = [each for each in (question.target.low, question.target.high) if each is not None]
    return seen is None or not all(seen.lowest <= limit <= seen.highest for limit in limits)


def steady_state_with_delay(model: PopulationModel, question: Question) -> Iterator[Finding]:
    """Yield that doses at steady state were fitted with a delay of absorption, which the model does not handle."""
    if model.checked is not None and model.checked.steady_lag:
        yield Finding(
            Ground.STEADY,
            "at steady state the model does not know what is left of earlier doses before a new one is absorbed, so "
            "that absorption, peaks and troughs are wrong",
            "Ask for an average concentration, or write the doses before the steady state out (ADDL).",
            question.target.measure in {Measure.PEAK, Measure.TROUGH},
        )


def saturated_elimination(
    model: PopulationModel, question: Question, studied: Studied | None, dose: float | None
) -> Iterator[Finding]:
    """Yield saturated elimination, which no model here describes."""
    less = model.checked.saturation if model.checked else 0.0
    if not less:
        return
    same = studied is not None and studied.same(question.regimen.interval_h)
    inside = same and studied is not None and dose is not None and dose <= max(studied.doses)
    yield Finding(
        Ground.SATURATION,
        f"elimination seems to be saturated (twice the dose, {100 * less:.0f} % less clearance), which no model here "
        "knows",
        "Ask for doses that were studied, as often as they were given, or fit a model with saturable elimination "
        "(Michaelis-Menten) elsewhere.",
        not inside,
    )
