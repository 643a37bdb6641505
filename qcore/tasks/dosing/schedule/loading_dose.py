"""A larger first dose (loading dose): how large it may be, and how much sooner the target is reached.

It may be as large as it can be without taking a typical person's concentration above what the doses themselves lead to
at steady state: nobody typical meets more drug than was decided on. Concentrations are linear in every dose, so that
the largest such dose follows from two curves. Source: Rowland and Tozer, Clinical Pharmacokinetics and
Pharmacodynamics, 4th ed. 2011, chapter 11 (the loading dose).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from qcore.population.model import PopulationModel
from qcore.population.steady_state import unit_concentration
from qcore.population.structure import Structure
from qcore.study import Array, Doses
from qcore.tasks.dosing.course import SEED, Band, course, doses_until_steady, looked_at, regular, typical
from qcore.tasks.dosing.drug.cap import within_cap
from qcore.tasks.dosing.drug.file import Regimen
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population, people

ROUNDING = 1e-9
SHARES = (0.5, 0.75)
"""Of people, whose times on target are compared."""
SOONER = 0.95
"""A time that is more than this share of another is no shorter."""
N_PEOPLE = 256
"""Few, since the chart follows a slider; its shares need not be exact."""


@dataclass(frozen=True)
class Onset:
    """How the share of a population on target grows from the first dose on.

    Attributes:
        times: at which people are looked at, ``(n_times,)``, in the study's unit of time, from the first dose on.
        on_target: share of people who are on target at each of them and stay there, ``(n_times,)``.
        curve_times: of the concentration, ``(n_curve_times,)``.
        concentration: where the concentrations of nine in ten people lie.
    """

    times: Array
    on_target: Array
    curve_times: Array
    concentration: Band

    def until(self, share: float) -> float | None:
        """Return from when on this share of people stays on target; None if that is not within the times."""
        enough = np.nonzero(self.on_target >= share)[0]
        return float(self.times[enough[0]]) if len(enough) else None

    def is_sooner_than(self, other: "Onset") -> bool:
        """Tell whether half of people, or three quarters, are on target for good sooner, and neither later."""
        times = [[math.inf if each is None else each for each in map(onset.until, SHARES)] for onset in (self, other)]
        pairs = list(zip(*times, strict=True))
        return all(own <= others for own, others in pairs) and any(own < SOONER * others for own, others in pairs)


def with_first(structure: Structure, first: float, dose: float, interval: float, count: int) -> Doses:
    """Return doses at an interval that are all the same except the first."""
    doses = regular(structure, dose, interval, count)
    amounts = doses.amount.copy()
    amounts[0] = first
    return replace(doses, amount=amounts)


def largest_first(model: PopulationModel, covariates: Mapping[str, float], regimen: Regimen, dose: float) -> float:
    """Return the largest first dose, a multiple of the step and never above the cap, that overshoots in nobody typical.

    Args:
        model: the population model.
        covariates: of the typical person; those not given are the study's.
        regimen: of the doses that follow.
        dose: each of them; returned where no larger first one is allowed.

    Raises:
        UnsafeDose: the dose itself is above the cap.
    """
    within_cap(dose, regimen)
    patients, structure, interval = typical(model, covariates), model.structure, regimen.interval_h
    count = doses_until_steady(model, interval)
    times = looked_at(interval, count)
    # Looked at where the way there is: between two times a peak would be higher than at either.
    once = torch.from_numpy(times[times < interval])
    peak = dose * float(unit_concentration(structure, patients, interval, once).max())
    unit_first, without_first = (
        course(structure, patients, with_first(structure, *amounts, interval, count), times).concentration[0]
        for amounts in ((1.0, 0.0), (0.0, dose))
    )
    there = unit_first > 0
    # The curves approach the peak from below; what is rounded away must not forbid the dose itself.
    allowed = float(((peak * (1 + 1e-6) - without_first[there]) / unit_first[there]).min())
    steps = math.floor(min(allowed, regimen.cap) / regimen.step + ROUNDING)
    return within_cap(max(dose, min(steps * regimen.step, regimen.cap)), regimen)


def onset(
    model: PopulationModel, population: Population, regimen: Regimen, target: Target, doses: tuple[float, float]
) -> Onset:
    """Return how the share of a population on target grows from the first dose on.

    Args:
        model: the population model.
        population: whose members are looked at.
        regimen: how often doses are given, and their cap.
        target: that is to be kept.
        doses: the first one, and every other.

    Raises:
        UnsafeDose: one of them is above the cap.
    """
    for dose in doses:
        within_cap(dose, regimen)
    structure, interval = model.structure, regimen.interval_h
    count = doses_until_steady(model, interval)
    times = looked_at(interval, count)
    patients = people(model, population, N_PEOPLE, SEED).patients(model)
    shown = course(structure, patients, with_first(structure, *doses, interval, count), times)
    if target.measure is Measure.RESPONSE:
        if shown.response is None:
            raise ValueError("a response is asked for that the model does not have")
        at, inside = times, _inside(shown.response, target)
    else:
        at = interval * np.arange(1, count + 1, dtype=np.float64)
        inside = _inside(_by_interval(shown.concentration, times, count, target.measure), target)
    # Who leaves the window later was not on target for good.
    stays = inside.flip(-1).cummin(-1).values.flip(-1)
    return Onset(at, stays.double().mean(0).numpy(), times, Band.of(shown.concentration))


def _by_interval(concentration: Tensor, times: Array, count: int, measure: Measure) -> Tensor:
    """Return a measure of every interval between doses, ``(n_patients, count)``."""
    each: Tensor = concentration[:, :-1].reshape(len(concentration), count, -1)
    if measure is Measure.TROUGH:
        return each[..., -1]
    if measure is Measure.PEAK:
        return each.amax(-1)
    at = torch.from_numpy(times[:-1]).reshape(count, -1)
    area: Tensor = torch.trapezoid(each, at, dim=-1)
    return area / (at[:, -1] - at[:, 0])


def _inside(values: Tensor, target: Target) -> Tensor:
    low = -math.inf if target.low is None else target.low
    high = math.inf if target.high is None else target.high
    return ((values > low) & (values <= high)).to(torch.int8)
