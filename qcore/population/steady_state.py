"""A dosing interval at steady state: concentration and response when a dose is given for ever."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from qcore.population.kinetics import steady
from qcore.population.predict import effect, modes_of, panels
from qcore.population.scan import scan
from qcore.population.structure import Structure
from qcore.population.turnover import Turnover, nodes

N_PANELS = 16
GROWTH = 1.18
"""Ratio of the widths of neighbouring panels; the first one is 1/73 of the interval."""


@dataclass(frozen=True)
class Interval:
    """One interval between two doses.

    Attributes:
        length: of the interval, in the study's unit of time.
        edges: from 0 to ``length``, ``(n_panels + 1,)``: when patients are looked at.
    """

    length: float
    edges: Tensor

    @classmethod
    def of(cls, length: float, n_panels: int = N_PANELS) -> "Interval":
        """Return an interval whose edges are denser after the dose than before the next."""
        powers = GROWTH ** torch.arange(n_panels + 1, dtype=torch.float64)
        return cls(length, length * (powers - 1) / (powers[-1] - 1))

    @property
    def widths(self) -> Tensor:
        """Widths of the panels, ``(n_panels,)``."""
        return self.edges.diff()

    @property
    def node_times(self) -> Tensor:
        """Times at which an effect is evaluated, ``(n_panels * n_nodes,)``."""
        return (self.edges[:-1].unsqueeze(-1) + self.widths.unsqueeze(-1) * nodes()).flatten()


class SteadyState:
    """Patients at steady state under doses at an interval; works for any dose.

    Args:
        structure: of the model; a dose is absorbed where it says so, else a bolus into the blood.
        patients: parameters by name, each ``(n_patients,)``.
        interval: between two doses, in the study's unit of time.
    """

    def __init__(self, structure: Structure, patients: Mapping[str, Tensor], interval: Interval) -> None:
        self.response, self.patients, self.interval = structure.response, patients, interval
        self.at_edges = unit_concentration(structure, patients, interval.length, interval.edges)
        if self.response is not None and self.response.turns_over:
            self.turning = Turnover(patients["KOUT"].unsqueeze(-1) * interval.widths)
            self.at_nodes = unit_concentration(structure, patients, interval.length, interval.node_times)

    def concentrations(self, doses: Tensor) -> Tensor:
        """Return concentrations at the edges of the interval, ``(n_patients, n_edges)``.

        Args:
            doses: ``(n_patients,)`` or one for all.
        """
        return doses.unsqueeze(-1) * self.at_edges

    def average(self, doses: Tensor) -> Tensor:
        """Return the average concentration over the interval, ``(n_patients,)``: what arrives over what is cleared."""
        cleared = self.patients["CL"] * self.interval.length
        return self.patients.get("F", 1.0) * doses / cleared

    def responses(self, doses: Tensor) -> Tensor:
        """Return the response at the edges of the interval, ``(n_patients, n_edges)``.

        Args:
            doses: ``(n_patients,)`` or one for all.

        Raises:
            ValueError: the model has no response.
        """
        response = self.response
        if response is None:
            raise ValueError("this model has no response")
        baseline = self.patients["R0"].unsqueeze(-1)
        if not response.turns_over:
            return baseline * (1 + effect(response, self.patients, self.concentrations(doses)))
        passed = panels(response, self.patients, self.turning, doses.unsqueeze(-1) * self.at_nodes)
        from_zero = scan(passed.kept, passed.gained)
        left = passed.kept.cumprod(-1)
        # Whatever the interval starts from it must end with.
        first = from_zero[..., -1:] / (1 - left[..., -1:])
        return baseline * (1 + torch.cat([first, from_zero + first * left], -1))


def unit_concentration(structure: Structure, patients: Mapping[str, Tensor], length: float, times: Tensor) -> Tensor:
    """Return the steady concentration after one unit of the dose, ``(n_patients, n_times)``.

    Args:
        structure: of the model; a dose is absorbed where it says so, else a bolus into the blood.
        patients: parameters by name, each ``(n_patients,)``.
        length: of the interval between doses, in the study's unit of time.
        times: after the dose, ``(n_times,)``, from 0 to ``length``.
    """
    kinetics = modes_of(patients, infused=False)
    unit = kinetics.absorbed if structure.absorbed else kinetics.bolus
    if structure.absorbed and "F" in patients:
        unit = unit * patients["F"].unsqueeze(-1)
    amplitudes = steady(unit, kinetics.rates, torch.tensor(length, dtype=torch.float64)).unsqueeze(-2)
    late = patients["TLAG"].unsqueeze(-1) if structure.absorbed and "TLAG" in patients else 0.0
    since = torch.remainder(times - late, length)
    # The end of an interval is the trough, not the start of the next.
    since = torch.where((since == 0) & (times == length), torch.full_like(since, length), since)
    return (amplitudes * torch.exp(-kinetics.rates.unsqueeze(-2) * since.unsqueeze(-1))).sum(-1)
