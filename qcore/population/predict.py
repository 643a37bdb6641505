"""Predictions for patients with known parameters: concentration and response at the times of a design."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from qcore.population.design import Design, DosesByRoute, DoseSeries
from qcore.population.kinetics import Events, Modes, modes, steady, superposed
from qcore.population.scan import scan
from qcore.population.structure import Response, ResponseKind, Structure
from qcore.population.turnover import N_NODES, Panels, Turnover

TINY = 1e-12
"""Smallest concentration whose logarithm is taken."""


@dataclass(frozen=True)
class Exposure:
    """Concentrations of patients, where they were measured and where they act on a response.

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
        structure: of the model, which says whether a response turns over.
        patients: kinetic parameters by name, each ``(n_patients,)``.
        design: when what is given and measured.
    """
    turned = structure.response is not None and structure.response.turns_over
    times = torch.cat([design.times, design.node_times], -1) if turned else design.times
    concentrations = concentration(patients, design.doses, times)
    return Exposure(concentrations[..., : design.times.shape[-1]], concentrations[..., design.times.shape[-1] :])


def prediction(
    structure: Structure, patients: Mapping[str, Tensor], concentrations: Exposure, design: Design
) -> Tensor:
    """Return predictions at every time of a design, ``(n_patients, n_times)``; 0 in padding.

    Args:
        structure: of the model, with or without a response.
        patients: parameters by name, each ``(n_patients,)``.
        concentrations: of the patients, as `exposure` returns them.
        design: when what is given and measured.
    """
    if structure.response is None:
        return concentrations.measured * design.counts
    baseline = patients["R0"].unsqueeze(-1)
    if not structure.response.turns_over:
        response = baseline * (1 + effect(structure.response, patients, concentrations.measured))
    else:
        turning = Turnover(patients["KOUT"].unsqueeze(-1) * design.widths)
        passed = panels(structure.response, patients, turning, concentrations.acting)
        ends = baseline * (1 + scan(passed.kept, passed.gained))
        at = torch.gather(ends, -1, design.panel.clamp(min=0).expand(*ends.shape[:-1], -1))
        response = torch.where(design.panel < 0, baseline, at)
    return torch.where(design.response, response, concentrations.measured) * design.counts


def panels(response: Response, patients: Mapping[str, Tensor], turning: Turnover, concentrations: Tensor) -> Panels:
    """Return how an indirect response changes over the panels.

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
        concentrations: in the study's unit, ``(..., n_patients, n_times)``.
    """
    ec50 = patients["EC50"].unsqueeze(-1)
    if response.hill:
        logit = patients["HILL"].unsqueeze(-1) * (torch.log(concentrations.clamp(min=TINY)) - torch.log(ec50))
        share = torch.sigmoid(logit)
    else:
        share = concentrations / (ec50 + concentrations)
    if not response.inhibits:
        return patients["SMAX"].unsqueeze(-1) * share
    return -share * patients["IMAX"].unsqueeze(-1) if response.partial else -share


def concentration(patients: Mapping[str, Tensor], doses: DosesByRoute, times: Tensor) -> Tensor:
    """Return concentrations of patients, ``(n_patients, n_times)``.

    Args:
        patients: kinetic parameters by name, each ``(n_patients,)``.
        doses: what every patient is given, by route.
        times: at which concentrations are wanted, ``(n_patients, n_times)``.
    """
    running = doses.infused.used
    kinetics = modes_of(patients, running)
    lead = torch.broadcast_shapes(patients["CL"].shape, times.shape[:-1])
    total = times.new_zeros(*lead, times.shape[-1])
    if doses.absorbed.used:
        arriving = kinetics.absorbed * patients["F"].unsqueeze(-1) if "F" in patients else kinetics.absorbed
        total = total + _added(doses.absorbed, arriving, kinetics.rates, times, patients.get("TLAG"))
    if doses.bolus.used:
        total = total + _added(doses.bolus, kinetics.bolus, kinetics.rates, times)
    if running and kinetics.infused is not None:
        total = total + _added(doses.infused, kinetics.infused, kinetics.rates, times)
    return total


def modes_of(patients: Mapping[str, Tensor], infused: bool) -> Modes:
    """Return the modes of patients."""
    absorption, flow, second = (patients.get(name) for name in ("KA", "Q", "V2"))
    return modes(patients["CL"], patients["V"], absorption, flow, second, infused)


def _added(series: DoseSeries, each: Tensor, rates: Tensor, times: Tensor, late: Tensor | None = None) -> Tensor:
    """Return the concentrations that doses of one route add, ``(..., n_patients, n_times)``.

    Args:
        series: doses that take one route.
        each: what one unit adds to each mode, ``(..., n_patients, n_modes)``.
        rates: of decay of the modes, ``(..., n_patients, n_modes)``.
        times: at which concentrations are wanted, ``(n_patients, n_times)``.
        late: by how much each dose comes later, ``(..., n_patients)``.
    """
    groups = series.alike
    if len(groups) == 1:
        return superposed(_events(series, each, rates, late), rates, times)
    parts = []
    for rows in groups:
        some = None if late is None else late[..., rows]
        events = _events(series.take(rows), each[..., rows, :], rates[..., rows, :], some)
        parts.append(superposed(events, rates[..., rows, :], times[..., rows, :]))
    return torch.cat(parts, -2)[..., torch.argsort(torch.cat(groups)), :]


def _events(series: DoseSeries, each: Tensor, rates: Tensor, late: Tensor | None) -> Events:
    amplitudes = series.amounts.unsqueeze(-1) * each.unsqueeze(-2)
    repeated = steady(amplitudes, rates.unsqueeze(-2), series.intervals.unsqueeze(-1))
    return Events(series.times if late is None else series.times + late.unsqueeze(-1), repeated)
