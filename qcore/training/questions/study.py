"""What the circuit of a hybrid contributes, who needs fewer cases, and what training under noise brings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.evidence.family_evaluation import Ablation, LearningPoint
from qcore.evidence.metrics import METRICS, Estimate, paired_difference
from qcore.models.quantum_layer import ABLATIONS, quantum_layers
from qcore.tasks.questions.model import CONTROL, HYBRID, FamilyModel, member_logits
from qcore.training.questions.cases import Cases
from qcore.training.questions.train import ACROSS, NOISELESS, Fit, Recipe, kept, train

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
        whole, found = self._of_the_model(HYBRID), []
        for kind in self._possible_ablations():
            self.on_progress(f"without the circuit: {kind}")
            logits = self._trained(HYBRID, self.training, kind)
            found.append(Ablation(kind=kind, auroc=self._auroc(logits), difference=self._difference(whole, logits)))
        return found

    def learning_curve(self, shares: Sequence[float] = SHARES) -> list[LearningPoint]:
        """Train hybrid and twin on fewer and fewer cases; the last point is the model itself."""
        points = []
        for share in shares:
            part = self.training.subset(share)
            logits = []
            for name in (HYBRID, CONTROL):
                self.on_progress(f"{name} on {len(part)} cases")
                logits.append(self._trained(name, part))
            points.append(self._point(len(part), *logits))
        return [*points, self._point(len(self.training), *map(self._of_the_model, (HYBRID, CONTROL)))]

    def retrained(self) -> FamilyModel | None:
        """Train the hybrid without noise if it has seen any, else across noisy devices; None for a kernel."""
        entry, facts = self.model.entry, self.model.facts
        if entry.model.fits_itself:
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
        return [kind for kind in ABLATIONS if changes[kind]]

    def _of_the_model(self, name: str) -> Array:
        return np.asarray(self.model.logits(name, self.test.x, backend("ideal")).mean(0))

    def _trained(self, name: str, cases: Cases, ablation: str = "") -> Array:
        """Return the mean log odds ``(n,)`` of members trained on these cases."""
        entry, preparation = self.model.entry, self.model.preparation
        fits = [Fit(entry, name, self.recipe, seed, ablation) for seed in self.model.facts.seeds]
        members = [kept(fit, cases, preparation, self.checkpoints)[0] for fit in fits]
        x, mirrored, noiseless = preparation(self.test.x), entry.question.mirrored, backend("ideal")
        return np.asarray(np.mean([member_logits(member, x, mirrored, noiseless) for member in members], axis=0))

    def _auroc(self, logits: Array) -> float:
        return round(METRICS["auroc"](self.test.y.double().numpy(), logits), DIGITS)

    def _difference(self, first: Array, second: Array) -> Estimate:
        return paired_difference(METRICS["auroc"], self.test.y.double().numpy(), first, second)

    def _point(self, n: int, hybrid: Array, control: Array) -> LearningPoint:
        return LearningPoint(
            n=n,
            hybrid=self._auroc(hybrid),
            control=self._auroc(control),
            difference=self._difference(hybrid, control),
        )
