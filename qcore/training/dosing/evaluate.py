"""The errors of every model on subjects it has not seen, by repeated cross-validation on the same folds.

Two cases are kept apart: of an unseen subject only doses and covariates are known; in a forecast the first samples are
known too, and only what comes later is predicted. A fold that is done is kept as a file, and a run that was stopped
goes on from there.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from qcore.evidence.metrics import Array, Estimate
from qcore.io.study import Quantity, Study
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.learned.model import Build, Experts
from qcore.tasks.dosing.learned.moments import QUANTITIES, measured_moments
from qcore.training.dosing.candidates import CANDIDATES, Candidate, Trainer, recipe_of
from qcore.training.dosing.errors import Squares, difference, rmse, spreads, squares
from qcore.training.dosing.folds import N_FOLDS, N_REPEATS, Fold, folds

FORECAST_AFTER = 168.0
"""A week: samples up to then are known in a forecast, in the study's unit of time."""
UNSEEN_CASE = "unseen"
FORECAST_CASE = "forecast"
CASES: Mapping[str, float | None] = {UNSEEN_CASE: None, FORECAST_CASE: FORECAST_AFTER}
"""Until when samples are known, in the study's unit of time, by the name of the case; None where none are."""
Progress = Callable[[str, int, int], object]


@dataclass(frozen=True)
class Error:
    """How far a model is off.

    Attributes:
        model: one of `CANDIDATES`.
        case: unseen, or forecast.
        quantity: concentration or response.
        rmse: in the quantity's unit.
        normalised: divided by the standard deviation of all measurements of the quantity.
    """

    model: str
    case: str
    quantity: Quantity
    rmse: Estimate
    normalised: Estimate


@dataclass(frozen=True)
class Comparison:
    """How much more one model is off than another, on the same subjects, normalised; below 0 it is better."""

    model: str
    other: str
    case: str
    quantity: Quantity
    difference: Estimate


