"""The doses of the first weeks as a schedule to be searched for: soon at steady exposure, with few changes of the dose.

Exposure is the average concentration of a typical person over every interval between doses, which is linear in the
doses; what is wanted is what the dose that was decided on leads to at steady state. Levels are steps around that dose,
and none is above the drug's cap.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch

from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel
from qcore.population.steady_state import Interval, SteadyState
from qcore.study import Array
from qcore.tasks.dosing.course import course, looked_at, regular, typical
from qcore.tasks.dosing.drug.cap import within_cap
from qcore.tasks.dosing.drug.file import Regimen
from qcore.tasks.dosing.schedule.problem import ScheduleProblem

WEEK_H = 168.0
N_PERIODS = 4
BITS = 2
N_LEVELS = 2**BITS
BELOW = 1
"""Number of levels below the chosen dose, which is a level itself."""
USUAL_SWITCHING = 0.05
"""Cost of changing from nothing to the dose and once back, in units of the cost of having no drug at all."""


@dataclass(frozen=True, eq=False)
class FirstPeriods:
    """A schedule to be searched for.

    Attributes:
        problem: whose exposure is in units of the one wanted, so that 1 is wanted throughout.
        wanted: exposure at steady state, in the study's unit of concentration.
        doses_a_period: how many equal doses a period holds.
        interval: between doses, in the study's unit of time.
    """

    problem: ScheduleProblem
    wanted: float
    doses_a_period: int
    interval: float

    def exposure(self, doses: Array) -> Array:
        """Return the average concentration of every interval, ``(n_intervals,)``, of a schedule ``(n_periods,)``."""
        exposure: Array = self.problem.exposure_per_mg @ doses * self.wanted
        return exposure


def first_periods(
    model: PopulationModel,
    covariates: Mapping[str, float],
    regimen: Regimen,
    dose: float,
    switching: float = USUAL_SWITCHING,
) -> FirstPeriods:
    """Return the search for the doses of the first weeks, or of the first intervals where these are longer.

    Args:
        model: the population model.
        covariates: of the typical person; those not given are the study's.
        regimen: interval, step and cap of the doses.
        dose: every one of them later on.
        switching: how much changes cost, see `USUAL_SWITCHING`.

    Raises:
        InvalidValue: the regimen leaves no room for other doses than this one.
        UnsafeDose: the dose is above the cap.
    """
    within_cap(dose, regimen)
    patients, interval = typical(model, covariates), regimen.interval_h
    state = SteadyState(model.structure, patients, Interval.of(interval))
    wanted = float(state.average(torch.tensor([dose], dtype=torch.float64)))
    a_period = max(1, round(WEEK_H / interval))
    lowest, highest = _levels(regimen, dose)
    exposure = _exposure(model, patients, interval, a_period) / wanted
    problem = ScheduleProblem(
        exposure_per_mg=exposure,
        target=np.ones(len(exposure)),
        cap_mg=regimen.cap,
        highest_mg=highest,
        lowest_mg=lowest,
        bits_per_period=BITS,
        switching_weight=switching / (2 * dose**2),
    )
    return FirstPeriods(problem, wanted, a_period, interval)


def _levels(regimen: Regimen, dose: float) -> tuple[float, float]:
    """Return the lowest and the highest level: equal steps, the dose the second of them."""
    above = N_LEVELS - 1 - BELOW
    room = min(dose / BELOW - regimen.step, (regimen.cap - dose) / above, dose / 2)
    step = math.floor(room / regimen.step + 1e-9) * regimen.step
    if step <= 0:
        raise InvalidValue(
            f"Around {dose:g} there is no room for other doses: the step is {regimen.step:g}, the cap {regimen.cap:g}."
        )
    return dose - BELOW * step, min(dose + above * step, regimen.cap)


def _exposure(model: PopulationModel, patients: Mapping[str, torch.Tensor], interval: float, a_period: int) -> Array:
    """Return averages over intervals of one unit given throughout each period, ``(n_intervals, n_periods)``."""
    count = N_PERIODS * a_period
    times = looked_at(interval, count)
    given = regular(model.structure, 1.0, interval, count)
    columns = []
    for period in range(N_PERIODS):
        in_period = (np.arange(count) // a_period == period).astype(float)
        concentration = (
            course(model.structure, patients, replace(given, amount=in_period), times).concentration[0].numpy()
        )
        each = concentration[:-1].reshape(count, -1), times[:-1].reshape(count, -1)
        columns.append(np.trapezoid(*each, axis=1) / (each[1][:, -1] - each[1][:, 0]))
    return np.stack(columns, axis=1)
