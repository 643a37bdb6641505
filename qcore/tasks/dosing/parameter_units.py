"""The units in which the numbers of a population model are, and for whom those hold that covariates change."""

from qcore.population.model import PopulationModel
from qcore.study import Quantity, Units


def unit_of(name: str, units: Units) -> str:
    """Return the unit of a number of a population model; "" where it has none.

    Args:
        name: as the model reports it: CL, omega V, additive error of response.
        units: of the study's times, doses, concentrations and responses.
    """
    rate, volume = f"1/{units.time}", _volume(units)
    known = {"CL": f"{volume}/{units.time}", "Q": f"{volume}/{units.time}", "V": volume, "V2": volume, "KA": rate}
    known |= {"KOUT": rate, "TLAG": units.time, "R0": units.response, "EC50": units.concentration}
    known |= {f"additive error of {Quantity.CONCENTRATION}": units.concentration}
    return (known | {f"additive error of {Quantity.RESPONSE}": units.response}).get(name, "")


def holds_for(model: PopulationModel, name: str) -> dict[str, float]:
    """Return the covariates of whom a parameter is reported for; empty where none changes it."""
    effects = [each for each in model.structure.effects if each.parameter == name]
    return {each.covariate: each.reference or 0.0 for each in effects}


def _volume(units: Units) -> str:
    over = f"{units.dose}/"
    known = units.concentration.startswith(over)
    return units.concentration.removeprefix(over) if known else f"{units.dose}/({units.concentration})"
