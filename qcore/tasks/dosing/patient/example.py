"""An example patient, simulated from the model, to try what measured levels say of a dose."""

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
"""Times of the example's responses, in units of the interval between doses."""
DIGITS = 3


def example_patient(
    model: PopulationModel, covariates: Mapping[str, float], dose: float, interval: float, seed: int
) -> Subject:
    """Return a patient after a week of doses (or as many as a week's), with a few levels.

    Args:
        model: whose people are drawn from, with its differences between people and its errors of measurement.
        covariates: of the patient by name.
        dose: amount of each dose, in the study's unit.
        interval: between two doses, in the study's unit of time.
        seed: of the patient; the same seed is the same patient.
    """
    responds = model.structure.response is not None
    at = np.array([*CONCENTRATIONS, *(RESPONSES if responds else ())]) * interval
    kind = np.arange(len(at)) >= len(CONCENTRATIONS)
    order = np.argsort(at, kind="stable")
    observations = Observations(at[order], np.zeros(len(at)), kind[order])
    given = regular(model.structure, dose, interval, N_DOSES)
    nobody = Subject("example", dict(covariates), given, observations)
    _, measured = possible(unmeasured(model, nobody), observations, seed)
    values = [float(f"{value:.{DIGITS}g}") for value in measured[0].tolist()]
    return replace(nobody, observations=replace(observations, value=np.array(values)))
