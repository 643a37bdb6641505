"""A made-up question on small images: a bright blob in noise, or noise alone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from qcore.backends.registry import backend
from qcore.evidence.metrics import Estimate
from qcore.models.families import Kind, Shape
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.classification.preparation import Standardised
from qcore.tasks.classification.question import Form
from qcore.tasks.questions import QUESTIONS, entry
from qcore.training.classification import recipes
from qcore.training.classification.cases import Cases
from qcore.training.classification.study import Study
from qcore.training.classification.train import Training
from qcore.training.loop.recipe import Recipe

ENGINE = backend("noisy:fez:0")
FORM = Form(Shape(Kind.IMAGE, 1, widths=(4, 8)), lambda _dtype: Standardised())
QUESTION = replace(QUESTIONS["breast"], forms=(FORM,))
RELEASED = replace(entry("breast"), question=QUESTION)
RECIPE = Recipe(6, batch=16, learning_rate=0.02, augmentation=recipes.ULTRASOUND)
YES = "malignant"
SEEDS = (0, 1)
FACTS = {
    "thresholds": {YES: 0.5},
    "calibration": {HYBRID: {YES: {"slope": 1.0, "intercept": 0.0}}},
    "validation_auroc": {},
    "n_parameters": {},
    "training_seconds": {},
    "trained_on": (),
    "epochs": 0,
    "versions": {},
}
NOTHING = Estimate(0, 0, 0)


def blobs(n: int, seed: int) -> Cases:
    """Yes: a bright blob in noise; no: noise alone."""
    generator = torch.Generator().manual_seed(seed)
    y = (torch.arange(n) % 3 == 0).float()
    x = 0.3 * torch.rand(n, 1, 12, 12, generator=generator)
    x[y > 0, :, 4:8, 4:8] += 0.5
    return Cases(x, y[:, None], "blobs")


def training_of(folder: Path, recipe: Recipe = RECIPE, cases: Cases | None = None) -> Training:
    return Training(RELEASED, cases or blobs(90, 0), folder, blobs(40, 9), SEEDS, recipe_for=lambda _: recipe)


def study_of(model: Model, folder: Path, told: Callable[[str], object] = lambda _: None) -> Study:
    return Study(model, blobs(90, 0), blobs(40, 9), blobs(60, 1), folder, told, lambda _: RECIPE)
