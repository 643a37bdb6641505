"""A study as padded tensors: events, measurements and the panels over which a response is integrated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.population.turnover import nodes
from qcore.study import Array, Doses, Flags, Quantity, Study, Subject

SHORT = 24
"""Up to this many doses a patient, padding costs less than sorting."""
RATIO = 4.0
"""Each panel after a dose is at most so many times as far from it at its end as at its start."""


@dataclass(frozen=True)
class DoseSeries:
    """Doses of a batch of patients, every tensor ``(n_patients, n_doses)``; padded with amounts of 0.

    Attributes:
        times: at which doses begin.
        amounts: what is given; for infusions the rate, negative where one ends.
        intervals: at which each was given for ever before; 0 where it was not.
    """

    times: Tensor
    amounts: Tensor
    intervals: Tensor

    @property
    def used(self) -> bool:
        """Whether there are any doses."""
        return bool((self.amounts != 0).any())

    def take(self, patients: Tensor) -> "DoseSeries":
        """Return those of some patients, without padding that none of them needs."""
        amounts = self.amounts[patients]
        length = max(1, int((amounts != 0).any(0).nonzero().max()) + 1) if bool((amounts != 0).any()) else 1
        return DoseSeries(self.times[patients, :length], amounts[:, :length], self.intervals[patients, :length])

    @property
    def alike(self) -> list[Tensor]:
        """Patients by number in groups with about as many doses, so that few are padded to the longest."""
        counts = (self.amounts != 0).sum(-1)
        longest, groups = self.amounts.shape[-1], []
        while longest > SHORT and len(counts):
            groups.append(((counts <= longest) & (counts > longest // 3)).nonzero().squeeze(-1))
            longest //= 3
        return [rows for rows in [*groups, (counts <= longest).nonzero().squeeze(-1)] if len(rows)]


@dataclass(frozen=True)
class DosesByRoute:
    """All doses of a batch of patients, by route."""

    absorbed: DoseSeries
    bolus: DoseSeries
    infused: DoseSeries

    def take(self, patients: Tensor) -> "DosesByRoute":
        """Return what some patients are given."""
        return DosesByRoute(self.absorbed.take(patients), self.bolus.take(patients), self.infused.take(patients))


@dataclass(frozen=True)
class Design:
    """When what was given and measured; every tensor starts with ``n_patients``.

    Attributes:
        doses: what every patient is given.
        times: of measurements, ``(n_patients, n_times)``, padded.
        measured: values, ``(n_patients, n_times)``.
        response: which of them are of the response.
        counts: which of them are measurements and not padding.
        starts: of panels, ``(n_patients, n_panels)``; none where no response was measured.
        widths: of panels, 0 pads.
        panel: at whose end a measurement of the response stands, ``(n_patients, n_times)``; -1 before all.
        covariates: by name, each ``(n_patients,)``.
    """

    doses: DosesByRoute
    times: Tensor
    measured: Tensor
    response: Tensor
    counts: Tensor
    starts: Tensor
    widths: Tensor
    panel: Tensor
    covariates: dict[str, Tensor]

    @property
    def n_patients(self) -> int:
        """Number of patients whose doses and measurements are laid out."""
        return len(self.times)

    @property
    def node_times(self) -> Tensor:
        """Times at which an effect is evaluated, ``(n_patients, n_panels * n_nodes)``."""
        return (self.starts.unsqueeze(-1) + self.widths.unsqueeze(-1) * nodes()).flatten(-2)

    def take(self, patients: Tensor) -> "Design":
        """Return the design of some patients, given by number or by a flag for each."""
        return Design(
            self.doses.take(patients),
            self.times[patients],
            self.measured[patients],
            self.response[patients],
            self.counts[patients],
            self.starts[patients],
            self.widths[patients],
            self.panel[patients],
            {name: column[patients] for name, column in self.covariates.items()},
        )

    def kind(self, quantity: Quantity) -> Tensor:
        """Return which measurements are of this quantity."""
        return self.counts & (self.response == (quantity is Quantity.RESPONSE))


def design(study: Study, absorbed: bool | None = None, ratio: float = RATIO, early: bool = False) -> Design:
    """Return the design of a study.

    Args:
        study: subjects with their doses and measurements.
        absorbed: take all boluses as absorbed, or none; None as the study says.
        ratio: of panels; smaller is more exact and slower.
        early: use concentrations up to the first dose too; a model says 0 there, of which a fit can make nothing.
    """
    subjects = study.subjects
    used = [_used(subject) | early for subject in subjects]
    observed = [subject.observations for subject in subjects]
    pick = [(each.time[keep], each.value[keep], each.response[keep]) for each, keep in zip(observed, used, strict=True)]
    with_response = study.has_response
    scale = _first_sample(subjects)
    panels = [
        _panels(subject.doses, time[response], scale, ratio) if with_response else np.zeros(0)
        for subject, (time, _, response) in zip(subjects, pick, strict=True)
    ]
    starts = _padded([edges[:-1] for edges in panels])
    widths = _padded([np.diff(edges) for edges in panels])
    at: list[Array] = [
        np.where(response, np.searchsorted(edges, time) - 1.0, 0)
        for edges, (time, _, response) in zip(panels, pick, strict=True)
    ]
    return Design(
        doses_by_route([subject.doses for subject in subjects], absorbed),
        _padded([time for time, _, _ in pick]),
        _padded([value for _, value, _ in pick]),
        _padded([response.astype(float) for _, _, response in pick]).bool(),
        _padded([np.ones(len(time)) for time, _, _ in pick]).bool(),
        starts,
        widths,
        _padded(at).long(),
        {name: torch.from_numpy(study.covariate(name)) for name in study.covariates},
    )


def _used(subject: Subject) -> Flags:
    observed, doses = subject.observations, subject.doses
    first = doses.time.min(initial=np.inf)
    at_once = bool((~doses.absorbed & (doses.duration == 0))[doses.time == first].any())
    used: Flags = observed.response | (observed.time > first) | (at_once & (observed.time == first))
    return used


def doses_by_route(doses: Sequence[Doses], absorbed: bool | None = None) -> DosesByRoute:
    """Sort the doses of patients by route.

    Args:
        doses: of each patient, one entry a patient.
        absorbed: take all boluses as absorbed, or none; None as the doses say.
    """
    through, bolus, infused = [], [], []
    for each in doses:
        running = each.duration > 0
        enters = ~running & (each.absorbed if absorbed is None else absorbed)
        straight = ~running & ~enters
        every = each.steady_interval
        through.append((each.time[enters], each.amount[enters], every[enters]))
        bolus.append((each.time[straight], each.amount[straight], every[straight]))
        rate = each.amount[running] / each.duration[running]
        times = np.concatenate([each.time[running], (each.time + each.duration)[running]])
        order = np.argsort(times, kind="stable")
        infused.append((times[order], np.concatenate([rate, -rate])[order], np.tile(every[running], 2)[order]))
    return DosesByRoute(_series(through), _series(bolus), _series(infused))


def _series(rows: Sequence[tuple[Array, Array, Array]]) -> DoseSeries:
    return DoseSeries(
        _padded([times for times, _, _ in rows], last=True),
        _padded([amounts for _, amounts, _ in rows]),
        _padded([intervals for _, _, intervals in rows]),
    )


def _first_sample(subjects: Sequence[Subject]) -> float:
    """Return the shortest time after a dose at which anything was measured: the scale of what was meant to be seen."""
    shortest = np.inf
    for subject in subjects:
        since = subject.observations.time[:, None] - subject.doses.time[None]
        shortest = min(shortest, since[since > 0].min(initial=np.inf))
    return float(shortest) if np.isfinite(shortest) else 1.0


def _panels(doses: Doses, times: Array, scale: float, ratio: float) -> Array:
    """Return edges: every event, every measurement, and steps after an event that grow with the distance from it."""
    if not len(times):
        return np.zeros(0)
    events = np.unique(np.concatenate([doses.time, doses.time + doses.duration]))
    start = min(times.min(), events.min(initial=np.inf))
    end = times.max()
    edges = [np.array([start, end]), times, events]
    for event, following in zip(events, np.append(events, end)[1:], strict=True):
        step = 2 * scale
        while event + step < following:
            edges.append(np.array([event + step]))
            step *= ratio
    together: Array = np.unique(np.concatenate(edges))
    inside: Array = together[(together >= start) & (together <= end)]
    return inside


def _padded(rows: Sequence[Array], last: bool = False) -> Tensor:
    """Return rows as one tensor; what is missing is 0, or as the row's last number."""
    length = max((len(row) for row in rows), default=0)
    table = np.zeros((len(rows), max(length, 1)))
    for index, row in enumerate(rows):
        table[index, : len(row)] = row
        if last and len(row):
            table[index, len(row) :] = row[-1]
    return torch.from_numpy(table)
