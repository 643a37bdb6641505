"""Flip-flop: absorption slower than elimination, and the usual model that shows the same curve."""

import math

import torch

from qcore.population.fit import Fit
from qcore.population.predict import modes_of

UNUSUAL = 10.0
"""A model that flips must have a criterion so much better: very strong evidence (Kass and Raftery 1995,
doi:10.1080/01621459.1995.10476572)."""
NEXT_TO_NONE = 1e-9


def is_flipped(found: Fit) -> bool:
    """Tell whether absorption is slower than elimination, the slowest of the rates without absorption.

    Such a model has a twin with the two exchanged that fits as well; without doses into the blood nothing tells them
    apart, and the twin is the usual one.
    """
    structure = found.structure
    if not structure.absorbed or structure.bioavailability or structure.exposed:
        return False
    return found.reported["KA"] < float(_disposition(found).min())


def criterion(found: Fit) -> float:
    """Return the Bayesian criterion, the worse by what speaks against slow absorption beforehand."""
    return found.bic + UNUSUAL * is_flipped(found)


def twin(found: Fit) -> dict[str, float]:
    """Return unbounded numbers of the twin by name: KA is exchanged with elimination, what else shows is the same.

    Concentration after an absorbed dose depends on three rates, on KA / V, and on the rate back from the second
    compartment. All of these are kept, and so is clearance. Source of the curve: Gibaldi and Perrier 1982, chapter 2.

    Args:
        found: a flipped model.
    """
    typical, rates, named = found.reported, _disposition(found), found.named
    slowest, fastest = float(rates.min()), float(rates.max())
    known = {"V": named["V"] + math.log(slowest) - named["KA"], "KA": math.log(slowest)}
    if found.structure.compartments == 2:
        back = typical["Q"] / typical["V2"]
        # Above 0 wherever the model flips; rounding leaves nothing of a second compartment that is next to none.
        out = max((fastest - back) * (1 - typical["KA"] / back), NEXT_TO_NONE * fastest)
        known |= {"Q": known["V"] + math.log(out), "V2": known["V"] + math.log(out / back)}
    return found.named | known


def _disposition(found: Fit) -> torch.Tensor:
    """Return the rates of a typical patient without absorption, ``(n_compartments,)``."""
    typical = {name: torch.tensor(value, dtype=torch.float64) for name, value in found.reported.items()}
    return modes_of({name: value for name, value in typical.items() if name != "KA"}, infused=False).rates
