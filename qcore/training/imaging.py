"""Train an imaging model, its classical twin and a ResNet: one member a seed, calibrated on the validation split.

A fit that is done is kept as a file, and a run that was stopped goes on from there.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch import nn

from qcore.backends.registry import backend
from qcore.evidence.calibration import fit_platt
from qcore.models.encoded import load_weights, n_parameters, save_weights
from qcore.models.quantum_layer import ablate
from qcore.tasks.imaging.model import CONTROL, HYBRID, REFERENCE, Facts, ImagingModel, member_logits, new_member
from qcore.tasks.imaging.task import ImagingTask
from qcore.training.augmentation import Augmentation, augment
from qcore.training.devices import training_backend
from qcore.training.medmnist import ImageSet
from qcore.training.network import NetworkRecipe, fit_network, smoothed_cross_entropy

SEEDS = (0, 1, 2)
ACROSS = ("noisy:fez:0", "noisy:fez", "noisy:torino", "noisy:sherbrooke")
"""Noiseless (by the noise engine, which is faster), and three processors."""
DIGITS = 4
VERSIONS = ("torch", "pennylane", "numpy")
Progress = Callable[[str, int, int], object]


@dataclass(frozen=True)
class ImagingRecipe:
    """How the members of a task are trained; the same for hybrid, twin and ResNet.

    Attributes:
        network: the training loop.
        augmentation: of the training images.
        backends: where the circuit runs while training, in turns.
    """

    network: NetworkRecipe
    augmentation: Augmentation
    backends: tuple[str, ...] = ACROSS


ULTRASOUND = Augmentation(mirrored=True, brightness=0.2, noise_sd=0.05)
RADIOGRAPH = Augmentation(rotation_deg=10.0, brightness=0.2, noise_sd=0.05)
MASK = Augmentation(rotation_deg=12.0, mirrored=True)

RECIPES: Mapping[str, ImagingRecipe] = {
    "breast": ImagingRecipe(NetworkRecipe(120, weight_decay=0.1, label_smoothing=0.05), ULTRASOUND),
    "pneumonia": ImagingRecipe(NetworkRecipe(20, weight_decay=0.1, label_smoothing=0.05), RADIOGRAPH),
    "adrenal": ImagingRecipe(NetworkRecipe(40, label_smoothing=0.05), MASK),
}


@dataclass(frozen=True)
class Fit:
    """One member to be trained.

    Attributes:
        task: the question.
        name: hybrid, control or resnet.
        recipe: how.
        seed: of weights, order and augmentation.
        ablation: what is done to the circuit before training, one of `ABLATIONS`; nothing if empty.
    """

    task: ImagingTask
    name: str
    recipe: ImagingRecipe
    seed: int
    ablation: str = ""

    def untrained(self) -> nn.Module:
        """Build the member."""
        member = new_member(self.task, self.name)
        return ablate(member, self.ablation) if self.ablation else member

    def run(self, images: ImageSet, mean: float, sd: float) -> nn.Module:
        """Train a member on images ``(n, channels, *space)`` in [0, 1]."""
        torch.manual_seed(self.seed)
        member = self.untrained()
        network, changes = self.recipe.network, self.recipe.augmentation
        fit_network(
            member,
            images.x,
            images.y[:, None],
            smoothed_cross_entropy(network.label_smoothing),
            network,
            training_backend(self.recipe.backends),
            self.seed,
            change=lambda x, generator: (augment(x, changes, generator) - mean) / sd,
        )
        return member

    def key(self, images: ImageSet) -> str:
        """Return text that differs wherever the trained member would."""
        content = [str(self.task), self.name, asdict(self.recipe), self.seed, version("torch")]
        if self.ablation:
            content.append(self.ablation)
        digest = hashlib.sha256(json.dumps(content).encode())
        digest.update(images.x.numpy().tobytes() + images.y.numpy().tobytes())
        return digest.hexdigest()


def train(
    task: ImagingTask,
    recipe: ImagingRecipe,
    training: ImageSet,
    validation: ImageSet,
    checkpoints: Path,
    on_progress: Progress = lambda _what, _done, _all: None,
    seeds: tuple[int, ...] = SEEDS,
) -> ImagingModel:
    """Train hybrid, twin and ResNet.

    Args:
        task: the question.
        recipe: how.
        training: the official training split.
        validation: the official validation split, for calibration; the test split stays unseen.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being done, steps done and steps in all.
        seeds: one a member.
    """
    mean, sd = float(training.x.mean()), float(training.x.std())
    held_out, outcome = (validation.x - mean) / sd, validation.y.double().numpy()
    names, noiseless = (HYBRID, CONTROL, REFERENCE), backend("ideal")
    total, done = len(names) * len(seeds), 0
    members: dict[str, list[nn.Module]] = {}
    platt, auroc, seconds = {}, {}, {}
    for name in names:
        members[name], seconds[name] = [], 0.0
        for seed in seeds:
            on_progress(f"{name}, seed {seed}", done, total)
            member, took = kept(Fit(task, name, recipe, seed), training, mean, sd, checkpoints)
            members[name].append(member)
            seconds[name] += took
            done += 1
        said = [member_logits(member, held_out, task.mirrored, noiseless) for member in members[name]]
        logits = np.mean(said, axis=0)
        fitted = fit_platt(logits, outcome)
        platt[name] = (fitted.slope, fitted.intercept)
        auroc[name] = round(float(roc_auc_score(outcome, logits)), DIGITS)
    on_progress("done", total, total)
    facts = Facts(
        seeds=seeds,
        mean=mean,
        sd=sd,
        platt=platt,
        validation_auroc=auroc,
        n_parameters={name: n_parameters(several[0]) for name, several in members.items()},
        training_seconds={name: round(value, 1) for name, value in seconds.items()},
        trained_on=recipe.backends,
        epochs=recipe.network.epochs,
        versions={library: version(library) for library in VERSIONS},
    )
    return ImagingModel(task, members, facts)


def kept(fit: Fit, images: ImageSet, mean: float, sd: float, checkpoints: Path) -> tuple[nn.Module, float]:
    """Return a trained member and how long its training took, s, from its file where it was trained before.

    Args:
        fit: what to train.
        images: training images ``(n, channels, *space)`` in [0, 1].
        mean: of the pixels, by which they are standardised.
        sd: of the pixels.
        checkpoints: folder of fits that are done.
    """
    file = checkpoints / f"{fit.key(images)}.safetensors"
    took = file.with_suffix(".json")
    if took.is_file():
        member = fit.untrained()
        load_weights(member, file)
        return member, float(json.loads(took.read_text(encoding="utf-8")))
    start = time.perf_counter()
    member = fit.run(images, mean, sd)
    seconds = time.perf_counter() - start
    save_weights(member, file)
    took.write_text(json.dumps(seconds), encoding="utf-8")
    return member, seconds
