"""The lowest dose with which enough people reach a target, or the highest that keeps it, and how sure it is."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Protocol

import numpy as np
import torch
from torch import Tensor

from qcore.arguments import check_kind
from qcore.errors import InvalidValue, UnsafeDose
from qcore.population.model import PopulationModel
from qcore.population.steady_state import Interval, SteadyState
from qcore.tasks.dosing.drug.cap import within_cap
from qcore.tasks.dosing.drug.file import Regimen
from qcore.tasks.dosing.target import Target, doses_reaching
from qcore.tasks.dosing.virtual_population import People, Population, people

N_PEOPLE = 8192
N_PEOPLE_A_DRAW = 1024
N_DRAWS = 128
SEED = 2025
COVERAGE = 0.9
"""Nominal coverage of the interval of a dose."""
MECHANISTIC = "mechanistic"
Progress = Callable[[int, int], None]
"""Called with how many parts of the work are done, and how many there are."""


@dataclass(frozen=True)
class Question:
    """A dose that is asked for: for whom, given how, to reach what in what share of people.

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

    def __post_init__(self) -> None:
        """Refuse a question that is none.

        Raises:
            InvalidValue: the share is not above 0 and at most 1, or a part is of another type.
        """
        for name, kind in (("population", Population), ("regimen", Regimen), ("target", Target), ("share", Real)):
            check_kind(name, getattr(self, name), kind, "a number" if kind is Real else f"a qcore.{kind.__name__}")
        if not 0 < self.share <= 1:
            raise InvalidValue(
                f"A share of {self.share:g} cannot be: it is a number above 0 and at most 1, such as 0.9."
            )

    @property
    def curve(self) -> str:
        """Key of the curve the answer is read off: everything in the question but the share asked for."""
        return repr((self.population, self.regimen, self.target))


@dataclass(frozen=True)
class Answer:
    """The answer of a model to a question; one with a dose above the cap cannot be created.

    Attributes:
        question: the question that is answered.
        dose: the lowest that does it, or the highest where more leads away from the target; None where none does.
        low: the dose is between this and ``high`` in 90 % of draws of the model's numbers; None beyond the cap, and 0
            where the highest is asked for and none is low enough.
        high: upper end of that interval.
        attained: share of the population who reach the target with the dose; where no dose does it, with that which
            comes nearest: the cap, or the first step where the highest is asked for.
        model: name of the model that answers.
        backend: where its circuits ran, as a line of text; None where it has none.
        doubts: what speaks against the dose, sentences, where it was looked for (`trusted_doses`).
    """

    question: Question
    dose: float | None
    low: float | None
    high: float | None
    attained: float
    model: str = MECHANISTIC
    backend: str | None = None
    doubts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold every dose against the cap.

        Raises:
            UnsafeDose: one is above it.
        """
        for dose in (self.dose, self.low, self.high):
            if dose is not None:
                within_cap(dose, self.question.regimen)


@dataclass(frozen=True)
class Curves:
    """What share of a population reaches a target, by dose; answers are read off these curves.

    Attributes:
        doses: all of the regimen, up to its cap, ``(n_doses,)``.
        best: share who reach it, by the model's own numbers, ``(n_doses,)``.
        drawn: by draws of its numbers, ``(n_draws, n_doses)``.
        model: name of the model that answers.
        backend: where its circuits ran; None where it has none.
    """

    doses: Tensor
    best: Tensor
    drawn: Tensor
    model: str = MECHANISTIC
    backend: str | None = None

    def band(self) -> tuple[Tensor, Tensor]:
        """Return what 90 % of draws lie between, by dose, each ``(n_doses,)``."""
        edges = torch.tensor([(1 - COVERAGE) / 2, (1 + COVERAGE) / 2], dtype=self.drawn.dtype)
        low, high = torch.quantile(self.drawn, edges, dim=0)
        return low, high

    def answer(self, question: Question) -> Answer:
        """Return the answer to a question on this population, regimen and target.

        Raises:
            UnsafeDose: the curves are of other doses than those of the question's regimen.
        """
        if not torch.equal(self.doses, grid(question.regimen)):
            raise UnsafeDose(
                f"Doses of another regimen were about to be named for {question.regimen.name}, up to "
                f"{question.regimen.cap:g}: none is shown. This is a fault of Qlinical: report it."
            )
        highest = question.target.highest
        dose = dose_asked(self.doses, self.best, question)
        drawn = [dose_asked(self.doses, each, question) for each in self.drawn]
        none = 0.0 if highest else math.inf
        edges = np.quantile(
            [none if each is None else each for each in drawn],
            [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2],
            method="nearest",
        )
        low, high = (float(edge) if np.isfinite(edge) else None for edge in edges)
        nearest = 0 if highest else -1
        at = nearest if dose is None else int((self.doses == dose).nonzero()[0])
        return Answer(question, dose, low, high, float(self.best[at]), self.model, self.backend)


def lowest_dose(doses: Tensor, attained: Tensor, share: float) -> float | None:
    """Return the lowest of doses ``(n_doses,)`` with which at least this share attain the target; None if none does."""
    enough = (attained >= share).nonzero()
    return float(doses[int(enough[0])]) if len(enough) else None


def highest_dose(doses: Tensor, attained: Tensor, share: float) -> float | None:
    """Return the highest of doses ``(n_doses,)`` with which this share or more attain a target; None if none does."""
    enough = (attained >= share).nonzero()
    return float(doses[int(enough[-1])]) if len(enough) else None


def dose_asked(doses: Tensor, attained: Tensor, question: Question) -> float | None:
    """Return the lowest dose that answers a question, or the highest if its target asks for that; None if none does.

    Args:
        doses: all of the regimen, ``(n_doses,)``.
        attained: share who reach the target, by dose, ``(n_doses,)``.
        question: whose share and target count.
    """
    find = highest_dose if question.target.highest else lowest_dose
    return find(doses, attained, question.share)


class DoseModel(Protocol):
    """A model that can be asked for doses."""

    @property
    def name(self) -> str:
        """Name of the model, which every answer bears."""
        ...

    @property
    def runs_on(self) -> str | None:
        """Where its circuits run, as a line of text; None where it has none."""
        ...

    def curves(self, question: Question, on_progress: Progress = lambda *_: None) -> Curves:
        """Return what share of a question's population reaches its target, by dose, whatever share it asks for."""
        ...


