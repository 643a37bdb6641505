"""A search for the structure of a model: which steps were tried, and which were kept."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import torch

from qcore.errors import InvalidValue
from qcore.population.fit import Fit, fit
from qcore.population.foce import Problem
from qcore.population.predict import modes_of
from qcore.population.structure import Structure

WORTH = 2.0
"""A step is kept if the criterion falls by more than this."""


@dataclass(frozen=True)
class Tried:
    """One model that was fitted on the way.

    Attributes:
        what: it changes, in words.
        minus_two: -2 log likelihood.
        bic: Bayesian criterion.
        kept: whether the search went on from it.
    """

    what: str
    minus_two: float
    bic: float
    kept: bool


Candidate = tuple[str, Structure, Mapping[str, float]]
"""What a step changes in words, the structure after it, and what new numbers start from."""


Steps = Callable[[Fit], Iterable[Candidate]]
"""The steps that lead on from a fit."""


@dataclass
class Search:
    """A search under way.

    Attributes:
        on_step: called with every model that was tried.
    """

    on_step: Callable[[Tried], None] = lambda _: None

    def start(self, candidates: Iterable[tuple[str, Problem, Mapping[str, float]]]) -> list[Fit]:
        """Fit models to start from; the best comes first, and those with absorption slower than elimination last.

        Raises:
            InvalidValue: none of them can be fitted.
        """
        found, refused = [], list[InvalidValue]()
        for what, problem, known in candidates:
            try:
                found.append((what, fit(problem, known)))
            except InvalidValue as error:
                refused.append(error)
        if refused and not found:
            raise refused[0]
        ordered = sorted((each for _, each in found), key=lambda each: (is_flipped(each), each.bic))
        for what, each in found:
            self._note(what, each, each is ordered[0])
        return ordered

    def best(
        self, current: Fit, candidates: Iterable[tuple[str, Problem, Mapping[str, float]]], worth: float = WORTH
    ) -> Fit:
        """Return the best of what improves the criterion, else what was there."""
        found = [(what, self._fitted(problem, current.named | dict(more))) for what, problem, more in candidates]
        fits = [(what, each) for what, each in found if each is not None]
        eligible = [each for _, each in fits if is_flipped(current) or not is_flipped(each)]
        winner = min(eligible, key=lambda each: each.bic, default=current)
        winner = winner if winner.bic < current.bic - worth else current
        for what, each in fits:
            self._note(what, each, each is winner)
        return winner

    def step(self, current: Fit, candidates: Steps, worth: float = WORTH) -> Fit:
        """Take the best step that improves the criterion, if there is one."""
        problems = [
            (what, replace(current.problem, structure=structure), more) for what, structure, more in candidates(current)
        ]
        return self.best(current, problems, worth)

    def climb(self, current: Fit, candidates: Steps, worth: float = WORTH) -> Fit:
        """Take the best step again and again until none improves the criterion."""
        while True:
            following = self.step(current, candidates, worth)
            if following is current:
                return current
            current = following

    @staticmethod
    def _fitted(problem: Problem, known: Mapping[str, float]) -> Fit | None:
        try:
            return fit(problem, known)
        except InvalidValue:
            return None

    def _note(self, what: str, found: Fit, kept: bool) -> None:
        self.on_step(Tried(what, found.minus_two, found.bic, kept))


def is_flipped(found: Fit) -> bool:
    """Tell whether absorption is slower than elimination (flip-flop).

    Such a model has a twin with the two exchanged that fits as well; without doses into the blood nothing tells them
    apart, and the twin is the usual one.
    """
    structure = found.structure
    if not structure.absorbed or structure.exposed:
        return False
    typical = {name: torch.tensor(value, dtype=torch.float64) for name, value in found.reported.items()}
    disposition = modes_of({name: value for name, value in typical.items() if name != "KA"}, infused=False)
    return bool(typical["KA"] < disposition.rates.max())
