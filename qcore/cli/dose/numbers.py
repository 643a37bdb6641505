"""The numbers of a population model as a table and for other programs: in which units, for whom, how sure."""

from dataclasses import replace

import torch
from rich.box import SIMPLE
from rich.table import Table

from qcore.population.model import PopulationModel
from qcore.population.structure import SHARES
from qcore.tasks.dosing.drug.file import UnitsOf
from qcore.tasks.dosing.parameter_units import holds_for, unit_of


def table(model: PopulationModel, named: UnitsOf) -> Table:
    """Return every number with its unit, and for whom it holds where people differ by their covariates.

    Args:
        model: the population model of the study.
        named: units of the drug, which a study's file need not hold.
    """
    units = replace(model.units, concentration=named.concentration, response=named.response)
    holds = {name: _whom(model, name) for name in model.structure.parameters}
    heads = ["estimate", "value", "unit", *(["for"] if any(holds.values()) else []), "standard error"]
    numbers = Table(*heads, box=SIMPLE, padding=(0, 1, 0, 0))
    for name, (value, error) in model.with_errors.items():
        cells = [name, f"{value:.4g}", unit_of(name, units), holds.get(name, ""), error]
        numbers.add_row(*(cells if "for" in heads else [*cells[:3], error]))
    return numbers


def allometry(model: PopulationModel) -> list[str]:
    """Return a sentence on parameters that scale with body weight by a fixed exponent; nothing if none do."""
    powers: dict[float, list[str]] = {}
    for effect in model.structure.effects:
        if effect.exponent is not None:
            powers.setdefault(effect.exponent, []).append(effect.parameter)
    listed = ", ".join(f"{' and '.join(names)} to the power of {power:g}" for power, names in powers.items())
    return [f"Taken to go with {model.weight} (allometry, not fitted): {listed}."] if listed else []


def standard_errors(model: PopulationModel) -> dict[str, float]:
    """Return the standard error of every number in its own unit, by the slope of what was estimated (delta method)."""
    errors = torch.tensor(model.covariance, dtype=torch.float64).diagonal().clamp(min=0).sqrt().tolist()
    return {
        name: error * _slope(name, value) for (name, value), error in zip(model.reported.items(), errors, strict=True)
    }


def _slope(name: str, value: float) -> float:
    if " on " in name:
        return 1.0
    return value * (1 - value) if name in SHARES else value


def _whom(model: PopulationModel, name: str) -> str:
    return ", ".join(
        f"{value:g} kg" if covariate == model.weight else f"{covariate} {value:g}"
        for covariate, value in holds_for(model, name).items()
    )
