"""The models that are compared on the same folds: learned ones, the mechanistic one, and hybrids of the two."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.models.experts import Mode
from qcore.population.design import design
from qcore.population.fitting.fit import fit
from qcore.population.fitting.foce import Problem
from qcore.population.model import PopulationModel
from qcore.study import Study
from qcore.tasks.dosing.networks.base import Base, fit_superposition
from qcore.tasks.dosing.networks.early_samples import fit_early
from qcore.tasks.dosing.networks.features import moved
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.model import Build, Experts, Learned
from qcore.tasks.dosing.networks.samples import Moments
from qcore.training.dosing.boosting import Boosting, boosted
from qcore.training.dosing.contrast import Contrast
from qcore.training.dosing.train import NetworkTraining, train
from qcore.training.loop.recipe import Recipe


class Start(StrEnum):
    """What a model starts from."""

    SUPERPOSITION = "superposition"
    """An average course of one dose, added up over all doses."""
    MECHANISTIC = "mechanistic"
    """The population model, fitted to the same subjects."""


@dataclass(frozen=True)
class Candidate:
    """A model of the cross-validation: what it starts from, and what corrects that.

    Attributes:
        start: what it starts from.
        build: of the networks or trees that correct it; None where nothing does.
        contrast: pre-training of the encoders; None for none.
        seeds: of networks, one a member; what the members predict is averaged.
    """

    start: Start
    build: Build | Boosting | None = None
    contrast: Contrast | None = None
    seeds: tuple[int, ...] = (0,)


BLURRED = NetworkTraining(Recipe(60, batch=256, learning_rate=5e-3, weight_decay=0.1), jitter=1.0, differ=0.3)
"""Training for unseen subjects: blurred covariates, and large random effects of the subjects.

So it is for subjects of whom nothing was measured, and where the mechanistic model has used the early samples already.
"""
SHARP = replace(BLURRED, jitter=0.2, differ=0.05)
"""Training of networks that forecast by themselves: early samples tell how subjects differ."""


SEEDS = (0, 1, 2)
"""Seeds of the members of released models."""


def _pair(
    name: str, start: Start, mode: Mode, contrast: Contrast | None = None, seeds: tuple[int, ...] = (0,)
) -> dict[str, Candidate]:
    return {f"{kind}{name}": Candidate(start, Build(kind, mode), contrast, seeds) for kind in Experts}


CANDIDATES: Mapping[str, Candidate] = {
    "superposition": Candidate(Start.SUPERPOSITION),
    "mechanistic": Candidate(Start.MECHANISTIC),
    "gradient boosting": Candidate(Start.SUPERPOSITION, Boosting()),
    "gradient boosting on mechanistic": Candidate(Start.MECHANISTIC, Boosting()),
    **_pair("", Start.SUPERPOSITION, Mode.CASCADE, seeds=SEEDS),
    **_pair(" on mechanistic", Start.MECHANISTIC, Mode.CASCADE, seeds=SEEDS),
    **_pair(" independent", Start.SUPERPOSITION, Mode.INDEPENDENT),
    **_pair(" multi-task", Start.SUPERPOSITION, Mode.MULTI_TASK),
    **_pair(" pre-trained", Start.SUPERPOSITION, Mode.CASCADE, Contrast()),
}
"""All candidates by name; every quantum one has its classical control."""


@dataclass
class Trainer:
    """Trains candidates on the subjects of one fold; the mechanistic model is fitted once for all of them.

    Attributes:
        study: of the training subjects.
        known: the mechanistic model's structure, and numbers to start its fit from.
        numbers: fitted to the training subjects, once asked for.
    """

    study: Study
    known: PopulationModel
    numbers: Tensor | None = field(default=None)

    def predicted(self, candidate: Candidate, test: Study, moments: Moments, end: float | None) -> Tensor:
        """Train a candidate and return its prediction for others, ``(n_rows, 2)``.

        Args:
            candidate: the model that is trained.
            test: the subjects held out.
            moments: when they are predicted.
            end: the case: samples up to then are known; None where none are.
        """
        base = self._base(candidate.start, end)
        if isinstance(candidate.build, Boosting):
            return boosted(self.study, candidate.build, end, base, test, moments)
        if candidate.build is not None:
            return self.learned(candidate, candidate.build, end).predicted(test, moments, IdealBackend())
        if end is None or candidate.start is Start.MECHANISTIC:
            return base.log_predicted(test, moments).exp()
        return moved(test, moments, base, fit_early(self.study, base, end)).exp()

    def learned(self, candidate: Candidate, build: Build, end: float | None) -> Learned:
        """Train the networks of a candidate.

        Args:
            candidate: the model that is trained.
            build: shape of its networks.
            end: the case, as in `predicted`.
        """
        return train(self.study, build, training_of(candidate, end), end, self._base(candidate.start, end))

    def _base(self, start: Start, end: float | None) -> Base:
        if start is Start.SUPERPOSITION:
            return fit_superposition(self.study)
        if self.numbers is None:
            problem = Problem(self.known.structure, design(self.study))
            self.numbers = fit(problem, dict(zip(self.known.structure.names, self.known.numbers, strict=True))).vector
        return Mechanistic(self.known.structure, self.numbers, end)


def training_of(candidate: Candidate, end: float | None) -> NetworkTraining:
    """Return how a candidate's networks are trained, in the case of `Trainer.predicted`."""
    training = BLURRED if end is None or candidate.start is Start.MECHANISTIC else SHARP
    return replace(training, contrast=candidate.contrast, seeds=candidate.seeds)
