"""Where the trained families lie: weights as safetensors, facts as JSON, nothing that can run code."""

import copy
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from torch import nn

from qcore.errors import MissingAsset
from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.models.encoded import load_weights, save_weights
from qcore.models.families import Kind
from qcore.models.quantum_layer import quantum_layers
from qcore.settings import ASSETS
from qcore.tasks.classification.model import CONTROL, HYBRID, RESNET, Facts, FamilyModel, new_member
from qcore.tasks.classification.preparation import new_preparation
from qcore.tasks.classification.question import Entry

Content = TypeVar("Content", bound=BaseModel)
DIRECTORY = ASSETS / "models"
PREPARATION = "preparation.safetensors"
FACTS = "model.json"
EVALUATION = "evaluation.json"
CARD = "card.md"


def names_of_models(entry: Entry) -> tuple[str, ...]:
    """Return what is trained: hybrid and twin, and once a question of images a ResNet."""
    reference = entry.is_released and entry.shape.kind in {Kind.IMAGE, Kind.VOLUME}
    return (HYBRID, CONTROL, RESNET) if reference else (HYBRID, CONTROL)


def command(entry: Entry, verb: str) -> str:
    """Return the command that trains, evaluates or studies it."""
    return f"qlinical {verb} {entry.question.name}" + ("" if entry.is_released else f" --family {entry.family}")


def _weights(folder: Path, name: str, seed: int) -> Path:
    return folder / f"{name}-{seed}.safetensors"


def _as_kept(member: nn.Module, entry: Entry, name: str) -> nn.Module:
    """Return it in half precision where that halves megabytes: the ResNets, and image models nobody is shown."""
    pictures = entry.shape.kind in {Kind.IMAGE, Kind.VOLUME}
    if not pictures or (name != RESNET and entry.is_released):
        return member
    kept = copy.deepcopy(member).half()
    for layer, whole in zip(quantum_layers(kept), quantum_layers(member), strict=True):
        if layer.normalization is not None:
            # Rounded, nearly dependent angles would no longer have a covariance.
            layer.angle_covariance = whole.angle_covariance.clone()
    return kept


def save(model: FamilyModel, directory: Path = DIRECTORY) -> None:
    """Write all weights and facts into a folder of the entry's name."""
    entry, folder = model.entry, directory / model.entry.name
    # Written last: where it is missing, what lies there is not whole.
    (folder / FACTS).unlink(missing_ok=True)
    for name, members in model.members.items():
        for seed, member in zip(model.facts.seeds, members, strict=True):
            save_weights(_as_kept(member, entry, name), _weights(folder, name, seed))
    save_weights(model.preparation, folder / PREPARATION)
    (folder / FACTS).write_text(model.facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def is_trained(entry: Entry, directory: Path = DIRECTORY) -> bool:
    """Tell whether there are weights of it."""
    return (directory / entry.name / FACTS).is_file()


def load(entry: Entry, directory: Path = DIRECTORY) -> FamilyModel:
    """Read the trained models of a family for a question.

    Raises:
        MissingAsset: they were never trained, or a file is missing.
    """
    folder = directory / entry.name
    again = f"Run '{command(entry, 'train')}', or restore it with git if it was there."
    for file in (folder / FACTS, folder / PREPARATION):
        if not file.is_file():
            raise MissingAsset(f"{file} is missing. {again}")
    facts = _read(folder / FACTS, Facts, again)
    preparation = new_preparation(entry.shape.kind)
    load_weights(preparation, folder / PREPARATION)
    members = {name: [new_member(entry, name) for _ in facts.seeds] for name in names_of_models(entry)}
    for name, several in members.items():
        for seed, member in zip(facts.seeds, several, strict=True):
            file = _weights(folder, name, seed)
            if not file.is_file():
                raise MissingAsset(f"{file} is missing. {again}")
            load_weights(member, file)
    return FamilyModel(entry, preparation, members, facts)


def _read(file: Path, kind: type[Content], again: str) -> Content:
    try:
        return kind.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise MissingAsset(f"{file} is damaged or of another version of the program. {again}") from error


def card_file(entry: Entry, directory: Path = DIRECTORY) -> Path:
    """Return the path of a model's card."""
    return directory / entry.name / CARD


def save_evaluation(entry: Entry, evaluation: FamilyEvaluation, directory: Path = DIRECTORY) -> None:
    """Write what the test cases said, for the card and the page."""
    text = evaluation.model_dump_json(indent=2) + "\n"
    (directory / entry.name / EVALUATION).write_text(text, encoding="utf-8")


def load_evaluation(entry: Entry, directory: Path = DIRECTORY) -> FamilyEvaluation:
    """Read what the test cases said.

    Raises:
        MissingAsset: the model was never evaluated.
    """
    file = directory / entry.name / EVALUATION
    again = f"Run '{command(entry, 'evaluate')} --write', or restore it with git if it was there."
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. {again}")
    return _read(file, FamilyEvaluation, again)


def previous_evaluation(entry: Entry, directory: Path = DIRECTORY) -> FamilyEvaluation | None:
    """Return what was written last, or None where nothing was."""
    is_there = (directory / entry.name / EVALUATION).is_file()
    return load_evaluation(entry, directory) if is_there else None
