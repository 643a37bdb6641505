"""What a dose is to reach at steady state, and which doses reach it in each patient."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from numbers import Real

import torch
from torch import Tensor

from qcore.arguments import check_kind, member_of
from qcore.errors import InvalidValue
from qcore.population.steady_state import SteadyState
from qcore.population.structure import Response
from qcore.tasks.dosing.crossing import crossing


class Measure(StrEnum):
    """Which property of a dosing interval a target limits."""

    RESPONSE = "response"
    """Throughout the interval."""
    TROUGH = "trough"
    """Concentration just before the next dose."""
    PEAK = "peak"
    """Highest concentration."""
    AVERAGE = "average"
    """Average concentration; times the interval, the area under the curve."""


@dataclass(frozen=True)
class Target:
    """A window in which a measure is to stay.

    Attributes:
        measure: of concentration or response that is to stay inside; a text such as ``trough`` is taken too.
        low: it stays above, None where there is no limit.
        high: it stays below, None where there is no limit.
        lowered: the drug lowers the response; None where that is not known, and a limit of a response is then taken
            for what the drug is given for.
    """

    measure: Measure
    low: float | None = None
    high: float | None = None
    lowered: bool | None = None

    def __post_init__(self) -> None:
        """Refuse a target that is none.

        Raises:
            InvalidValue: no such measure, no limit, or limits between which nothing can be.
        """
        object.__setattr__(self, "measure", member_of("measure", self.measure, Measure))
        limits = [limit for limit in (self.low, self.high) if limit is not None]
        for limit in limits:
            check_kind("A limit", limit, Real, "a number")
        if not limits:
            raise InvalidValue("A target needs a limit: say above what the measure is to stay, or below what.")
        if not all(math.isfinite(limit) for limit in limits) or (
            self.measure is not Measure.RESPONSE and min(limits) <= 0
        ):
            raise InvalidValue(f"A limit of {min(limits):g} cannot be: concentrations are above 0.")
        if limits != sorted(set(limits)):
            raise InvalidValue(f"Nothing is above {limits[0]:g} and below {limits[1]:g}: the lower limit comes first.")

    @property
    def highest(self) -> bool:
        """Whether more of the drug only leads away from it, so that the highest dose is asked for, not the lowest."""
        if self.low is not None and self.high is not None:
            return False
        if self.measure is Measure.RESPONSE:
            return self.lowered is not None and self.lowered == (self.high is None)
        return self.low is None

    def of(self, response: Response | None) -> "Target":
        """Return the same where it is known how the drug acts."""
        return replace(self, lowered=response.lowers if response else None)


@dataclass(frozen=True)
class Range:
    """The doses that reach a target, by patient; every dose between the two does.

    Attributes:
        lowest: ``(n_patients,)``, infinite where none does.
        highest: the highest such dose, ``(n_patients,)``.
    """

    lowest: Tensor
    highest: Tensor

    def attainment(self, doses: Tensor) -> Tensor:
        """Return the share of patients who reach the target with each dose, ``(n_doses,)``."""
        lowest = self.lowest.sort().values
        highest = torch.minimum(self.highest, torch.tensor(torch.inf, dtype=lowest.dtype)).sort().values
        reached = torch.searchsorted(lowest, doses, right=True)
        # Who is past the highest dose was past the lowest before; those who have no dose at all count in neither.
        passed = torch.searchsorted(highest, doses)
        return (reached - passed) / len(lowest)


def doses_reaching(target: Target, state: SteadyState, cap: float) -> Range:
    """Return the doses that reach a target.

    Everything measured rises or falls steadily with the dose, so that each limit allows all doses on one side.

    Args:
        target: what is to be reached.
        state: what patients show at steady state, by dose.
        cap: the highest dose that is considered.
    """
    n_patients = len(next(iter(state.patients.values())))
    lowest = torch.zeros(n_patients, dtype=torch.float64)
    highest = torch.full((n_patients,), float(cap), dtype=torch.float64)
    falls = target.measure is Measure.RESPONSE and state.response is not None and state.response.lowers
    for limit, below in ((target.low, False), (target.high, True)):
        if limit is None:
            continue
        edge = _edge(target.measure, limit, below, state, cap)
        if below == falls:
            lowest = torch.maximum(lowest, edge)
        else:
            highest = torch.minimum(highest, edge)
    none = lowest > highest
    return Range(torch.where(none, torch.inf, lowest), torch.where(none, torch.inf, highest))


def _edge(measure: Measure, limit: float, below: bool, state: SteadyState, cap: float) -> Tensor:
    """Return the dose at which each patient's measure crosses a limit: infinite, or -1, where no dose keeps it."""
    if measure is not Measure.RESPONSE:
        unit_dose = torch.ones(1, dtype=torch.float64)
        unit = _measured(measure, state, unit_dose, below)
        return limit / unit
    zero = torch.zeros_like(state.patients["CL"])
    rises = not (state.response is not None and state.response.lowers)
    half = state.patients["EC50"] / state.average(torch.ones(1, dtype=torch.float64))
    crossed = crossing(lambda doses: _measured(measure, state, doses, below), limit, cap, half)
    at_cap = _measured(measure, state, zero + cap, below)
    at_none = _measured(measure, state, zero, below)
    if rises:
        edge = torch.where(at_cap <= limit, zero + torch.inf, crossed)
        return torch.where(at_none > limit, zero - 1 if below else zero, edge)
    edge = torch.where(at_cap > limit, zero + torch.inf, crossed)
    return torch.where(at_none <= limit, zero if below else zero - 1, edge)


def _measured(measure: Measure, state: SteadyState, doses: Tensor, below: bool) -> Tensor:
    """Return a measure of each patient, ``(n_patients,)``: its extreme on the side of the limit."""
    if measure is Measure.RESPONSE:
        responses = state.responses(doses)
        return responses.amax(-1) if below else responses.amin(-1)
    if measure is Measure.AVERAGE:
        return state.average(doses)
    concentrations = state.concentrations(doses)
    return concentrations.amax(-1) if measure is Measure.PEAK else concentrations[..., -1]