@dataclass(frozen=True)
class MechanisticDoseModel:
    """The population model, asked for doses.

    Attributes:
        model: the population model.
    """

    model: PopulationModel
    name: str = MECHANISTIC
    runs_on: str | None = None

    def curves(self, question: Question, on_progress: Progress = lambda *_: None) -> Curves:
        """Return what share reaches the target, by dose; see `DoseModel`."""
        doses, drawn = grid(question.regimen), drawn_curves(self.model, question, on_progress)
        return Curves(doses, best_curve(self.model, question), drawn)


def best_curve(model: PopulationModel, question: Question) -> Tensor:
    """Return the share who reach a question's target by dose, by the model's own numbers, ``(n_doses,)``."""
    crowd = people(model, question.population, N_PEOPLE, SEED)
    return attainment(model, crowd, question.regimen, question.target)


def drawn_curves(model: PopulationModel, question: Question, on_progress: Progress = lambda *_: None) -> Tensor:
    """Return the same curves for draws of the model's numbers, ``(n_draws, n_doses)``.

    Args:
        model: the population model, with the covariance of its numbers.
        question: its share does not matter.
        on_progress: called with how many draws are done, and how many there are.
    """
    few = people(model, question.population, N_PEOPLE_A_DRAW, SEED)
    drawn = []
    for done, numbers in enumerate(model.draws(N_DRAWS, SEED)):
        on_progress(done, N_DRAWS)
        drawn.append(attainment(model, few, question.regimen, question.target, numbers))
    return torch.stack(drawn)


def grid(regimen: Regimen) -> Tensor:
    """Return all doses of a regimen up to its cap, ``(n_doses,)``."""
    steps = torch.arange(1, int(regimen.cap / regimen.step + 1e-9) + 1, dtype=torch.float64)
    # Three steps of .1 are a little more than .3 to a computer: the last dose is the cap itself.
    return (regimen.step * steps).clamp(max=regimen.cap)


def attainment(
    model: PopulationModel, crowd: People, regimen: Regimen, target: Target, numbers: Tensor | None = None
) -> Tensor:
    """Return the share of people who reach a target with every dose of a regimen, ``(n_doses,)``."""
    state = SteadyState(model.structure, crowd.patients(model, numbers), Interval.of(regimen.interval_h))
    return doses_reaching(target, state, regimen.cap).attainment(grid(regimen))


def answer(model: PopulationModel, questions: Sequence[Question]) -> list[Answer]:
    """Return what the population model answers; see `ask`."""
    return ask(MechanisticDoseModel(model), questions)


def ask(model: DoseModel, questions: Sequence[Question]) -> list[Answer]:
    """Answer questions; those that differ in the share alone are worked out together.

    Args:
        model: the population model or a network.
        questions: in any order; answers come in the same.
    """
    together: dict[str, list[Question]] = {}
    for question in questions:
        together.setdefault(question.curve, []).append(question)
    answers: dict[int, Answer] = {}
    for several in together.values():
        all_doses = model.curves(several[0])
        for question in several:
            answers[id(question)] = all_doses.answer(question)
    return [answers[id(question)] for question in questions]
