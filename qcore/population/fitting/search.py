"""Stepwise search for the structure of a model, with a report of every step."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from qcore.errors import InvalidValue
from qcore.population.fitting.fit import Fit, fit
from qcore.population.fitting.flipflop import criterion, is_flipped, twin
from qcore.population.fitting.foce import Problem
from qcore.population.structure import Structure

WORTH = 2.0
"""A step is kept if the criterion falls by more than this."""


@dataclass(frozen=True)
class Tried:
    """One model that the search fitted.

    Attributes:
        what: it changes, in words.
        ofv: objective function value, -2 log likelihood.
        bic: Bayesian information criterion.
        kept: whether the search went on from it.
    """

    what: str
    ofv: float
    bic: float
    kept: bool


Candidate = tuple[str, Structure, Mapping[str, float]]
"""A step: what it changes in words, the new structure, and initial estimates of new numbers by name."""


Steps = Callable[[Fit], Iterable[Candidate]]
"""Function that returns the steps that may follow a fit."""


@dataclass
class Search:
    """A stepwise search for the structure that describes a study best.

    Attributes:
        on_step: called with every model that was tried.
    """

    on_step: Callable[[Tried], None] = lambda _: None

    def start(self, candidates: Iterable[tuple[str, Problem, Mapping[str, float]]]) -> list[Fit]:
        """Fit models to start from; the best comes first.

        Raises:
            InvalidValue: none of them can be fitted.
        """
        fits, refused = [], list[InvalidValue]()
        for what, problem, known in candidates:
            try:
                fits.append((what, _usual(problem, known)))
            except InvalidValue as error:
                refused.append(error)
        if refused and not fits:
            raise refused[0]
        ordered = sorted((each for _, each in fits), key=criterion)
        for what, each in fits:
            self._note(what, each, each is ordered[0])
        return ordered

    def best(
        self, current: Fit, candidates: Iterable[tuple[str, Problem, Mapping[str, float]]], worth: float = WORTH
    ) -> Fit:
        """Return the best candidate if it improves the criterion enough, else the current fit."""
        fitted = [(what, self._fitted(problem, current.named | dict(more))) for what, problem, more in candidates]
        fits = [(what, each) for what, each in fitted if each is not None]
        winner = min((each for _, each in fits), key=criterion, default=current)
        winner = winner if criterion(winner) < criterion(current) - worth else current
        for what, each in fits:
            self._note(what, each, each is winner)
        return winner

    def unnoticed(self, current: Fit, what: str, structure: Structure, rise: float) -> Fit:
        """Return a smaller model if -2 log likelihood does not rise by more than `rise`, else the current fit."""
        smaller = self._fitted(replace(current.problem, structure=structure), current.named)
        if smaller is None:
            return current
        kept = smaller.ofv <= current.ofv + rise
        self._note(what, smaller, kept)
        return smaller if kept else current

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
            return _usual(problem, known)
        except InvalidValue:
            return None

    def _note(self, what: str, fitted: Fit, kept: bool) -> None:
        self.on_step(Tried(what, fitted.ofv, fitted.bic, kept))


def _usual(problem: Problem, known: Mapping[str, float]) -> Fit:
    """Fit a model; if absorption comes out slower than elimination, fit its twin too and return the better one.

    Raises:
        InvalidValue: the model cannot be fitted.
    """
    fitted = fit(problem, known)
    if not is_flipped(fitted):
        return fitted
    try:
        return min(fitted, fit(problem, twin(fitted)), key=criterion)
    except InvalidValue:
        return fitted
