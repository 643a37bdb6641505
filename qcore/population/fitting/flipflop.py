"""Flip-flop: absorption slower than elimination, and the usual model that shows the same curve."""

import math

import torch

from qcore.population.fitting.fit import Fit
from qcore.population.predict import modes_of

UNUSUAL = 10.0
"""A model that flips must have a criterion so much better: very strong evidence (Kass and Raftery 1995,
doi:10.1080/01621459.1995.10476572)."""
NEXT_TO_NONE = 1e-9


def is_flipped(fitted: Fit) -> bool:
    """Tell whether absorption is slower than elimination.

    Such a model has a twin with the two exchanged that fits as well; without doses into the blood nothing tells them
    apart, and the twin is the usual one.
    """
    return _exchangeable(fitted) is not None


def criterion(fitted: Fit) -> float:
    """Return the Bayesian criterion, the worse by what speaks against slow absorption beforehand."""
    return fitted.bic + UNUSUAL * is_flipped(fitted)


def twin(fitted: Fit) -> dict[str, float]:
    """Return unbounded numbers of the usual twin of a model that flips, by name.

    Concentration after an absorbed dose depends on three rates, on KA / V, and on the rate back from the second
    compartment. All of these are kept, and so is clearance. Source of the curve: Gibaldi and Perrier 1982, chapter 2.

    Raises:
        ValueError: the model does not flip.
    """
    typical, named, quick = fitted.reported, fitted.named, _exchangeable(fitted)
    if quick is None:
        raise ValueError("absorption is quick already")
    known = {"V": named["V"] + math.log(quick) - named["KA"], "KA": math.log(quick)}
    if fitted.structure.compartments == 2:
        back = typical["Q"] / typical["V2"]
        slow, fast = sorted(typical["KA"] if rate == quick else rate for rate in _disposition(fitted))
        # Above 0 but for rounding, which leaves nothing of a second compartment that is next to none.
        out = max((fast - back) * (1 - slow / back), NEXT_TO_NONE * fast)
        known |= {"Q": known["V"] + math.log(out), "V2": known["V"] + math.log(out / back)}
    if {"CL", "V", "KA"} <= set(fitted.structure.iiv):
        # With one compartment V of the twin is CL / KA, and KA is CL / V.
        exchanged = {"V": "KA", "KA": "V"}
        omega = {name: typical[f"omega {name}"] for name in ("CL", "V", "KA")}
        known |= {f"omega {name}": math.log(math.hypot(omega["CL"], omega[exchanged[name]])) for name in exchanged}
    return named | known


def _exchangeable(fitted: Fit) -> float | None:
    """Return the rate that absorption can be exchanged with so that it becomes the quicker one; None if there is none.

    The rate back from the second compartment always lies between the two rates without absorption.
    """
    structure, typical = fitted.structure, fitted.reported
    if not structure.absorbed or structure.bioavailability or structure.exposed:
        return None
    rates, absorption = _disposition(fitted), typical["KA"]
    if absorption < rates[0]:
        return rates[0]
    if structure.compartments == 2 and typical["Q"] / typical["V2"] < absorption < rates[1]:
        return rates[1]
    return None


def _disposition(fitted: Fit) -> list[float]:
    """Return the rates of a typical patient without absorption, the slowest first."""
    typical = {name: torch.tensor(value, dtype=torch.float64) for name, value in fitted.reported.items()}
    disposition = modes_of({name: value for name, value in typical.items() if name != "KA"}, infused=False)
    return sorted(disposition.rates.tolist())
