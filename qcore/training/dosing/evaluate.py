"""The errors of every model on subjects it has not seen, by repeated cross-validation on the same folds.

Two cases are kept apart: of an unseen subject only doses and covariates are known; in a forecast the first samples are
known too, and only what comes later is predicted. A fold that is done is kept as a file, and a run that was stopped
goes on from there.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from qcore.evidence.metrics import Array
from qcore.population.model import PopulationModel
from qcore.study import Study
from qcore.tasks.dosing.networks.evaluation.errors import spreads
from qcore.tasks.dosing.networks.evaluation.sums import SubjectErrors, Sums
from qcore.tasks.dosing.networks.model import Build
from qcore.tasks.dosing.networks.samples import QUANTITIES, measured_moments
from qcore.training.dosing.candidates import CANDIDATES, Candidate, Trainer, training_of
from qcore.training.dosing.folds import N_FOLDS, N_REPEATS, Fold, folds

FORECAST_AFTER = 168.0
"""A week: samples up to then are known in a forecast, in the study's unit of time."""
UNSEEN_CASE = "unseen"
FORECAST_CASE = "forecast"
CASES: Mapping[str, float | None] = {UNSEEN_CASE: None, FORECAST_CASE: FORECAST_AFTER}
"""Until when samples are known, in the study's unit of time, by the name of the case; None where none are."""
Progress = Callable[[str, int, int], object]


@dataclass(frozen=True, eq=False)
class Validation:
    """A cross-validation by subject: which candidates are compared, in which cases, on which parts.

    Attributes:
        study: whose subjects are held out in turns.
        known: the mechanistic model's structure, and numbers to start its fits from.
        kept: folder of the folds that are done.
        n_folds: parts of a division.
        n_repeats: number of divisions into parts.
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

    def run(self) -> Sums:
        """Train every candidate on every fold, unless that is done, and return the squared errors."""
        moments = {case: measured_moments(self.study, after(end)) for case, end in self.cases.items()}
        sums = [
            SubjectErrors.of(name, case, self.candidates[name].seeds, moments[case], several, len(self.study.subjects))
            for (name, case), several in self.predictions().items()
        ]
        return Sums(
            n_subjects=len(self.study.subjects),
            n_folds=self.n_folds,
            n_repeats=self.n_repeats,
            cases=dict(self.cases),
            spreads=spreads(self.study),
            models=tuple(sums),
        )

    def predictions(self) -> dict[tuple[str, str], list[Array]]:
        """Return what each candidate predicts in each case of those held out, of every division ``(n_rows, 2)``.

        Rows are those of `measured_moments` of the whole study.
        """
        divided = list(folds(self.study, self.n_folds, self.n_repeats))
        subject = {case: measured_moments(self.study, after(end)).subject.numpy() for case, end in self.cases.items()}
        total, done = len(divided) * len(self.cases) * len(self.candidates), 0
        predictions: dict[tuple[str, str], list[Array]] = {
            (name, case): [np.full((len(rows), len(QUANTITIES)), np.nan) for _ in range(self.n_repeats)]
            for case, rows in subject.items()
            for name in self.candidates
        }
        for fold in divided:
            trainer = Trainer(fold.training, self.known)
            for case, end in self.cases.items():
                out = np.isin(subject[case], fold.held_out)
                for name, candidate in self.candidates.items():
                    where = f"part {fold.number + 1} of division {fold.repeat + 1}"
                    self.on_progress(f"{name}, {case}, {where}", done, total)
                    predictions[name, case][fold.repeat][out] = self._predicted(trainer, fold, candidate, end)
                    done += 1
        self.on_progress("done", total, total)
        return predictions

    def _predicted(self, trainer: Trainer, fold: Fold, candidate: Candidate, end: float | None) -> Array:
        """Return predictions of the subjects held out, ``(n_rows, 2)``, the mean over all members."""
        members = [replace(candidate, seeds=(seed,)) for seed in candidate.seeds]
        mean: Array = np.mean([self._of_member(trainer, fold, member, end) for member in members], axis=0)
        return mean

    def _of_member(self, trainer: Trainer, fold: Fold, candidate: Candidate, end: float | None) -> Array:
        """Return what one member predicts, ``(n_rows, 2)``; each is kept by itself, and more can join it."""
        file = self.kept / f"{self._key(fold, candidate, end)}.npy"
        if file.is_file():
            kept: Array = np.load(file, allow_pickle=False)
            return kept
        moments = measured_moments(fold.test, after(end))
        rows: Array = trainer.predicted(candidate, fold.test, moments, end).numpy()
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written whole or not at all.
        part = file.with_suffix(".part.npy")
        np.save(part, rows)
        part.replace(file)
        return rows

    def _key(self, fold: Fold, candidate: Candidate, end: float | None) -> str:
        """Return text that differs where the predictions would, as long as the code is the same."""
        training = asdict(training_of(candidate, end)) if isinstance(candidate.build, Build) else None
        content = [asdict(candidate), training, end, fold.held_out.tolist(), self.known.numbers, version("torch")]
        digest = hashlib.sha256(json.dumps(content).encode())
        for subject in self.study.subjects:
            digest.update(json.dumps(dict(subject.covariates)).encode())
            for array in (*vars(subject.doses).values(), *vars(subject.observations).values()):
                digest.update(array.tobytes())
        return digest.hexdigest()[:32]


def after(end: float | None) -> float:
    """Return the time after which a case is measured: all times where no samples are known."""
    return -np.inf if end is None else end
