"""The lowest dose with which enough people reach a target, and how sure it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.population.model import PopulationModel
from qcore.population.steady_state import Interval, SteadyState
from qcore.tasks.dosing.drug import Drug, Regimen
from qcore.tasks.dosing.people import People, Population, people
from qcore.tasks.dosing.target import Target, doses_reaching

N_PEOPLE = 8192
N_PEOPLE_A_DRAW = 1024
N_DRAWS = 100
SEED = 2025
COVERAGE = 0.9
"""Of the interval of a dose."""


@dataclass(frozen=True)
class Question:
    """A dose that is asked for.

    Attributes:
        population: whom it is for.
        regimen: how often, in which steps, and up to what.
        target: what it is to reach.
        share: of the population who are to reach it.
    """

    population: Population
    regimen: Regimen
    target: Target
    share: float


@dataclass(frozen=True)
class Answer:
    """What a model says.

    Attributes:
        question: that was asked.
        dose: the lowest that does it; None where none up to the cap does.
        low: the dose is between this and ``high`` in 90 of 100 draws of the model's numbers; None beyond the cap.
        high: see ``low``.
        attained: share of the population who reach the target with the dose (with the cap, where no dose does).
    """

    question: Question
    dose: float | None
    low: float | None
    high: float | None
    attained: float


def grid(regimen: Regimen) -> Tensor:
    """Return all doses of a regimen up to its cap, ``(n_doses,)``."""
    return regimen.step * torch.arange(1, int(regimen.cap / regimen.step + 1e-9) + 1, dtype=torch.float64)


def attainment(
    model: PopulationModel, crowd: People, regimen: Regimen, target: Target, numbers: Tensor | None = None
) -> Tensor:
    """Return the share of people who reach a target with every dose of a regimen, ``(n_doses,)``."""
    state = SteadyState(model.structure, crowd.patients(model, numbers), Interval.of(regimen.interval_h))
    return doses_reaching(target, state, regimen.cap).attainment(grid(regimen))


def answer(
    model: PopulationModel, questions: Sequence[Question], on_progress: Callable[[int, int], None] = lambda *_: None
) -> list[Answer]:
    """Answer questions; those that differ in the share alone are worked out together.

    Args:
        model: that is asked.
        questions: what is asked.
        on_progress: called with how many parts of the work are done, and how many there are.
    """
    together: dict[tuple[str, float], list[Question]] = {}
    for question in questions:
        together.setdefault((repr((question.population, question.target)), question.regimen.interval_h), []).append(
            question
        )
    draws = model.draws(N_DRAWS, SEED)
    found: dict[int, Answer] = {}
    for done, several in enumerate(together.values()):
        on_progress(done, len(together))
        one = several[0]
        crowd = people(model, one.population, N_PEOPLE, SEED)
        best = attainment(model, crowd, one.regimen, one.target)
        few = people(model, one.population, N_PEOPLE_A_DRAW, SEED)
        other = [attainment(model, few, one.regimen, one.target, numbers) for numbers in draws]
        for question in several:
            found[id(question)] = _answer(question, best, other)
    on_progress(len(together), len(together))
    return [found[id(question)] for question in questions]


def _answer(question: Question, best: Tensor, other: Sequence[Tensor]) -> Answer:
    doses = grid(question.regimen)
    lowest = [_lowest(doses, each, question.share) for each in other]
    edges = np.quantile(lowest, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2], method="nearest")
    low, high = (float(edge) if np.isfinite(edge) else None for edge in edges)
    dose = _lowest(doses, best, question.share)
    reached = bool(np.isfinite(dose))
    at = int((doses == dose).nonzero()[0]) if reached else -1
    return Answer(question, dose if reached else None, low, high, float(best[at]))


def _lowest(doses: Tensor, attained: Tensor, share: float) -> float:
    enough = (attained >= share).nonzero()
    return float(doses[int(enough[0])]) if len(enough) else float("inf")


def challenge(drug: Drug, weight_free: bool = False) -> list[Question]:
    """Return the five questions of the Quantum Innovation Challenge 2025, for every regimen and share of the file.

    Args:
        drug: with its regimens, aim and shares.
        weight_free: the study has no weight, so that populations by weight are left out.
    """
    populations = (
        [Population()]
        if weight_free
        else [
            Population("50-100 kg", (50.0, 100.0)),
            Population("70-140 kg", (70.0, 140.0)),
            Population("50-100 kg, no comedication", (50.0, 100.0), {"COMED": 0.0}),
        ]
    )
    return [
        Question(population, regimen, drug.aim.target, share)
        for population in populations
        for share in drug.shares
        for regimen in drug.regimens
    ]
