"""Doubts about a fitted model, as sentences for those who rely on it."""

import math

from qcore.population.model import PopulationModel
from qcore.population.structure import MEANING, SHARES

FEW_SUBJECTS = 6
"""From fewer subjects hardly anything is known of how people differ."""
UNKNOWN = 1.0
"""Relative standard error above which a number could as well be a third or three times as large."""
NO_BEND = 1e-4
"""Standard error below which the likelihood has no curvature, so that nothing is known of the number."""
UNBELIEVABLE_OMEGA = 1.5
SHRUNK = 0.6
"""Shrinkage above which a random effect is doubtful (Savic and Karlsson 2009,
doi:10.1208/s12248-009-9133-0: above 20 to 30 % they mislead)."""
ONE_IN_TWENTY = 1.645
"""The highest 5 % of people lie this many standard deviations above the typical value."""


def doubts(model: PopulationModel) -> tuple[str, ...]:
    """Return what is wrong with a model, a sentence each; a sound model gives none."""
    return (*_few(model), *_unknown(model), *_unbelievable(model), *_shrunk(model), *model.remarks)


def _few(model: PopulationModel) -> list[str]:
    if model.n_subjects >= FEW_SUBJECTS:
        return []
    who = "one subject" if model.n_subjects == 1 else f"{model.n_subjects} subjects"
    return [f"The data are of {who}: hardly anything is known of how people differ, and of any share of people."]


def _unknown(model: PopulationModel) -> list[str]:
    sentences = []
    for index, (name, row) in enumerate(zip(model.structure.names, model.covariance, strict=True)):
        error = math.sqrt(max(row[index], 0.0))
        what, parameter = _what(name)
        # The logit of a share was estimated: near 0 and 1 even a vague one says where the share is.
        relative = error * (1 - model.reported[name]) if name in SHARES else error
        if what and relative > UNKNOWN:
            sentences.append(
                f"{what} is hardly known from these data: the standard error of {parameter} is {relative:.0%}."
            )
        elif what and error < NO_BEND:
            sentences.append(f"{what} cannot be told from these data: any other {parameter} explains them as well.")
    return sentences


def _what(name: str) -> tuple[str, str]:
    """Return what a number means, as a sentence begins, and its name; "" for errors and effects of covariates."""
    if name in MEANING:
        return f"The {MEANING[name]} ({name})", name
    if name.startswith("omega "):
        parameter = name.removeprefix("omega ")
        return f"How much people differ in the {MEANING[parameter]} ({parameter})", name
    return "", name


def _unbelievable(model: PopulationModel) -> list[str]:
    sentences = []
    for name in model.structure.iiv:
        omega = model.reported[f"omega {name}"]
        if omega > UNBELIEVABLE_OMEGA and name not in SHARES:
            sentences.append(
                f"One in twenty people is to have {highest_people(omega)} times the typical {MEANING[name]} ({name}), "
                "which is hard to believe: check doses, units and whose line is whose."
            )
    return sentences


def highest_people(omega: float) -> str:
    """Write how many times what is typical the highest twentieth of people have, at least."""
    # Beyond a thousandfold no number says more.
    return f"{math.exp(ONE_IN_TWENTY * omega):.0f}" if omega < 4 else "more than a thousand"


def _shrunk(model: PopulationModel) -> list[str]:
    return [
        f"The data say little of each person's own {MEANING[name]} ({name}): a person's value is pulled to the typical "
        f"one by {pulled:.0%}."
        for name, pulled in model.shrinkage.items()
        if pulled > SHRUNK
    ]
