"""What comes next for one patient: the doses from now on, the curves they lead to, and the levels to expect."""

import math
from dataclasses import dataclass, replace

import numpy as np
import torch

from qcore.population.forecast import Forecast, Individual, forecast
from qcore.population.structure import Structure
from qcore.study import Array, Doses, Quantity, Subject
from qcore.tasks.dosing.course import JUST_BEFORE, Band, Course, course, looked_at_between, regular

N_DRAWS = 300
"""Draws for a band of a chart; fewer than for the dose, to save time."""
SEED = 2025
AHEAD_H = 24.0 * 14
FEWEST_AHEAD, MOST_AHEAD = 3, 28


@dataclass(frozen=True)
class FollowUp:
    """A patient who goes on with a dose.

    Attributes:
        start: when the first of the doses to come is due.
        interval: between two doses, in the study's unit of time.
        count: how many are looked at.
        subject: with all doses, those to come among them.
        times: at which curves are drawn, ``(n_times,)``.
    """

    start: float
    interval: float
    count: int
    subject: Subject
    times: Array

    @property
    def end(self) -> float:
        """Time at which the period ends."""
        return self.start + self.count * self.interval


def follow_up(structure: Structure, subject: Subject, dose: float, interval: float) -> FollowUp:
    """Return a patient who goes on with a dose.

    The next dose is due an interval after the last, or now where the last level was measured later.

    Args:
        structure: says whether doses are absorbed.
        subject: the patient's covariates, doses and levels up to now.
        dose: that is taken from now on.
        interval: between the doses to come.
    """
    given, seen = subject.doses, subject.observations
    start = max(given.time.max(initial=-interval) + interval, seen.time.max(initial=0.0))
    count = min(MOST_AHEAD, max(FEWEST_AHEAD, math.ceil(AHEAD_H / interval)))
    coming = regular(structure, dose, interval, count)
    coming = replace(coming, time=coming.time + start)
    pairs = zip(_columns(given), _columns(coming), strict=True)
    both = Doses(*(np.concatenate([before, after]) for before, after in pairs))
    events = np.unique(np.concatenate([[0.0], both.time, [start + count * interval]]))
    return FollowUp(start, interval, count, replace(subject, doses=both), looked_at_between(events))


def _columns(doses: Doses) -> tuple[np.ndarray, ...]:
    return doses.time, doses.amount, doses.duration, doses.absorbed, doses.steady_interval


def curves(patient: Individual, ahead: FollowUp) -> tuple[Band, Band | None]:
    """Return where concentration and response of a patient lie, as far as the levels tell."""
    patients = patient.patients(patient.draws(N_DRAWS, SEED))
    shown = course(patient.model.structure, patients, ahead.subject.doses, ahead.times)
    return Band.of(shown.concentration), None if shown.response is None else Band.of(shown.response)


def typical_course(patient: Individual, ahead: FollowUp) -> Course:
    """Return what a typical person of the same covariates would show with the same doses."""
    typical = patient.patients(torch.zeros_like(patient.eta).unsqueeze(0))
    return course(patient.model.structure, typical, ahead.subject.doses, ahead.times)


def next_levels(patient: Individual, ahead: FollowUp, times: Array, quantity: Quantity) -> Forecast:
    """Return the levels to expect, each just before the dose that may be due at its time.

    Args:
        patient: with what the levels say.
        ahead: the doses to come.
        times: at which levels are expected, ``(n_times,)``.
        quantity: concentration or response.
    """
    whole = Individual(patient.model, ahead.subject, patient.eta, patient.covariance)
    return forecast(whole, times - JUST_BEFORE * ahead.interval, quantity, SEED)
