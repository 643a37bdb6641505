"""What the circuit of a hybrid contributes, and who needs fewer cases: ablations and learning curves."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.evidence.family_evaluation import Ablation, LearningPoint
from qcore.evidence.metrics import METRICS, paired_difference
from qcore.models.quantum_layer import ABLATIONS, quantum_layers
from qcore.tasks.questions.model import CONTROL, HYBRID, FamilyModel, member_logits
from qcore.training.questions.cases import Cases
from qcore.training.questions.train import ACROSS, NOISELESS, Fit, Recipe, kept, train

Array = NDArray[np.float64]
SHARES = (0.1, 0.25, 0.5)
"""Of the training cases; all of them are the model itself."""
DIGITS = 4
Progress = Callable[[str], object]


def ablations(
    model: FamilyModel,
    recipe: Recipe,
    training: Cases,
    test: Cases,
    checkpoints: Path,
    on_progress: Progress = lambda _: None,
) -> list[Ablation]:
    """Train the hybrid with each part of its circuit taken away, and compare on the test split.

    Args:
        model: the trained one, with its seeds.
        recipe: it was trained by.
        training: the training split.
        test: the test split.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.
    """
    outcome = test.y.double().numpy()
    whole = model.logits(HYBRID, test.x, backend("ideal")).mean(0)
    found = []
    for kind in _possible(model):
        on_progress(f"without the circuit: {kind}")
        fits = [Fit(model.entry, HYBRID, recipe, seed, kind) for seed in model.facts.seeds]
        logits = _mean_logits(model, fits, training, test, checkpoints)
        found.append(
            Ablation(
                kind=kind,
                auroc=round(METRICS["auroc"](outcome, logits), DIGITS),
                difference=paired_difference(METRICS["auroc"], outcome, whole, logits),
            )
        )
    return found


def _possible(model: FamilyModel) -> list[str]:
    """Return the ablations that change something: some circuits have no entangler, some no trained angle."""
    layers = quantum_layers(model.members[HYBRID][0])
    changes = {
        "frozen": any(layer.weights.numel() and layer.weights.requires_grad for layer in layers),
        "unentangled": any(len(gate.wires) > 1 for layer in layers for gate in gates(layer.circuit)),
        "linear": True,
    }
    return [kind for kind in ABLATIONS if changes[kind]]


def learning_curve(
    model: FamilyModel,
    recipe: Recipe,
    training: Cases,
    test: Cases,
    checkpoints: Path,
    on_progress: Progress = lambda _: None,
    shares: Sequence[float] = SHARES,
) -> list[LearningPoint]:
    """Train hybrid and twin on fewer and fewer cases, and compare on the test split; see `ablations`."""
    outcome = test.y.double().numpy()
    points = []
    for share in (*shares, 1.0):
        part = training if share == 1.0 else training.subset(share)
        logits: dict[str, Array] = {}
        for name in (HYBRID, CONTROL):
            if share == 1.0:
                logits[name] = model.logits(name, test.x, backend("ideal")).mean(0)
                continue
            on_progress(f"{name} on {len(part)} cases")
            fits = [Fit(model.entry, name, recipe, seed) for seed in model.facts.seeds]
            logits[name] = _mean_logits(model, fits, part, test, checkpoints)
        points.append(
            LearningPoint(
                n=len(part),
                hybrid=round(METRICS["auroc"](outcome, logits[HYBRID]), DIGITS),
                control=round(METRICS["auroc"](outcome, logits[CONTROL]), DIGITS),
                difference=paired_difference(METRICS["auroc"], outcome, logits[HYBRID], logits[CONTROL]),
            )
        )
    return points


def retrained(
    model: FamilyModel,
    recipe: Recipe,
    training: Cases,
    validation: Cases,
    checkpoints: Path,
    on_progress: Progress = lambda _: None,
) -> FamilyModel | None:
    """Train the hybrid without noise if it has seen any, else across noisy devices; None for a kernel.

    Args:
        model: the trained one, with its seeds.
        recipe: it was trained by.
        training: the training split.
        validation: the validation split, for calibration and threshold.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.
    """
    if model.entry.model.fits_itself:
        return None
    aware = len(model.facts.trained_on) > 1
    on_progress("without noise" if aware else "across noisy devices")
    return train(
        model.entry,
        recipe,
        training,
        validation,
        checkpoints,
        seeds=model.facts.seeds,
        names=(HYBRID,),
        trained_on=NOISELESS if aware else ACROSS,
    )


def _mean_logits(model: FamilyModel, fits: Sequence[Fit], training: Cases, test: Cases, checkpoints: Path) -> Array:
    """Return the mean log odds ``(n,)`` of members trained on these cases."""
    prepared, mirrored = model.preparation(test.x), model.entry.question.mirrored
    members = [kept(fit, training, model.preparation, checkpoints)[0] for fit in fits]
    return np.asarray(np.mean([member_logits(each, prepared, mirrored, backend("ideal")) for each in members], axis=0))
