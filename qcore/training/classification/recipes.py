"""How the models for each question are trained."""

from collections.abc import Mapping

from qcore.models.families import Kind
from qcore.tasks.classification.model import CONTROL, HYBRID
from qcore.tasks.classification.question import Entry
from qcore.training.loop.augmentation import Augmentation
from qcore.training.loop.recipe import RateSchedule, Recipe, Sparsity

NOISELESS = ("noisy:fez:0",)
"""By the noise engine at scale 0, which gives PennyLane's numbers and is faster."""
ACROSS = (*NOISELESS, "noisy:fez", "noisy:torino", "noisy:sherbrooke")
"""Backends of training across devices: noiseless, and three processors."""
NOISE_AWARE = ("resistant", "cells")
"""Families that are trained across devices; the others show what noise does to a model that never saw any."""

ULTRASOUND = Augmentation(mirrored=True, brightness=0.2, noise_sd=0.05)
RADIOGRAPH = Augmentation(rotation_deg=10.0, brightness=0.2, noise_sd=0.05)
HEAD = Augmentation(rotation_deg=10.0, shift=0.05, scale=0.1, mirrored=True, brightness=0.1)
MASK = Augmentation(rotation_deg=12.0, mirrored=True)

RECIPES: Mapping[tuple[str, Kind], Recipe] = {
    ("aki", Kind.TABLE): Recipe(20, batch=128, learning_rate=0.02, weight_decay=0.05),
    ("aki", Kind.SERIES): Recipe(20, batch=128, learning_rate=0.02, weight_decay=0.05),
    ("breast", Kind.IMAGE): Recipe(120, weight_decay=0.1, label_smoothing=0.05, augmentation=ULTRASOUND),
    ("pneumonia", Kind.IMAGE): Recipe(20, weight_decay=0.1, label_smoothing=0.05, augmentation=RADIOGRAPH),
    ("ecg", Kind.SIGNAL): Recipe(8, batch=64, learning_rate=3e-3, weight_decay=0.05),
    ("tumor", Kind.CELLS): Recipe(8, batch=48, learning_rate=3e-3),
    ("tumor", Kind.IMAGE): Recipe(6, batch=32, augmentation=HEAD),
    ("adrenal", Kind.VOLUME): Recipe(40, label_smoothing=0.05, augmentation=MASK),
}
"""The same for every family, twin and ResNet."""

N_PARAMETERS = 47
"""Trained numbers of the sparse hybrid and of its control; below 41 the cross-validated AUROC begins to fall."""
SPARSE: Mapping[str, Recipe] = {
    HYBRID: Recipe(
        epochs=60,
        batch=256,
        learning_rate=0.045,
        weight_decay=0.0,
        schedule=RateSchedule.COSINE,
        sparsity=Sparsity(
            feature_l1=0.0035, readout_l2=0.005, feature_noise_sd=0.05, n_parameters=N_PARAMETERS, restarts=5
        ),
    ),
    # Tuned on its own, on the same folds: a control that is not tuned would prove nothing.
    CONTROL: Recipe(
        epochs=60,
        batch=256,
        learning_rate=0.12,
        weight_decay=0.0,
        schedule=RateSchedule.COSINE,
        sparsity=Sparsity(
            feature_l1=0.001, readout_l2=0.002, feature_noise_sd=0.1, n_parameters=N_PARAMETERS, restarts=5
        ),
    ),
}
SPARSE_FAMILIES = ("sparse", "sparse-normalized")
NO_RECIPE = Recipe(0)
"""Recipe of models that no training loop fits."""


def recipe_of(entry: Entry, name: str) -> Recipe:
    """Return how a model of an entry is trained.

    Args:
        entry: question, family and size.
        name: of the model: hybrid, control, …
    """
    if entry.family in SPARSE_FAMILIES:
        return SPARSE.get(name, NO_RECIPE)
    return RECIPES[entry.question.name, entry.shape.kind]


def training_backends(entry: Entry) -> tuple[str, ...]:
    """Return the backends on which a family is trained, in turns."""
    if entry.family in SPARSE_FAMILIES:
        return ("ideal",)
    return ACROSS if entry.family in NOISE_AWARE else NOISELESS
