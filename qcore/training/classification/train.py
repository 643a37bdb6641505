"""Train a family for a question, its classical twin and, once a question of images, a ResNet: one member a seed.

Calibrated and its threshold chosen on cases that did not train. A fit that is done is kept as a file, and a run that
was stopped goes on from there.
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
from torch import Generator, Tensor, nn

from qcore.backends.registry import backend
from qcore.errors import MissingAsset
from qcore.evidence.calibration import Platt
from qcore.evidence.decision import threshold_for_sensitivity
from qcore.evidence.metrics import EVEN_ODDS
from qcore.models.encoded import load_weights, n_parameters, save_weights
from qcore.models.families import Kind
from qcore.models.kernels.heads import calibrated
from qcore.models.quantum_layer import ablate
from qcore.tasks.classification.model import HYBRID, Facts, FamilyModel, member_logits, new_member
from qcore.tasks.classification.preparation import Preparation, new_preparation
from qcore.tasks.classification.question import Entry
from qcore.tasks.classification.store import names_of_models
from qcore.training.classification.cases import Cases
from qcore.training.loop.augmentation import Augmentation, augment
from qcore.training.loop.devices import training_backend
from qcore.training.loop.fit_family import fit_family
from qcore.training.loop.network import NetworkRecipe

SEEDS = (0, 1, 2)
NOISELESS = ("noisy:fez:0",)
"""By the noise engine at scale 0, which gives PennyLane's numbers and is faster."""
ACROSS = (*NOISELESS, "noisy:fez", "noisy:torino", "noisy:sherbrooke")
"""Without noise and on three processors."""
NOISE_AWARE = "resistant"
"""The family that is trained across devices; the others show what noise does to a model that never saw any."""
DIGITS = 4
VERSIONS = ("torch", "pennylane", "numpy")
Progress = Callable[[str, int, int], object]


@dataclass(frozen=True)
class Recipe:
    """How the members for a question are trained; the same for every family, twin and ResNet.

    Attributes:
        network: the training loop.
        augmentation: of the training images; None changes nothing.
    """

    network: NetworkRecipe
    augmentation: Augmentation | None = None


ULTRASOUND = Augmentation(mirrored=True, brightness=0.2, noise_sd=0.05)
RADIOGRAPH = Augmentation(rotation_deg=10.0, brightness=0.2, noise_sd=0.05)
MASK = Augmentation(rotation_deg=12.0, mirrored=True)

RECIPES: Mapping[tuple[str, Kind], Recipe] = {
    ("aki", Kind.TABLE): Recipe(NetworkRecipe(20, batch=128, learning_rate=0.02, weight_decay=0.05)),
    ("aki", Kind.SERIES): Recipe(NetworkRecipe(20, batch=128, learning_rate=0.02, weight_decay=0.05)),
    ("breast", Kind.IMAGE): Recipe(NetworkRecipe(120, weight_decay=0.1, label_smoothing=0.05), ULTRASOUND),
    ("pneumonia", Kind.IMAGE): Recipe(NetworkRecipe(20, weight_decay=0.1, label_smoothing=0.05), RADIOGRAPH),
    ("adrenal", Kind.VOLUME): Recipe(NetworkRecipe(40, label_smoothing=0.05), MASK),
}


def recipe_of(entry: Entry) -> Recipe:
    """Return how the family of an entry is trained for its question."""
    return RECIPES[entry.question.name, entry.shape.kind]


def places(entry: Entry) -> tuple[str, ...]:
    """Return the backends on which a family is trained, in turns."""
    return ACROSS if entry.family == NOISE_AWARE else NOISELESS


