"""A volume of distribution that no body has, and the unit that would explain it."""

import math
from collections.abc import Iterator

import torch

from qcore.io.unit_text import unit_of_text
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.trust.findings import Finding, Ground
from qcore.tasks.dosing.trust.limits import ADULT_KG, USUAL_L_PER_KG, VOLUME_L_PER_KG

_STEPS = ("g", "mg", "ug", "ng", "pg")
"""Units a thousandfold apart, which are easily mistaken for each other."""


def impossible_volume(model: PopulationModel) -> Iterator[Finding]:
    """Yield a volume that cannot be."""
    litres, weight_kg = volume_l(model)
    least, much, most = VOLUME_L_PER_KG
    if litres is None or least <= litres / weight_kg <= much:
        return
    refuses = not least <= litres / weight_kg <= most
    below = ", less than half of the plasma of blood" if litres / weight_kg < least else ""
    yield Finding(
        Ground.NUMBER,
        f"the drug would be held in {_written(litres)} L in a body of {weight_kg:.2g} kg{below}, which "
        f"{'cannot' if refuses else 'can hardly'} be",
        _to_do(model, litres, weight_kg),
        refuses,
    )


def _to_do(model: PopulationModel, litres: float, weight_kg: float) -> str:
    """Say which unit is probably wrong, the likeliest first."""
    units = _explaining(model, litres, weight_kg)
    light = (
        ""
        if model.weight or litres / weight_kg > VOLUME_L_PER_KG[0]
        else " If these are small children or animals, add a column with their weights (WT, in kg)."
    )
    if not units:
        return f"Say the units of doses and concentrations: one of them is not what was taken.{light}"
    other_units = " or ".join(
        f"{what} are in {unit} (then it would be {_written(other)} L)" for what, unit, other in units
    )
    return f"Probably {other_units}, and not in {_taken(model, units)}: say the unit that is right.{light}"


def _taken(model: PopulationModel, units: list[tuple[str, str, float]]) -> str:
    known = {"doses": model.units.dose, "concentrations": model.units.concentration}
    return " or ".join(dict.fromkeys(known[what] for what, _, _ in units))


def _explaining(model: PopulationModel, litres: float, weight_kg: float) -> list[tuple[str, str, float]]:
    """Return what is in which unit, and the volume in L if it is: usual volumes alone, the likeliest first."""
    dose, level, up = model.units.dose, model.units.concentration, litres / weight_kg < VOLUME_L_PER_KG[0]
    # Doses per kg make a volume too small; so do doses in a smaller and levels in a larger unit than they are.
    tried = [("doses", f"{dose}/kg", weight_kg)] if up else []
    thousandfold = [("concentrations", level, not up), ("doses", dose, up)]
    # Levels in ng/mL are mistaken for mg/L, and doses in ug for mg, more often than the other way round.
    for what, text, larger in thousandfold if up else reversed(thousandfold):
        mass, slash, per = text.partition("/")
        index = _STEPS.index(mass) + (-1 if larger else 1) if mass in _STEPS else -1
        # Hardly anybody writes doses in g, or levels in g/L.
        if 0 < index < len(_STEPS):
            tried.append((what, _usual(f"{_STEPS[index]}{slash}{per}"), 1e3 if up else 1e-3))
    explanations = [(what, unit, litres * factor) for what, unit, factor in tried]
    usual = [each for each in explanations if USUAL_L_PER_KG[0] <= each[2] / weight_kg <= USUAL_L_PER_KG[1]]
    # Most drugs spread over about as many litres as a body has kilograms.
    return sorted(usual, key=lambda each: abs(math.log(each[2] / weight_kg)))[:2]


def _usual(unit: str) -> str:
    return {"ug/L": "ng/mL", "ng/L": "pg/mL"}.get(unit, unit)


def _written(litres: float) -> str:
    return f"{litres:,.0f}" if litres >= 100 else f"{litres:.2g}"


def volume_l(model: PopulationModel) -> tuple[float | None, float]:
    """Return the volume of distribution in L and the weight it is for; None where units do not tell."""
    dose, level = (unit_of_text(each) for each in (model.units.dose, model.units.concentration))
    volume = model.reported.get("V")
    if volume is None or dose is None or level is None or dose.base != level.base:
        return None, ADULT_KG
    effect = next(
        (each for each in model.structure.effects if (each.parameter, each.covariate) == ("V", model.weight)), None
    )
    if effect is not None and effect.reference:
        return volume * dose.factor / level.factor, effect.reference
    seen = torch.tensor(model.covariate(model.weight)) if model.weight else torch.tensor([ADULT_KG])
    return volume * dose.factor / level.factor, float(seen.median())
