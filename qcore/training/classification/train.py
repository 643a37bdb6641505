"""Train an entry: hybrid, classical twin and references, one member a seed; calibrate them and choose thresholds.

Calibration and thresholds are learnt on cases that did not train: a split held out, or, where there is none, all cases
by cross-validation, so that each serves both for fitting and for choosing, and never for both at once. A fit that is
done is kept as a file, and a run that was stopped goes on from there.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from torch import nn

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.evidence.conformal import FEWEST_PATIENTS, fit_half_width
from qcore.evidence.conformal_set import possible_from
from qcore.evidence.decision import decision_quality
from qcore.evidence.metrics import mean_auroc
from qcore.models.encoded import n_parameters
from qcore.models.trees import BoostedTrees
from qcore.tasks.classification.asked import member_logits
from qcore.tasks.classification.model import HYBRID, READS_RAW, TITLES, Facts, Model
from qcore.tasks.classification.preparation import Encoded, Identity, Preparation
from qcore.tasks.classification.question import Entry
from qcore.tasks.classification.store import names_of_models
from qcore.training.classification.cases import Cases, strata
from qcore.training.classification.fit import Fit, trained_or_loaded
from qcore.training.classification.recipes import recipe_of, training_backends
from qcore.training.loop.recipe import Recipe

Array = NDArray[np.float64]
SEEDS = (0, 1, 2)
FOLDS = 5
FOLD_SEED = 7
DIGITS = 4
VERSIONS = ("torch", "pennylane", "numpy", "scikit-learn", "mapie")
Progress = Callable[[str, int, int], object]
"""Called with what is being done, steps done and steps in all."""


@dataclass
class Training:
    """What it takes to train the models of an entry.

    Attributes:
        entry: question, family and size.
        cases: the cases that train the members.
        checkpoints: folder of fits that are done.
        held_out: cases for calibration and thresholds; None where cross-validation serves.
        seeds: seed of each member of every model.
        names: of the models to train; all of the entry if empty.
        recipe_for: gives the recipe of each model by its name; that of the entry if None.
        trained_on: backends on which they are trained, in turns; those of the family if empty.
        answers_on: where held-out cases are answered; the noiseless backend if None.
        population: one sentence for the clinician on whom the models were trained.
        preparation: of the cases, learnt beforehand; fitted on the cases if None.
        on_progress: is told what is being done.
    """

    entry: Entry
    cases: Cases
    checkpoints: Path
    held_out: Cases | None = None
    seeds: tuple[int, ...] = SEEDS
    names: tuple[str, ...] = ()
    recipe_for: Callable[[str], Recipe] | None = None
    trained_on: tuple[str, ...] = ()
    answers_on: Backend | None = None
    population: str = ""
    preparation: Preparation | None = None
    on_progress: Progress = lambda _what, _done, _all: None
    _done: int = field(default=0, init=False)

    def run(self) -> Model:
        """Train, calibrate and choose thresholds."""
        entry, labels = self.entry, self.entry.question.labels
        names = self.names or names_of_models(entry)
        preparation = self.preparation or entry.new_preparation().fit(self.cases.x)
        cases, of_fits = self.cases, preparation
        if self.preparation is not None:
            # What was learnt beforehand is the same for all members and takes longer than any of them: done once.
            cases, of_fits = replace(self.cases, x=preparation(self.cases.x)), Identity()
        shown = None if self.held_out is None else preparation(self.held_out.x)
        members: dict[str, list[nn.Module]] = {}
        calibration, auroc, seconds = {}, {}, {}
        outcome = (self.held_out or self.cases).outcome
        probability: Array = np.empty(0)
        for name in names:
            members[name], seconds[name] = [], 0.0
            logits, auroc[name] = self.out_of_fold(name) if self.held_out is None else (np.empty(0), 0.0)
            for seed in self.seeds:
                self._tell(f"{TITLES[name]}: seed {seed}")
                member, took = trained_or_loaded(self.fit(name, seed), cases, of_fits, self.checkpoints)
                members[name].append(member)
                seconds[name] += took
            if self.held_out is not None and shown is not None:
                x = self.held_out.x if name in READS_RAW else shown
                logits = np.mean([self._answers(member, x) for member in members[name]], axis=0)
            calibration[name] = labels.calibrate(logits, outcome)
            if self.held_out is not None:
                # Of exclusive kinds, a log odds tells something beside those of the others alone.
                auroc[name] = mean_auroc(outcome, labels.probabilities(logits, calibration[name]))
            if name == HYBRID:
                probability = labels.probabilities(logits, calibration[name])
        self.on_progress("done", self._total, self._total)
        pairs = zip(labels.names, outcome.T, probability.T, strict=True)
        by_label = {name: (given, risk) for name, given, risk in pairs}
        thresholds = labels.thresholds(outcome, probability)
        given = labels.decisions(probability, thresholds)
        facts = Facts(
            population=self.population,
            n_cases=len(self.cases),
            base_rate={name: float(share) for name, share in zip(labels.names, outcome.mean(axis=0), strict=True)},
            seeds=self.seeds,
            calibration=calibration,
            thresholds=thresholds,
            operating_point={
                name: decision_quality(holds, alarm, thresholds.get(name))
                for name, holds, alarm in zip(labels.names, outcome.T, given.T, strict=True)
            },
            half_width=self._half_widths(by_label),
            possible_from=self._possible_from(by_label),
            reference=_reference(preparation),
            n_parameters={name: size(several[0]) for name, several in members.items()},
            training_seconds={name: round(value, 1) for name, value in seconds.items()},
            validation_auroc={name: round(value, DIGITS) for name, value in auroc.items()},
            trained_on=self.trained_on or training_backends(entry),
            epochs=0 if entry.definition.fits_itself else self.fit(HYBRID, 0).recipe.epochs,
            versions={library: version(library) for library in VERSIONS},
        )
        return Model(entry, preparation, members, facts)

    def fit(self, name: str, seed: int) -> Fit:
        """Return what one member is trained from."""
        recipe = recipe_of(self.entry, name) if self.recipe_for is None else self.recipe_for(name)
        return Fit(self.entry, name, recipe, seed, trained_on=self.trained_on)

    def out_of_fold(self, name: str) -> tuple[Array, float]:
        """Return log odds ``(n, n_labels)`` of cases that were left out, and the mean AUROC of the folds."""
        logits, aurocs = np.zeros(self.cases.y.shape), []
        for number, (inside, outside) in enumerate(folds(self.cases), 1):
            self._tell(f"{TITLES[name]}: cross-validation, fold {number} of {FOLDS}")
            training = self.cases.part(torch.from_numpy(inside))
            preparation = self.entry.new_preparation().fit(training.x)
            shown = self.cases.x[outside] if name in READS_RAW else preparation(self.cases.x[outside])
            fits = [self.fit(name, seed) for seed in self.seeds]
            trained = [trained_or_loaded(fit, training, preparation, self.checkpoints)[0] for fit in fits]
            logits[outside] = np.mean([self._answers(member, shown) for member in trained], axis=0)
            scores = self.entry.question.labels.scores(logits[outside])
            aurocs.append(mean_auroc(self.cases.outcome[outside], scores))
        return logits, float(np.mean(aurocs))

    def _answers(self, member: nn.Module, shown: torch.Tensor) -> Array:
        return member_logits(member, shown, self.entry.question.mirrored, self.answers_on or backend("ideal"))

    def _half_widths(self, by_label: dict[str, tuple[Array, Array]]) -> dict[str, float]:
        """Return the half-width of each label's conformal band; none where there are too few cases to learn it."""
        enough = {name: pair for name, pair in by_label.items() if len(pair[0]) >= FEWEST_PATIENTS}
        return {name: fit_half_width(risk, events) for name, (events, risk) in enough.items()}

    def _possible_from(self, by_label: dict[str, tuple[Array, Array]]) -> dict[str, float]:
        """Return from which probability each label is possible, and that it does not hold, where that has a name."""
        lowest = {name: possible_from(risk, events) for name, (events, risk) in by_label.items()}
        absent = {label.absent: label.name for label in self.entry.question.labels.columns if label.absent}
        for name, label in absent.items():
            events, risk = by_label[label]
            lowest[name] = possible_from(1 - risk, 1 - events)
        return lowest

    @property
    def _total(self) -> int:
        a_model = len(self.seeds) + (FOLDS if self.held_out is None else 0)
        return len(self.names or names_of_models(self.entry)) * a_model

    def _tell(self, step: str) -> None:
        self.on_progress(step, self._done, self._total)
        self._done += 1


def folds(cases: Cases) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Return the cases inside and outside each fold; those of one person stay together."""
    splitter = StratifiedKFold if cases.people is None else StratifiedGroupKFold
    kind = strata(cases.outcome, fewest=FOLDS)
    split = splitter(FOLDS, shuffle=True, random_state=FOLD_SEED).split(cases.x, kind, cases.people)
    return list(split)


def size(member: nn.Module) -> int:
    """Count the trained numbers of a member; of trees, their nodes."""
    return member.n_nodes if isinstance(member, BoostedTrees) else n_parameters(member)


def _reference(preparation: nn.Module) -> dict[str, float]:
    """Return the median of every column of a table; nothing of images."""
    if not isinstance(preparation, Encoded):
        return {}
    encoder = preparation.encoder
    return {name: float(value) for name, value in zip(encoder.columns, encoder.reference, strict=True)}
