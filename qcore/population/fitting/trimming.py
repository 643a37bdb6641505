"""Remove parts of a model that it turned out not to need."""

import math
from dataclasses import replace

from qcore.population.fitting.fit import Fit, starting
from qcore.population.fitting.search import Candidate, Search
from qcore.population.structure import ResidualError, Structure

NEGLIGIBLE_OMEGA = 0.02
"""Differences between people of about two per cent and less are left out."""
UNNOTICED = 1.0
"""Largest rise of -2 log likelihood for that. The criterion does not decide: it counts a parameter in which people
do not differ as the more costly one."""

HOPELESS = 50.0
"""A smaller model whose -2 log likelihood is worse by this before it is fitted is not fitted."""


def simpler(current: Fit) -> list[Candidate]:
    """Return the model without its second compartment, and without its delay of absorption.

    Only what hardly matters is left out: what matters would take long to fit without.
    """
    structure, typical = current.structure, current.reported
    candidates: list[Candidate] = []
    if structure.compartments == 2:
        # What is exchanged faster than the drug is cleared belongs to the one volume.
        both = math.log(typical["V"] + typical["V2"] * (typical["Q"] > typical["CL"]))
        candidates.append(("one compartment less", _of_its_own(replace(structure, compartments=1)), {"V": both}))
    if structure.lag:
        candidates.append(("no delay of absorption", _of_its_own(replace(structure, lag=False)), {}))
    return [each for each in candidates if _at_once(current, each) < current.ofv + HOPELESS]


def _at_once(current: Fit, smaller: Candidate) -> float:
    """Return -2 log likelihood of a smaller model before it is fitted."""
    _, structure, known = smaller
    problem, vector = replace(current.problem, structure=structure), starting(structure, current.named | dict(known))
    return float(problem.individual_ofv(vector, problem.empirical_bayes(vector)).sum())


def trimmed(current: Fit, search: Search) -> Fit:
    """Leave out negligible random effects, and parts of the residual error while the criterion allows."""
    while True:
        following = search.step(_without_negligible(current, search), _one_error, worth=0.0)
        if following is current:
            return current
        current = following


def _without_negligible(current: Fit, search: Search) -> Fit:
    """Leave out random effects one after the other, the smallest first."""
    while True:
        iiv = current.structure.iiv
        least = min(iiv, key=lambda name: current.reported[f"omega {name}"])
        if current.reported[f"omega {least}"] >= NEGLIGIBLE_OMEGA or len(iiv) == 1:
            return current
        structure = replace(current.structure, iiv=tuple(name for name in iiv if name != least))
        following = search.unnoticed(current, f"no differences in {least}", structure, UNNOTICED)
        if following is current:
            return current
        current = following


def _one_error(current: Fit) -> list[Candidate]:
    """Return models with one part of a quantity's residual error instead of two."""
    structure, none = current.structure, dict[str, float]()
    candidates: list[Candidate] = []
    for quantity, error in structure.residual.items():
        if error.additive and error.proportional:
            for simpler_error in (ResidualError(additive=False), ResidualError(proportional=False)):
                part = "additive" if simpler_error.proportional else "proportional"
                if (quantity, part) in structure.sigma:
                    changed = replace(structure, residual=dict(structure.residual) | {quantity: simpler_error})
                    candidates.append((f"no {part} error of {quantity}", changed, none))
    return candidates


def _of_its_own(structure: Structure) -> Structure:
    """Return the structure without random and covariate effects of parameters that it does not have."""
    iiv = tuple(name for name in structure.iiv if name in structure.parameters)
    effects = tuple(effect for effect in structure.effects if effect.parameter in structure.parameters)
    return replace(structure, iiv=iiv, effects=effects)
