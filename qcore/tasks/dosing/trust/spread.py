"""Findings on how people differ: not at all, or more than people can."""

from collections.abc import Iterator

from qcore.population.fitting.doubts import highest_people
from qcore.population.model import PopulationModel
from qcore.population.structure import MEANING, SHARES
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.trust.findings import Finding, Ground
from qcore.tasks.dosing.trust.limits import DIFFER, SPREAD

_REFUSING = {"CL", "V", "EC50"}
"""People cannot differ so much in these: absorption and responses without a drug are left out."""


def excessive_spread(model: PopulationModel, question: Question) -> Iterator[Finding]:
    """Yield in what people differ more than people can, where the dose may hang on it."""
    responds = question.target.measure is Measure.RESPONSE
    for name in model.structure.iiv:
        omega = model.reported[f"omega {name}"]
        # What is held against a response says nothing of a concentration.
        if omega <= DIFFER[0] or name in SHARES or (name in model.structure.dynamic and not responds):
            continue
        refuses = omega > DIFFER[1] and name in _REFUSING
        yield Finding(
            Ground.SPREAD,
            f"one in twenty people is to have {highest_people(omega)} times the typical {MEANING[name]} ({name}), "
            f"which {'cannot be' if refuses else 'is hard to believe'}",
            _to_do(model),
            refuses,
        )


def _to_do(model: PopulationModel) -> str:
    apart = model.checked.apart if model.checked else ""
    which = f": {apart}" if apart else ""
    return (
        f"Look whether subjects are in different units{which}; else check doses, and whose line is whose. Put all in "
        "one unit, or add a column of units (AMTU, DVU)."
    )


def no_spread(model: PopulationModel, question: Question) -> Iterator[Finding]:
    """Yield where people are not found to differ."""
    structure, iiv = model.structure, model.structure.iiv
    differing = {name for name in iiv if model.reported[f"omega {name}"] >= SPREAD}
    kinetic = {"CL", "F"} if question.target.measure is Measure.AVERAGE else set(structure.kinetic)
    matter = kinetic | (set(structure.dynamic) if question.target.measure is Measure.RESPONSE else set())
    explained_by = {effect.parameter for effect in structure.effects}
    if not (differing | explained_by) & matter:
        yield Finding(
            Ground.SPREAD,
            "the model finds no difference between people in anything that the dose hangs on, so that a share of "
            "people means nothing",
            "Look for zeros or other marks where nothing could be measured; else bring data of more subjects.",
            refuses=True,
        )
    elif "CL" in structure.parameters and "CL" not in differing | explained_by:
        yield Finding(
            Ground.SPREAD,
            "the model finds no difference between people in clearance, which is hard to believe",
            "Look for zeros or other marks where nothing could be measured.",
            refuses=False,
        )
