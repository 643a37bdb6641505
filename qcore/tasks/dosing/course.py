"""What people's concentration and response do over time, from the first dose on; doses may be missed."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.population.design import design
from qcore.population.model import PopulationModel
from qcore.population.predict import exposure, modes_of, prediction
from qcore.population.structure import Structure
from qcore.study import Array, Doses, Observations, Study, Subject
from qcore.tasks.dosing.virtual_population import Population, people

SETTLED = 0.02
"""A steady state is reached when no more than this share of the initial difference is left."""
FEWEST_DOSES, MOST_DOSES = 4, 90
POINTS = (6, 20)
"""Fewest and most points in time in an interval between doses."""
MOST_POINTS = 400
JUST_BEFORE = 1e-6
EDGES = (0.05, 0.95)
"""Nine in ten people lie between these quantiles."""
N_PEOPLE = 512
SEED = 2025


@dataclass(frozen=True)
class Course:
    """Concentration and response of patients over time.

    Attributes:
        times: ``(n_times,)``, in the study's unit of time.
        concentration: in the study's unit, ``(n_patients, n_times)``.
        response: ``(n_patients, n_times)``; None where the model has none.
    """

    times: Tensor
    concentration: Tensor
    response: Tensor | None


@dataclass(frozen=True)
class Band:
    """Where people lie, each ``(n_times,)``: the middle one, and nine in ten of them."""

    median: Tensor
    low: Tensor
    high: Tensor

    @classmethod
    def of(cls, values: Tensor) -> "Band":
        """Return the band of ``(n_patients, n_times)``."""
        low, high = torch.quantile(values, torch.tensor(EDGES, dtype=values.dtype), dim=0)
        return cls(values.median(0).values, low, high)


def regular(structure: Structure, dose: float, interval: float, count: int, missed: Collection[int] = ()) -> Doses:
    """Return the same dose at an interval, from time 0 on.

    Args:
        structure: says whether doses are absorbed.
        dose: amount of each dose, in the study's unit.
        interval: between two doses, in the study's unit of time.
        count: how many were to be taken.
        missed: which of them were not, the first is 0.
    """
    taken = np.array([number for number in range(count) if number not in missed], dtype=np.float64)
    none = np.zeros(len(taken))
    absorbed = np.full(len(taken), structure.absorbed)
    return Doses(taken * interval, np.full(len(taken), float(dose)), none, absorbed, none)


def doses_until_steady(model: PopulationModel, interval: float) -> int:
    """Return the number of doses after which a typical person is at steady state, response included."""
    patients = typical(model, {})
    slowest = float(modes_of(patients, infused=False).rates.min())
    if "KOUT" in patients:
        slowest = 1 / (1 / slowest + 1 / float(patients["KOUT"]))
    return min(MOST_DOSES, max(FEWEST_DOSES, 1 + math.ceil(-math.log(SETTLED) / slowest / interval)))


def typical(model: PopulationModel, covariates: Mapping[str, float]) -> dict[str, Tensor]:
    """Return the parameters of one typical person, each ``(1,)``.

    Args:
        model: the population model.
        covariates: of the person; those not given are the study's medians, or 0 where they are 0 or 1.
    """
    usual = {
        each.name: 0.0 if set(each.seen) <= {0.0, 1.0} else float(np.median(each.seen)) for each in model.covariates
    }
    known = {name: torch.tensor([value], dtype=torch.float64) for name, value in (usual | dict(covariates)).items()}
    return model.patients(known, torch.zeros(1, len(model.structure.iiv), dtype=torch.float64))


def looked_at(interval: float, count: int) -> Array:
    """Return points in time over some intervals, denser after a dose than before the next."""
    return looked_at_between(interval * np.arange(count + 1, dtype=np.float64))


def looked_at_between(events: Array) -> Array:
    """Return points in time from the first to the last of several events, denser after one than before the next.

    Args:
        events: times of the events, rising, ``(n_events,)``.
    """
    points = min(max(MOST_POINTS // max(1, len(events) - 1), POINTS[0]), POINTS[1])
    # The first step is a hundredth or so of the interval, however many there are.
    steps = np.cumsum((1 + POINTS[0] / points) ** np.arange(points))
    # The last one is just before the next dose, where what goes straight into the blood jumps.
    once = np.append(0.0, np.minimum(steps / steps[-1], 1 - JUST_BEFORE))
    return np.append((events[:-1, None] + np.diff(events)[:, None] * once).ravel(), events[-1])


def course(structure: Structure, patients: Mapping[str, Tensor], doses: Doses, times: Array) -> Course:
    """Return concentration and response of patients who all take the same doses.

    Args:
        structure: of the population model.
        patients: parameters by name, each ``(n_patients,)``.
        doses: in the model's units.
        times: rising, ``(n_times,)``, from the first dose on.
    """
    n_times, responds = len(times), structure.response is not None
    at = np.tile(times, 2) if responds else times
    kind = np.repeat([False, True], n_times)[: len(at)]
    subject = Subject("", {}, doses, Observations(at, np.zeros(len(at)), kind))
    trial = design(Study((subject,), ()))
    # What the layout leaves out, up to the first dose, is a concentration of 0.
    seen = torch.zeros(len(patients["CL"]), len(at), dtype=torch.float64)
    kept = (at > doses.time.min(initial=np.inf)) | kind
    if not structure.absorbed and len(doses.time):
        kept |= at == doses.time[0]
    with torch.no_grad():
        predicted = prediction(structure, patients, exposure(structure, patients, trial), trial)
    seen[:, torch.from_numpy(kept)] = predicted[:, : int(kept.sum())]
    return Course(torch.from_numpy(times), seen[:, :n_times], seen[:, n_times:] if responds else None)


def crowd(model: PopulationModel, population: Population, doses: Doses, times: Array) -> tuple[Band, Band | None]:
    """Return where concentration and response of a population lie.

    Args:
        model: the population model.
        population: whose members are drawn.
        doses: all of them take.
        times: at which they are looked at, rising, ``(n_times,)``.
    """
    patients = people(model, population, N_PEOPLE, SEED).patients(model)
    shown = course(model.structure, patients, doses, times)
    return Band.of(shown.concentration), None if shown.response is None else Band.of(shown.response)
