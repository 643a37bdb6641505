"""The dose for one patient whose levels were measured: what they say of the patient, and which dose keeps the target.

Both come from draws of the patient's parameters as they may be, given the levels; the numbers of the population are
taken as known. Source: Sheiner et al. 1979, doi:10.1002/cpt1979263294.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.population.forecast import COVERAGE, N_DRAWS, Individual, possible, unmeasured
from qcore.population.steady_state import Interval, SteadyState
from qcore.study import Quantity
from qcore.tasks.dosing.dose_finding import grid, highest_dose, lowest_dose
from qcore.tasks.dosing.drug.cap import within_cap
from qcore.tasks.dosing.drug.file import Regimen
from qcore.tasks.dosing.target import Target, doses_reaching

SEED = 2025
BEYOND = 1.25
"""A level beyond all simulated ones by this factor is an error of entry, or of a patient unlike all in the study.
In the challenge's study none of 2,064 levels is; two lie just outside a thousand simulated ones."""


@dataclass(frozen=True)
class IndividualDose:
    """What a patient's levels say of doses.

    Attributes:
        doses: all of the regimen, up to its cap, ``(n_doses,)``.
        chances: probability that this patient reaches the target with each of them, ``(n_doses,)``.
        dose: the lowest that is certain enough, or the highest where more leads away from the target; None where none
            is.
    """

    doses: Tensor
    chances: Tensor
    dose: float | None

    def chance(self, dose: float) -> float:
        """Return the probability that a dose, given for ever, reaches the target."""
        return float(self.chances[int((self.doses - dose).abs().argmin())])

    @property
    def best(self) -> tuple[float, float]:
        """The dose with the highest probability, the lowest of them, and that probability."""
        at = int(self.chances.argmax())
        return float(self.doses[at]), float(self.chances[at])


@dataclass(frozen=True)
class Difference:
    """One parameter of a patient as a multiple of what is typical of the same covariates.

    Attributes:
        ratio: the most probable one, of the patient's parameter to the typical one.
        low: 90 of 100 possible ratios lie between this and ``high``.
        high: upper end of that interval.
    """

    ratio: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """Whether the interval excludes 1, the typical value."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class Surprise:
    """A level far from all that simulated patients of the same covariates and doses show.

    Attributes:
        time: at which it was measured, in the study's unit.
        quantity: concentration or response.
        value: of the level as it was entered.
        low: the lowest of the simulated ones.
        high: the highest of the levels simulated.
    """

    time: float
    quantity: Quantity
    value: float
    low: float
    high: float


def individual_dose(patient: Individual, regimen: Regimen, target: Target, certainty: float) -> IndividualDose:
    """Return the dose that keeps a patient on target at steady state.

    Args:
        patient: with what the levels say.
        regimen: how often, in which steps, and up to what.
        target: what is to be reached.
        certainty: probability with which the patient is to reach the target.

    Raises:
        UnsafeDose: a dose above the cap came out.
    """
    patients = patient.patients(patient.draws(N_DRAWS, SEED))
    state = SteadyState(patient.model.structure, patients, Interval.of(regimen.interval_h))
    doses = grid(regimen)
    chances = doses_reaching(target, state, regimen.cap).attainment(doses)
    find = highest_dose if target.of(state.response).highest else lowest_dose
    within_cap(float(doses.max()), regimen)
    return IndividualDose(doses, chances, find(doses, chances, certainty))


def differences(patient: Individual) -> dict[str, Difference]:
    """Return by parameter how a patient differs from what is typical of the same covariates."""
    structure, typical = patient.model.structure, patient.typical
    drawn = patient.patients(patient.draws(N_DRAWS, SEED))
    edges = [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2]
    differences_of = {}
    for name in structure.parameters:
        if name in structure.iiv:
            low, high = np.quantile(drawn[name].numpy() / typical[name], edges)
            differences_of[name] = Difference(patient.parameters[name] / typical[name], float(low), float(high))
    return differences_of


def surprises(patient: Individual) -> list[Surprise]:
    """Return the levels far outside those of a thousand simulated patients: slips of a time, a unit or a dose."""
    seen = patient.subject.observations
    if not len(seen.time):
        return []
    with torch.no_grad():
        _, measured = possible(unmeasured(patient.model, patient.subject), seen, SEED)
    low, high = measured.amin(0).tolist(), measured.amax(0).tolist()
    return [
        Surprise(time, Quantity.RESPONSE if response else Quantity.CONCENTRATION, value, least, most)
        for time, response, value, least, most in zip(
            seen.time.tolist(), seen.response.tolist(), seen.value.tolist(), low, high, strict=True
        )
        if not least / BEYOND <= value <= most * BEYOND
    ]
