"""A patient who was never there: drawn from the model by a seed, to try what levels say of a dose."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from qcore.population.forecast import possible, unmeasured
from qcore.population.model import PopulationModel
from qcore.study import Observations, Subject
from qcore.tasks.dosing.course import regular

N_DOSES = 7
CONCENTRATIONS = (0.25, 3.0, 6.25)
RESPONSES = (0.0, 3.0, 6.25)
"""When levels were measured, in intervals between doses."""
DIGITS = 3


def example_patient(
    model: PopulationModel, covariates: Mapping[str, float], dose: float, interval: float, seed: int
) -> Subject:
    """Return a patient after a week of doses (or as many as a week's), with a few levels.

    Args:
        model: whose people are drawn from, with its differences between people and its errors of measurement.
        covariates: of the patient.
        dose: each of them.
        interval: between them.
        seed: of the patient; the same seed is the same patient.
    """
    responds = model.structure.response is not None
    at = np.array([*CONCENTRATIONS, *(RESPONSES if responds else ())]) * interval
    kind = np.arange(len(at)) >= len(CONCENTRATIONS)
    order = np.argsort(at, kind="stable")
    asked = Observations(at[order], np.zeros(len(at)), kind[order])
    given = regular(model.structure, dose, interval, N_DOSES)
    nobody = Subject("example", dict(covariates), given, asked)
    _, measured = possible(unmeasured(model, nobody), asked, seed)
    values = [float(f"{value:.{DIGITS}g}") for value in measured[0].tolist()]
    return replace(nobody, observations=replace(asked, value=np.array(values)))
