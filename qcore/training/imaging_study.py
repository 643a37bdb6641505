"""What the circuit of an imaging hybrid contributes, and who needs fewer images: ablations and learning curves."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from qcore.backends.registry import backend
from qcore.circuits import gates
from qcore.evidence.family_evaluation import Ablation, LearningPoint
from qcore.evidence.metrics import METRICS, paired_difference
from qcore.models.quantum_layer import ABLATIONS, QuantumLayer
from qcore.tasks.imaging.model import CONTROL, HYBRID, ImagingModel, member_logits
from qcore.training.imaging import Fit, ImagingRecipe, kept
from qcore.training.medmnist import ImageSet

Array = NDArray[np.float64]
SHARES = (0.1, 0.25, 0.5)
"""Of the training images; all of them are the released model."""
DIGITS = 4
Progress = Callable[[str], object]


def ablations(
    model: ImagingModel,
    recipe: ImagingRecipe,
    training: ImageSet,
    test: ImageSet,
    checkpoints: Path,
    on_progress: Progress = lambda _: None,
) -> list[Ablation]:
    """Train the hybrid with each part of its circuit taken away, and compare on the test split.

    Args:
        model: the released one, with its seeds.
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
        fits = [Fit(model.task, HYBRID, recipe, seed, kind) for seed in model.facts.seeds]
        logits = _mean_logits(model, fits, training, test, checkpoints)
        found.append(
            Ablation(
                kind=kind,
                auroc=round(METRICS["auroc"](outcome, logits), DIGITS),
                difference=paired_difference(METRICS["auroc"], outcome, whole, logits),
            )
        )
    return found


def _possible(model: ImagingModel) -> list[str]:
    """Return the ablations that change something: a circuit without entanglers has none to remove."""
    layers = (module for module in model.members[HYBRID][0].modules() if isinstance(module, QuantumLayer))
    entangled = any(len(gate.wires) > 1 for layer in layers for gate in gates(layer.circuit))
    return [kind for kind in ABLATIONS if entangled or kind != "unentangled"]


def learning_curve(
    model: ImagingModel,
    recipe: ImagingRecipe,
    training: ImageSet,
    test: ImageSet,
    checkpoints: Path,
    on_progress: Progress = lambda _: None,
    shares: Sequence[float] = SHARES,
) -> list[LearningPoint]:
    """Train hybrid and twin on fewer and fewer images, and compare on the test split; see `ablations`."""
    outcome = test.y.double().numpy()
    points = []
    for share in (*shares, 1.0):
        part = training if share == 1.0 else subset(training, share)
        logits: dict[str, Array] = {}
        for name in (HYBRID, CONTROL):
            on_progress(f"{name} on {len(part)} images")
            fits = [Fit(model.task, name, recipe, seed) for seed in model.facts.seeds]
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


def subset(images: ImageSet, share: float) -> ImageSet:
    """Return that share of the images, drawn once and for all, with as many of each outcome."""
    chosen, _ = train_test_split(np.arange(len(images)), train_size=share, stratify=images.y.numpy(), random_state=0)
    index = torch.from_numpy(np.sort(chosen))
    return ImageSet(images.x[index], images.y[index])


def _mean_logits(
    model: ImagingModel, fits: Sequence[Fit], training: ImageSet, test: ImageSet, checkpoints: Path
) -> Array:
    """Return the mean log odds ``(n,)`` of members trained on these images."""
    facts, noiseless = model.facts, backend("ideal")
    members = [kept(fit, training, facts.mean, facts.sd, checkpoints)[0] for fit in fits]
    x = (test.x - facts.mean) / facts.sd
    said = [member_logits(member, x, model.task.mirrored, noiseless) for member in members]
    return np.asarray(np.mean(said, axis=0))
