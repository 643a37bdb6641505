"""A population model for tests, with round numbers."""

import numpy as np

from qcore.population.model import PopulationModel, Spread
from qcore.population.structure import Effect, Response, Structure
from qcore.study import Units

NUMBERS = {"CL": 0.05, "V": 3.0, "KA": 1.0, "R0": 10.0, "KOUT": 0.02, "IMAX": 0.9, "EC50": 1.0}


def population_model(response: Response | None = None, *, error: float = 0.05) -> PopulationModel:
    """Return a model of forty subjects, with weight and comedication.

    Args:
        response: how the drug acts; None for a model of the concentration alone.
        error: standard error of every number.
    """
    structure = Structure(
        response=response,
        iiv=("CL", "R0") if response else ("CL",),
        effects=(Effect("CL", "BW", 70.0, 0.75), *([Effect("R0", "COMED")] if response else [])),
    )
    vector = []
    for name in structure.names:
        if name in NUMBERS:
            value = NUMBERS[name]
            vector.append(np.log(value / (1 - value)) if name == "IMAX" else np.log(value))
        else:
            vector.append(-0.3 if " on " in name else np.log(0.25 if name.startswith("omega") else 0.1))
    covariance = np.diag(np.full(len(vector), error**2))
    return PopulationModel(
        structure,
        tuple(map(float, vector)),
        tuple(map(tuple, covariance.tolist())),
        100.0,
        150.0,
        40,
        800,
        dict.fromkeys(structure.iiv, 0.1),
        (
            Spread("BW", tuple(np.linspace(50, 100, 40).tolist())),
            Spread("COMED", tuple(float(index % 2) for index in range(40))),
        ),
        "BW",
        Units(response="ng/mL"),
        "none",
    )
