"""What the circuit of a hybrid contributes, who needs fewer cases, and what training under noise brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.evidence.family_evaluation import Ablation, LearningPoint
from qcore.evidence.metrics import METRICS, paired_difference, paired_mean_difference
from qcore.models.quantum_layer import ABLATIONS, quantum_layers
from qcore.tasks.classification.model import CONTROL, HYBRID, FamilyModel, member_logits
from qcore.tasks.classification.preparation import new_preparation
from qcore.training.classification.cases import Cases
from qcore.training.classification.train import ACROSS, NOISELESS, Fit, Recipe, kept, train

Array = NDArray[np.float64]
SHARES = (0.1, 0.25, 0.5)
"""Of the training cases; all of them are the model itself."""
DIGITS = 4


@dataclass(frozen=True, eq=False)
class Study:
    """A trained family, and what it takes to train it again in other ways.

    Attributes:
        model: the trained one, with its seeds.
        recipe: it was trained by.
        training: the training split.
        validation: the validation split, for calibration and threshold.
        test: the test split, on which all are compared.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.
    """

    model: FamilyModel
    recipe: Recipe
    training: Cases
    validation: Cases
    test: Cases
    checkpoints: Path
    on_progress: Callable[[str], object] = lambda _: None

    def ablations(self) -> list[Ablation]:
        """Train the hybrid with each part of its circuit taken away."""
        whole, found = self.model.logits(HYBRID, self.test.x, backend("ideal")).mean(0), []
        for kind in self._possible_ablations():
            self.on_progress(f"without the circuit: {kind}")
            seeds = self.model.facts.seeds
            logits = np.mean([self._member(HYBRID, self.training, seed, kind) for seed in seeds], axis=0)
            difference = paired_difference(METRICS["auroc"], self._outcome, whole, logits)
            found.append(Ablation(kind=kind, auroc=self._auroc(logits), difference=difference))
        return found

    def learning_curve(self, shares: Sequence[float] = SHARES) -> list[LearningPoint]:
        """Train hybrid and twin on fewer and fewer cases, each seed on its own draw; the last is the model itself."""
        points = []
        for share in shares:
            parts = {seed: self.training.subset(share, seed) for seed in self.model.facts.seeds}
            n, logits = len(parts[self.model.facts.seeds[0]]), []
            for name in (HYBRID, CONTROL):
                self.on_progress(f"{name} on {n} cases")
                logits.append([self._member(name, part, seed) for seed, part in parts.items()])
            points.append(self._point(n, *logits))
        whole = (list(self.model.logits(name, self.test.x, backend("ideal"))) for name in (HYBRID, CONTROL))
        return [*points, self._point(len(self.training), *whole)]

    def retrained(self) -> FamilyModel | None:
        """Train the hybrid without noise if it has seen any, else across noisy devices; None for a kernel."""
        entry, facts = self.model.entry, self.model.facts
        if entry.definition.fits_itself:
            return None
        aware = len(facts.trained_on) > 1
        self.on_progress("without noise" if aware else "across noisy devices")
        return train(
            entry,
            self.recipe,
            self.training,
            self.validation,
            self.checkpoints,
            seeds=facts.seeds,
            names=(HYBRID,),
            trained_on=NOISELESS if aware else ACROSS,
        )

    def _possible_ablations(self) -> list[str]:
        """Return those that change something: some circuits have no entangler, some no trained angle."""
        layers = quantum_layers(self.model.members[HYBRID][0])
        changes = {
            "frozen": any(layer.weights.numel() and layer.weights.requires_grad for layer in layers),
            "unentangled": any(len(gate.wires) > 1 for layer in layers for gate in gates(layer.circuit)),
            "linear": True,
        }
        return [kind for kind in ABLATIONS if changes[kind] and kind not in self.model.entry.definition.whole]

    @property
    def _outcome(self) -> Array:
        return np.asarray(self.test.y.double().numpy())

    def _member(self, name: str, cases: Cases, seed: int, ablation: str = "") -> Array:
        """Return the log odds ``(n,)`` of a member trained on these cases, which set the scales too."""
        entry = self.model.entry
        preparation = new_preparation(entry.shape.kind).fit(cases.x)
        member, _ = kept(Fit(entry, name, self.recipe, seed, ablation), cases, preparation, self.checkpoints)
        return member_logits(member, preparation(self.test.x), entry.question.mirrored, backend("ideal"))

    def _auroc(self, logits: Array) -> float:
        return round(METRICS["auroc"](self._outcome, logits), DIGITS)

    def _point(self, n: int, hybrid: list[Array], control: list[Array]) -> LearningPoint:
        aurocs = [[self._auroc(logits) for logits in several] for several in (hybrid, control)]
        return LearningPoint(
            n=n,
            hybrid=round(float(np.mean(aurocs[0])), DIGITS),
            control=round(float(np.mean(aurocs[1])), DIGITS),
            difference=paired_mean_difference(METRICS["auroc"], self._outcome, hybrid, control),
            draws=[round(ours - theirs, DIGITS) for ours, theirs in zip(*aurocs, strict=True)],
        )
