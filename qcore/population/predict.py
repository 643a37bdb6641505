"""What patients with known parameters will show: concentration and response at the times of a design."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from qcore.population.design import Course, Design, Schedule
from qcore.population.kinetics import Events, Modes, modes, steady, superposed
from qcore.population.scan import scan
from qcore.population.structure import Response, ResponseKind, Structure
from qcore.population.turnover import N_NODES, Panels, Turnover

TINY = 1e-12
"""Concentrations below are taken as this where a logarithm is needed."""


@dataclass(frozen=True)
class Exposure:
    """Concentrations of patients.

    Attributes:
        measured: at the times of a design, ``(n_patients, n_times)``.
        acting: at the nodes of its panels, ``(n_patients, n_panels * n_nodes)``; empty where no turnover follows.
    """

    measured: Tensor
    acting: Tensor

    def take(self, patients: Tensor) -> "Exposure":
        """Return those of some patients."""
        return Exposure(self.measured[patients], self.acting[patients])


def exposure(structure: Structure, patients: Mapping[str, Tensor], design: Design) -> Exposure:
    """Return concentrations, at all times at which a model needs them.

    Args:
        structure: of the model.
        patients: kinetic parameters by name, each ``(n_patients,)``.
        design: when what is given and measured.
    """
    turned = structure.response is not None and structure.response.turns_over
    times = torch.cat([design.times, design.node_times], -1) if turned else design.times
    found = concentration(patients, design.schedule, times)
    return Exposure(found[..., : design.times.shape[-1]], found[..., design.times.shape[-1] :])


def prediction(structure: Structure, patients: Mapping[str, Tensor], found: Exposure, design: Design) -> Tensor:
    """Return what is expected at every time of a design, ``(n_patients, n_times)``; 0 in padding.

    Args:
        structure: of the model.
        patients: parameters by name, each ``(n_patients,)``.
        found: their concentrations.
        design: when what is given and measured.
    """
    if structure.response is None:
        return found.measured * design.counts
    baseline = patients["R0"].unsqueeze(-1)
    if not structure.response.turns_over:
        response = baseline * (1 + effect(structure.response, patients, found.measured))
    else:
        turning = Turnover(patients["KOUT"].unsqueeze(-1) * design.widths)
        passed = panels(structure.response, patients, turning, found.acting)
        ends = baseline * (1 + scan(passed.kept, passed.gained))
        at = torch.gather(ends, -1, design.panel.clamp(min=0).expand(*ends.shape[:-1], -1))
        response = torch.where(design.panel < 0, baseline, at)
    return torch.where(design.response, response, found.measured) * design.counts


def panels(response: Response, patients: Mapping[str, Tensor], turning: Turnover, concentrations: Tensor) -> Panels:
    """Return what becomes of a response that turns over.

    Args:
        response: how the drug acts.
        patients: parameters, each ``(..., n_patients)``.
        turning: over in these panels.
        concentrations: at the nodes of the panels, ``(..., n_patients, n_panels * n_nodes)``.
    """
    effects = effect(response, patients, concentrations).unflatten(-1, (-1, N_NODES))
    return turning.loss(effects) if response.kind is ResponseKind.LOSS else turning.production(effects)


def effect(response: Response, patients: Mapping[str, Tensor], concentrations: Tensor) -> Tensor:
    """Return the drug's effect E, dimensionless: -1 where what it changes stops.

    Args:
        response: how the drug acts.
        patients: parameters, each ``(..., n_patients)``.
        concentrations: ``(..., n_patients, n_times)``.
    """
    c50 = patients["C50"].unsqueeze(-1)
    if response.hill:
        logit = patients["HILL"].unsqueeze(-1) * (torch.log(concentrations.clamp(min=TINY)) - torch.log(c50))
        share = torch.sigmoid(logit)
    else:
        share = concentrations / (c50 + concentrations)
    if not response.inhibits:
        return patients["SMAX"].unsqueeze(-1) * share
    return -share * patients["IMAX"].unsqueeze(-1) if response.partial else -share


def concentration(patients: Mapping[str, Tensor], schedule: Schedule, times: Tensor) -> Tensor:
    """Return concentrations of patients, ``(n_patients, n_times)``.

    Args:
        patients: parameters, each ``(n_patients,)``.
        schedule: what is given.
        times: ``(n_patients, n_times)``.
    """
    running = schedule.infused.used
    found = modes_of(patients, running)
    lead = torch.broadcast_shapes(patients["CL"].shape, times.shape[:-1])
    total = times.new_zeros(*lead, times.shape[-1])
    if schedule.absorbed.used:
        arriving = found.absorbed * patients["F"].unsqueeze(-1) if "F" in patients else found.absorbed
        total = total + _added(schedule.absorbed, arriving, found.rates, times, patients.get("TLAG"))
    if schedule.bolus.used:
        total = total + _added(schedule.bolus, found.bolus, found.rates, times)
    if running and found.infused is not None:
        total = total + _added(schedule.infused, found.infused, found.rates, times)
    return total


def modes_of(patients: Mapping[str, Tensor], infused: bool) -> Modes:
    """Return the modes of patients."""
    absorption, flow, second = (patients.get(name) for name in ("KA", "Q", "V2"))
    return modes(patients["CL"], patients["V"], absorption, flow, second, infused)


def _added(course: Course, each: Tensor, rates: Tensor, times: Tensor, late: Tensor | None = None) -> Tensor:
    """Return what doses that take one way add, ``(..., n_patients, n_times)``.

    Args:
        course: of the doses.
        each: what one unit adds to each mode, ``(..., n_patients, n_modes)``.
        rates: of the modes.
        times: ``(n_patients, n_times)``.
        late: by how much each dose comes later, ``(..., n_patients)``.
    """
    groups = course.alike
    if len(groups) == 1:
        return superposed(_events(course, each, rates, late), rates, times)
    parts = []
    for rows in groups:
        some = None if late is None else late[..., rows]
        events = _events(course.take(rows), each[..., rows, :], rates[..., rows, :], some)
        parts.append(superposed(events, rates[..., rows, :], times[..., rows, :]))
    return torch.cat(parts, -2)[..., torch.argsort(torch.cat(groups)), :]


def _events(course: Course, each: Tensor, rates: Tensor, late: Tensor | None) -> Events:
    amplitudes = course.amounts.unsqueeze(-1) * each.unsqueeze(-2)
    repeated = steady(amplitudes, rates.unsqueeze(-2), course.intervals.unsqueeze(-1))
    return Events(course.times if late is None else course.times + late.unsqueeze(-1), repeated)
