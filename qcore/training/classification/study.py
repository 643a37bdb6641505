"""What the circuit of a hybrid contributes, who needs fewer cases, and what training under noise brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.evidence.evaluation import Ablation, LearningPoint
from qcore.evidence.metrics import mean_auroc, paired_difference, paired_mean_difference
from qcore.models.quantum_layer import ABLATIONS, quantum_layers
from qcore.tasks.classification.asked import member_logits
from qcore.tasks.classification.model import CONTROL, HYBRID, Model
from qcore.tasks.classification.preparation import Identity, InCells, InStretches
from qcore.training.classification.cases import Cases
from qcore.training.classification.fit import Fit, trained_or_loaded
from qcore.training.classification.recipes import ACROSS, NOISELESS, recipe_of
from qcore.training.classification.train import Training
from qcore.training.loop.recipe import Recipe

Array = NDArray[np.float64]
SHARES = (0.1, 0.25, 0.5)
"""Shares of the training cases of the learning curve; at 1 it is the released model."""
DIGITS = 4


@dataclass(frozen=True, eq=False)
class Study:
    """A trained family, and what it takes to train it again in other ways.

    Attributes:
        model: the trained one, with its seeds.
        training: cases of the training split.
        validation: the validation split, for calibration and threshold.
        test: the test split, on which all are compared.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.
        recipe_for: gives the recipe of each model by its name; that of the entry if None.
    """

    model: Model
    training: Cases
    validation: Cases
    test: Cases
    checkpoints: Path
    on_progress: Callable[[str], object] = lambda _: None
    recipe_for: Callable[[str], Recipe] | None = None

    def ablations(self) -> list[Ablation]:
        """Train the hybrid with each part of its circuit taken away."""
        intact, measured = self._scores(self._logits(HYBRID).mean(0)), []
        for kind in self._possible_ablations():
            self.on_progress(f"without the circuit: {kind}")
            seeds = self.model.facts.seeds
            logits = np.mean([self._member(HYBRID, self.training, seed, kind) for seed in seeds], axis=0)
            difference = paired_difference(mean_auroc, self._outcome, intact, self._scores(logits))
            measured.append(Ablation(kind=kind, auroc=self._auroc(logits), difference=difference))
        return measured

    def learning_curve(self, shares: Sequence[float] = SHARES) -> list[LearningPoint]:
        """Train hybrid and twin on fewer and fewer cases, each seed on its own draw; the last is the model itself.

        There is none where features were learnt beforehand, from all cases: with fewer, the rest would be known too.
        """
        if self._is_learnt_beforehand:
            return []
        points = []
        for share in shares:
            parts = {seed: self.training.subset(share, seed) for seed in self.model.facts.seeds}
            n, logits = len(parts[self.model.facts.seeds[0]]), []
            for name in (HYBRID, CONTROL):
                self.on_progress(f"{name} on {n} cases")
                logits.append([self._member(name, part, seed) for seed, part in parts.items()])
            points.append(self._point(n, *logits))
        on_all_cases = (list(self._logits(name)) for name in (HYBRID, CONTROL))
        return [*points, self._point(len(self.training), *on_all_cases)]

    def retrained(self) -> Model | None:
        """Train the hybrid without noise if it has seen any, else across noisy devices; None for a kernel."""
        entry, facts = self.model.entry, self.model.facts
        if entry.definition.fits_itself:
            return None
        aware = len(facts.trained_on) > 1
        self.on_progress("without noise" if aware else "across noisy devices")
        return Training(
            entry,
            self.training,
            self.checkpoints,
            self.validation,
            facts.seeds,
            names=(HYBRID,),
            recipe_for=self.recipe_for,
            trained_on=NOISELESS if aware else ACROSS,
            preparation=self.model.preparation if self._is_learnt_beforehand else None,
        ).run()

    def _possible_ablations(self) -> list[str]:
        """Return the ablations that change something: some circuits have no entangler, some no trained angle."""
        layers = quantum_layers(self.model.members[HYBRID][0])
        changes = {
            "frozen": any(layer.weights.numel() and layer.weights.requires_grad for layer in layers),
            "unentangled": any(len(gate.wires) > 1 for layer in layers for gate in gates(layer.circuit)),
            "linear": True,
        }
        return [kind for kind in ABLATIONS if changes[kind] and kind not in self.model.entry.definition.whole]

    @property
    def _outcome(self) -> Array:
        return self.test.outcome

    @property
    def _is_learnt_beforehand(self) -> bool:
        return isinstance(self.model.preparation, InCells | InStretches)

    @cached_property
    def _test_x(self) -> Tensor:
        """The test cases as the model itself is given them."""
        return self.model.prepared(HYBRID, self.test.x)

    @cached_property
    def _described(self) -> Cases:
        """The training cases as features that were learnt beforehand, which takes longer than any training on them."""
        return replace(self.training, x=self.model.prepared(HYBRID, self.training.x))

    def _logits(self, name: str) -> Array:
        return self.model.logits_of_prepared(name, self._test_x, backend("ideal"))

    def _member(self, name: str, cases: Cases, seed: int, ablation: str = "") -> Array:
        """Return the log odds ``(n, n_labels)`` of a member trained on these cases, which set the scales too."""
        entry = self.model.entry
        recipe = recipe_of(entry, name) if self.recipe_for is None else self.recipe_for(name)
        fit = Fit(entry, name, recipe, seed, ablation)
        if self._is_learnt_beforehand:
            member, _ = trained_or_loaded(fit, self._described, Identity(), self.checkpoints)
            return member_logits(member, self._test_x, entry.question.mirrored, backend("ideal"))
        preparation = entry.new_preparation().fit(cases.x)
        member, _ = trained_or_loaded(fit, cases, preparation, self.checkpoints)
        return member_logits(member, preparation(self.test.x), entry.question.mirrored, backend("ideal"))

    def _auroc(self, logits: Array) -> float:
        return round(mean_auroc(self._outcome, self._scores(logits)), DIGITS)

    def _scores(self, logits: Array) -> Array:
        return self.model.entry.question.labels.scores(logits)

    def _point(self, n: int, hybrid: list[Array], control: list[Array]) -> LearningPoint:
        aurocs = [[self._auroc(logits) for logits in several] for several in (hybrid, control)]
        ours, theirs = ([self._scores(logits) for logits in several] for several in (hybrid, control))
        return LearningPoint(
            n=n,
            hybrid=round(float(np.mean(aurocs[0])), DIGITS),
            control=round(float(np.mean(aurocs[1])), DIGITS),
            difference=paired_mean_difference(mean_auroc, self._outcome, ours, theirs),
            draws=[round(first - second, DIGITS) for first, second in zip(*aurocs, strict=True)],
        )