@dataclass(frozen=True)
class Errors:
    """The errors of all models.

    Attributes:
        n_subjects: predicted, each once in every repeat.
        n_folds: parts of a division.
        n_repeats: divisions.
        cases: by name, until when samples are known, in the study's unit of time; None where none are.
        spreads: standard deviation of all measurements of each quantity, in its unit.
        errors: of every model, case and quantity.
        comparisons: of every quantum model with its control, and of every model with the mechanistic one.
    """

    n_subjects: int
    n_folds: int
    n_repeats: int
    cases: Mapping[str, float | None]
    spreads: Mapping[Quantity, float]
    errors: tuple[Error, ...]
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, eq=False)
class Validation:
    """A cross-validation.

    Attributes:
        study: whose subjects are held out in turns.
        known: the mechanistic model's structure, and numbers to start its fits from.
        kept: folder of the folds that are done.
        n_folds: parts of a division.
        n_repeats: divisions.
        cases: by name, until when samples are known; None where none are.
        candidates: by name; a quantum one is compared with the classical one of the same name.
        on_progress: is told what is being done, steps done and steps in all.
    """

    study: Study
    known: PopulationModel
    kept: Path
    n_folds: int = N_FOLDS
    n_repeats: int = N_REPEATS
    cases: Mapping[str, float | None] = field(default_factory=lambda: CASES)
    candidates: Mapping[str, Candidate] = field(default_factory=lambda: CANDIDATES)
    on_progress: Progress = lambda _what, _done, _all: None

    def run(self) -> Errors:
        """Train every candidate on every fold, unless that is done, and return the errors."""
        divided = list(folds(self.study, self.n_folds, self.n_repeats))
        total, done = len(divided) * len(self.cases) * len(self.candidates), 0
        predicted: dict[tuple[str, str, int], list[Array]] = {}
        for fold in divided:
            trainer = Trainer(fold.training, self.known)
            for case, end in self.cases.items():
                for name, candidate in self.candidates.items():
                    where = f"part {fold.number + 1} of division {fold.repeat + 1}"
                    self.on_progress(f"{name}, {case}, {where}", done, total)
                    rows = self._predicted(trainer, fold, candidate, end)
                    predicted.setdefault((name, case, fold.repeat), []).append(rows)
                    done += 1
        self.on_progress("done", total, total)
        return self._errors(divided, predicted)

    def _predicted(self, trainer: Trainer, fold: Fold, candidate: Candidate, end: float | None) -> Array:
        """Return predictions of the subjects held out, ``(n_rows, 2)``, the mean over all members."""
        members = [replace(candidate, seeds=(seed,)) for seed in candidate.seeds]
        mean: Array = np.mean([self._of_member(trainer, fold, member, end) for member in members], axis=0)
        return mean

    def _of_member(self, trainer: Trainer, fold: Fold, candidate: Candidate, end: float | None) -> Array:
        """Return what one member predicts, ``(n_rows, 2)``; each is kept by itself, and more can join it."""
        file = self.kept / f"{self._key(fold, candidate, end)}.npy"
        if file.is_file():
            found: Array = np.load(file, allow_pickle=False)
            return found
        moments = measured_moments(fold.test, _after(end))
        rows: Array = trainer.predicted(candidate, fold.test, moments, end).numpy()
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written whole or not at all.
        part = file.with_suffix(".part.npy")
        np.save(part, rows)
        part.replace(file)
        return rows

    def _key(self, fold: Fold, candidate: Candidate, end: float | None) -> str:
        """Return text that differs where the predictions would, as long as the code is the same."""
        recipe = asdict(recipe_of(candidate, end)) if isinstance(candidate.build, Build) else None
        content = [asdict(candidate), recipe, end, fold.held_out.tolist(), self.known.numbers, version("torch")]
        digest = hashlib.sha256(json.dumps(content).encode())
        for subject in self.study.subjects:
            digest.update(json.dumps(dict(subject.covariates)).encode())
            for array in (*vars(subject.doses).values(), *vars(subject.observations).values()):
                digest.update(array.tobytes())
        return digest.hexdigest()[:32]

    def _errors(self, divided: Sequence[Fold], predicted: Mapping[tuple[str, str, int], list[Array]]) -> Errors:
        """Put the folds of every division together, and compare."""
        spread = spreads(self.study)
        errors, comparisons = [], []
        for case, end in self.cases.items():
            found = {name: self._squares(divided, predicted, name, case, end) for name in self.candidates}
            for column, quantity in enumerate(QUANTITIES):
                if quantity not in spread:
                    continue
                of = {name: each[column] for name, each in found.items()}
                unit = spread[quantity]
                errors += [Error(name, case, quantity, rmse(each), rmse(each, unit)) for name, each in of.items()]
                against = [(name, "mechanistic") for name in of if name != "mechanistic" and "mechanistic" in of]
                pairs = [(name, other) for name, other in controls(of).items() if other in of]
                comparisons += [
                    Comparison(name, other, case, quantity, difference(of[name], of[other], unit))
                    for name, other in [*pairs, *against]
                ]
        return Errors(
            len(self.study.subjects),
            self.n_folds,
            self.n_repeats,
            self.cases,
            spread,
            tuple(errors),
            tuple(comparisons),
        )

    def _squares(
        self,
        divided: Sequence[Fold],
        predicted: Mapping[tuple[str, str, int], list[Array]],
        name: str,
        case: str,
        end: float | None,
    ) -> list[Squares]:
        """Return the squared errors of a model in a case, of each quantity."""
        moments = measured_moments(self.study, _after(end))
        subject, measured = moments.subject.numpy(), moments.measured.numpy()
        repeats = []
        for repeat in range(self.n_repeats):
            rows = np.full_like(measured, np.nan)
            parts = [fold for fold in divided if fold.repeat == repeat]
            for fold, said in zip(parts, predicted[name, case, repeat], strict=True):
                rows[np.isin(subject, fold.held_out)] = said
            repeats.append(rows - measured)
        n = len(self.study.subjects)
        return [squares(subject, [each[:, column] for each in repeats], n) for column in range(len(QUANTITIES))]


def controls(names: Iterable[str]) -> dict[str, str]:
    """Return the name of the control of every quantum candidate among some names."""
    return {name: name.replace(Experts.QUANTUM, Experts.CLASSICAL, 1) for name in names if Experts.QUANTUM in name}


def _after(end: float | None) -> float:
    return -np.inf if end is None else end
