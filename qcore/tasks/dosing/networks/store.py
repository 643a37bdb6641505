"""A trained model of concentration and response on the disk: networks as safetensors, all other numbers as JSON."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import TypeAdapter
from torch import nn

from qcore.errors import MissingAsset
from qcore.models.encoded import load_weights, save_weights
from qcore.population.structure import Structure
from qcore.settings import ASSETS
from qcore.tasks.dosing.networks.base import Base, Superposition
from qcore.tasks.dosing.networks.early_samples import NAMES as EARLY_NAMES
from qcore.tasks.dosing.networks.early_samples import Early
from qcore.tasks.dosing.networks.features import Features
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.model import Build, Corrector, Learned
from qcore.tasks.dosing.networks.samples import QUANTITIES

DIRECTORY = ASSETS / "models" / "dosing" / "learned"
MODEL = "model.json"
MEMBERS = "members.safetensors"

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class _Superposition:
    half_lives: Numbers
    amplitudes: Numbers
    scales: Numbers
    intercept: float
    effects: Numbers
    covariates: Numbers


@dataclass(frozen=True)
class _Mechanistic:
    structure: Structure
    numbers: Numbers
    end: float | None


@dataclass(frozen=True)
class _Kept:
    """The contents of the JSON file; attributes as in `Features`, `Learned` and the bases.

    Attributes:
        build: shape of every member's network.
        n_members: in the file of weights.
        weights: SHA-256 of that file, so that no other's weights are taken for its own.
        residual_sd: None where nothing can be said of a quantity.
    """

    build: Build
    n_members: int
    weights: str
    residual_sd: tuple[float | None, ...]
    base: _Superposition | _Mechanistic
    early: Early | None
    covariates: tuple[str, ...]
    half_lives: Numbers
    scales: Numbers
    logged: tuple[bool, ...]
    mean: Numbers
    spread: Numbers
    low: Numbers
    high: Numbers

    @property
    def is_whole(self) -> bool:
        """Whether the lengths of all lists agree."""
        n_half_lives, n_covariates, n_columns = len(self.half_lives), len(self.covariates), len(self.mean)
        n_early = len(EARLY_NAMES) if self.early else 0
        return (
            self.n_members > 0
            and len(self.residual_sd) == len(QUANTITIES)
            and len(self.scales) == 7 + n_half_lives
            and len(self.logged) == n_covariates
            and n_columns == len(self.scales) + 1 + n_covariates + n_early
            and len(self.spread) == len(self.low) == len(self.high) == n_columns
        )


_ADAPTER = TypeAdapter(_Kept)


def folder(model: str, case: str, directory: Path = DIRECTORY) -> Path:
    """Return where a model that comes with Qlinical lies.

    Args:
        model: as "quantum", "classical", "quantum on mechanistic" or "classical on mechanistic".
        case: "unseen", where of people only covariates and doses are known, or "forecast", where the first week is too.
        directory: of all of them.
    """
    return directory / f"{case}-{model.replace(' ', '-')}"


def save(learned: Learned, directory: Path) -> None:
    """Write a model into a folder of its own, which is made if needed.

    Args:
        learned: the trained model.
        directory: where; a model that lies there is replaced.

    Raises:
        ValueError: its base is of a kind that cannot be kept.
    """
    features = learned.features
    base = _kept_base(features.base)
    directory.mkdir(parents=True, exist_ok=True)
    # Written last: where it is missing, what lies there is not whole.
    (directory / MODEL).unlink(missing_ok=True)
    save_weights(nn.ModuleList(learned.members), directory / MEMBERS)
    kept = _Kept(
        build=learned.members[0].build,
        n_members=len(learned.members),
        weights=_digest(directory / MEMBERS),
        residual_sd=tuple(None if np.isnan(each) else each for each in learned.residual_sd.tolist()),
        base=base,
        early=features.early,
        covariates=features.covariates,
        half_lives=tuple(features.half_lives.tolist()),
        scales=tuple(features.scales.tolist()),
        logged=features.logged,
        mean=tuple(features.mean.tolist()),
        spread=tuple(features.spread.tolist()),
        low=tuple(features.low.tolist()),
        high=tuple(features.high.tolist()),
    )
    text = json.dumps(_ADAPTER.dump_python(kept, mode="json"), indent=1)
    (directory / MODEL).write_text(text + "\n", encoding="utf-8")


def load(directory: Path) -> Learned:
    """Read a model; it predicts what it predicted when it was saved.

    Args:
        directory: in which `save` wrote it.

    Raises:
        MissingAsset: there is none, it is damaged, or its files are not of one model.
    """
    model, weights = directory / MODEL, directory / MEMBERS
    for file in (model, weights):
        if not file.is_file():
            raise MissingAsset(f"{file} is missing. {_again(directory)}")
    try:
        kept = _ADAPTER.validate_json(model.read_bytes())
    except ValueError as error:
        raise MissingAsset(f"{model} is damaged or of another version of the program. {_again(directory)}") from error
    if not kept.is_whole:
        raise MissingAsset(f"{model} does not fit together. {_again(directory)}")
    if kept.weights != _digest(weights):
        raise MissingAsset(f"{weights} is damaged or belongs to another model than {MODEL}. {_again(directory)}")
    members = nn.ModuleList(Corrector(kept.build, len(kept.mean)) for _ in range(kept.n_members))
    load_weights(members, weights)
    features = Features(
        _base(kept.base),
        kept.early,
        kept.covariates,
        np.array(kept.half_lives),
        _tensor(kept.scales),
        kept.logged,
        *map(_tensor, (kept.mean, kept.spread, kept.low, kept.high)),
    )
    residual_sd = _tensor(tuple(np.nan if each is None else each for each in kept.residual_sd))
    return Learned(features, tuple(member for member in members if isinstance(member, Corrector)), residual_sd)


def _kept_base(base: Base) -> _Superposition | _Mechanistic:
    if isinstance(base, Superposition):
        arrays = (base.half_lives, base.amplitudes, base.scales, base.effects, base.covariates)
        half_lives, amplitudes, scales, effects, covariates = (tuple(each.tolist()) for each in arrays)
        return _Superposition(half_lives, amplitudes, scales, base.intercept, effects, covariates)
    if isinstance(base, Mechanistic):
        return _Mechanistic(base.structure, tuple(base.numbers.tolist()), base.end)
    raise ValueError(f"a base of the kind {type(base).__name__} cannot be kept")


def _base(kept: _Superposition | _Mechanistic) -> Base:
    if isinstance(kept, _Mechanistic):
        return Mechanistic(kept.structure, _tensor(kept.numbers), kept.end)
    half_lives, amplitudes, scales, effects, covariates = map(
        np.array, (kept.half_lives, kept.amplitudes, kept.scales, kept.effects, kept.covariates)
    )
    return Superposition(half_lives, amplitudes, scales, kept.intercept, effects, covariates)


def _tensor(numbers: Numbers) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float64)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _again(directory: Path) -> str:
    return f"Restore {directory} with git, or run 'qlinical train dosing --learned'."