@dataclass(frozen=True)
class Fit:
    """One member to be trained.

    Attributes:
        entry: question, family and size.
        name: hybrid, control or resnet.
        recipe: how.
        seed: of weights, order and augmentation.
        ablation: what is done to the circuit before training, one of `ABLATIONS`; nothing if empty.
        trained_on: backends on which it is trained, in turns; those of its family if empty.
    """

    entry: Entry
    name: str
    recipe: Recipe
    seed: int
    ablation: str = ""
    trained_on: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """Backends on which it is trained, in turns."""
        return self.trained_on or places(self.entry)

    def untrained(self) -> nn.Module:
        """Build the member."""
        member = new_member(self.entry, self.name)
        return ablate(member, self.ablation) if self.ablation else member

    def run(self, cases: Cases, preparation: Preparation) -> nn.Module:
        """Train a member on cases as stored."""
        torch.manual_seed(self.seed)
        member, where, y = self.untrained(), training_backend(self.places), cases.y[:, None]
        family, network, changes = self.entry.definition, self.recipe.network, self.recipe.augmentation
        if changes is None:
            fit_family(family, member, preparation(cases.x), y, network, where, self.seed)
            return member

        def change(images: Tensor, generator: Generator) -> Tensor:
            seen: Tensor = preparation(augment(images, changes, generator))
            return seen

        fit_family(family, member, cases.x, y, network, where, self.seed, change)
        return member

    def key(self, cases: Cases) -> str:
        """Return text that differs where the member would: by cases, recipe, seed, or what it is before training."""
        entry = self.entry
        content = [entry.name, entry.n_qubits, entry.n_layers, self.name, asdict(self.recipe), self.places, self.seed]
        digest = hashlib.sha256(json.dumps([*content, self.ablation, version("torch")]).encode())
        torch.manual_seed(self.seed)
        for name, value in self.untrained().state_dict().items():
            digest.update(name.encode() + value.numpy().tobytes())
        digest.update(cases.x.numpy().tobytes() + cases.y.numpy().tobytes())
        return digest.hexdigest()


def train(
    entry: Entry,
    recipe: Recipe,
    training: Cases,
    validation: Cases,
    checkpoints: Path,
    on_progress: Progress = lambda _what, _done, _all: None,
    seeds: tuple[int, ...] = SEEDS,
    names: tuple[str, ...] = (),
    trained_on: tuple[str, ...] = (),
) -> FamilyModel:
    """Train hybrid, twin and, for a released model of images, ResNet.

    Args:
        entry: question, family and size.
        recipe: how.
        training: the training split.
        validation: the validation split, for calibration and threshold; the test split stays unseen.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being done, steps done and steps in all.
        seeds: one a member.
        names: of the models to train; all if empty.
        trained_on: backends on which they are trained, in turns; those of the family if empty.
    """
    question, names, noiseless = entry.question, names or names_of_models(entry), backend("ideal")
    preparation = new_preparation(entry.shape.kind).fit(training.x)
    held_out, outcome = preparation(validation.x), validation.y.double().numpy()
    total, done = len(names) * len(seeds), 0
    members: dict[str, list[nn.Module]] = {}
    platt, auroc, seconds = {}, {}, {}
    threshold = EVEN_ODDS
    for name in names:
        members[name], seconds[name] = [], 0.0
        for seed in seeds:
            on_progress(f"{name}, seed {seed}", done, total)
            fit = Fit(entry, name, recipe, seed, trained_on=trained_on)
            member, took = kept(fit, training, preparation, checkpoints)
            members[name].append(member)
            seconds[name] += took
            done += 1
        said = [member_logits(member, held_out, question.mirrored, noiseless) for member in members[name]]
        logits = np.mean(said, axis=0)
        fitted = Platt(*calibrated(logits, outcome))
        if name == HYBRID and question.sensitivity is not None:
            threshold = threshold_for_sensitivity(outcome, fitted.probability(logits), question.sensitivity)
        platt[name] = (fitted.slope, fitted.intercept)
        auroc[name] = round(float(roc_auc_score(outcome, logits)), DIGITS)
    on_progress("done", total, total)
    facts = Facts(
        seeds=seeds,
        threshold=threshold,
        platt=platt,
        validation_auroc=auroc,
        n_parameters={name: n_parameters(several[0]) for name, several in members.items()},
        training_seconds={name: round(value, 1) for name, value in seconds.items()},
        trained_on=trained_on or places(entry),
        epochs=0 if entry.definition.fits_itself else recipe.network.epochs,
        versions={library: version(library) for library in VERSIONS},
    )
    return FamilyModel(entry, preparation, members, facts)


def kept(fit: Fit, cases: Cases, preparation: Preparation, checkpoints: Path) -> tuple[nn.Module, float]:
    """Return a trained member and how long its training took, s, from its file where it was trained before.

    Args:
        fit: what to train.
        cases: to train on, as stored.
        preparation: of the cases, fitted.
        checkpoints: folder of fits that are done.
    """
    file = checkpoints / f"{fit.key(cases)}.safetensors"
    took = file.with_suffix(".json")
    if took.is_file():
        member = fit.untrained()
        try:
            load_weights(member, file)
            return member, float(json.loads(took.read_text(encoding="utf-8")))
        except (MissingAsset, ValueError):
            took.unlink()  # Cut off while it was written: trained again.
    start = time.perf_counter()
    member = fit.run(cases, preparation)
    seconds = time.perf_counter() - start
    save_weights(member, file)
    took.write_text(json.dumps(seconds), encoding="utf-8")
    return member, seconds
