"""One member to be trained, and the file in which it is kept after training."""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

import torch
from torch import nn

from qcore.errors import MissingAsset
from qcore.models.encoded import load_weights, save_weights
from qcore.models.mlp import LinearClassifier, MLPClassifier
from qcore.models.quantum_layer import ablate
from qcore.models.trees import load_trees
from qcore.models.variational import VariationalClassifier
from qcore.tasks.classification.model import GRADIENT_BOOSTING, new_member
from qcore.tasks.classification.preparation import Preparation
from qcore.tasks.classification.question import Entry
from qcore.training.classification.cases import Cases
from qcore.training.classification.fitters import (
    fit_cells,
    fit_gradient_boosting,
    fit_logistic_regression,
    fit_sparse,
    fit_usually,
)
from qcore.training.classification.recipes import training_backends
from qcore.training.loop.devices import training_backend
from qcore.training.loop.recipe import Recipe, Sparsity


@dataclass(frozen=True)
class Fit:
    """One member to be trained.

    Attributes:
        entry: question, family and size.
        name: of the model: hybrid, control, …
        recipe: epochs, batch size, optimiser and augmentation.
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
    def backends(self) -> tuple[str, ...]:
        """Backends on which it is trained, in turns."""
        return self.trained_on or training_backends(self.entry)

    def untrained(self, seed: int) -> nn.Module:
        """Build the member from a seed."""
        torch.manual_seed(seed)
        member = new_member(self.entry, self.name)
        return ablate(member, self.ablation) if self.ablation else member

    def run(self, cases: Cases, preparation: Preparation) -> nn.Module:
        """Train a member on cases as stored."""
        if self.name == GRADIENT_BOOSTING:
            return fit_gradient_boosting(cases.x, cases.y)
        labels, dtype = self.entry.question.labels, self.entry.definition.dtype
        y, where = cases.y.to(dtype), training_backend(self.backends)
        if self.recipe.sparsity is not None:
            return self._sparse(cases, preparation, self.recipe.sparsity)
        member = self.untrained(self.seed)
        if isinstance(member, LinearClassifier):
            fit_logistic_regression(member, preparation(cases.x), y)
        elif cases.cells is not None:
            fit_cells(member, preparation(cases.x), y, cases.cells, self.recipe, where, self.seed)
        else:
            family = self.entry.definition
            fit_usually(family, member, cases.x, y, preparation, labels, self.recipe, where, self.seed)
        return member.eval()

    def _sparse(self, cases: Cases, preparation: Preparation, sparsity: Sparsity) -> nn.Module:
        """Begin from several initial weights and return the model with the lowest training objective."""
        labels, dtype = self.entry.question.labels, self.entry.definition.dtype
        x, y, where = preparation(cases.x), cases.y.to(dtype), training_backend(self.backends)
        fits: list[tuple[float, nn.Module]] = []
        for seed in range(self.seed, self.seed + sparsity.restarts):
            member = self.untrained(seed)
            if not isinstance(member, VariationalClassifier | MLPClassifier):
                raise TypeError(f"'{self.entry.family}' cannot be pruned")
            fits.append((fit_sparse(member, x, y, labels, self.recipe, sparsity, where, seed), member.eval()))
        return min(fits, key=lambda fit: fit[0])[1]

    def key(self, cases: Cases) -> str:
        """Return text that differs wherever cases, recipe, seed or the untrained member differ."""
        entry, backends = self.entry, self.backends
        content = [entry.name, entry.family, entry.n_qubits, entry.n_layers, self.name, asdict(self.recipe), backends]
        digest = hashlib.sha256(json.dumps([*content, self.seed, self.ablation, version("torch")]).encode())
        if self.name != GRADIENT_BOOSTING:
            for name, value in self.untrained(self.seed).state_dict().items():
                digest.update(name.encode() + value.numpy().tobytes())
        digest.update(cases.x.numpy().tobytes() + cases.y.numpy().tobytes())
        return digest.hexdigest()


def trained_or_loaded(fit: Fit, cases: Cases, preparation: Preparation, checkpoints: Path) -> tuple[nn.Module, float]:
    """Return a trained member and how long its training took, s, from its file where it was trained before.

    Args:
        fit: entry, model, recipe and seed of the member.
        cases: to train on, as stored.
        preparation: of the cases, fitted.
        checkpoints: folder of fits that are done.
    """
    file = checkpoints / f"{fit.key(cases)}.safetensors"
    took = file.with_suffix(".json")
    if took.is_file():
        try:
            return _loaded(fit, file), float(json.loads(took.read_text(encoding="utf-8")))
        except (MissingAsset, ValueError):
            took.unlink()  # The file was cut off while it was written, so the member is trained again.
    start = time.perf_counter()
    member = fit.run(cases, preparation)
    seconds = time.perf_counter() - start
    save_weights(member, file)
    took.write_text(json.dumps(seconds), encoding="utf-8")
    return member, seconds


def _loaded(fit: Fit, file: Path) -> nn.Module:
    if fit.name == GRADIENT_BOOSTING:
        return load_trees(file)
    member = fit.untrained(fit.seed)
    load_weights(member, file)
    return member
