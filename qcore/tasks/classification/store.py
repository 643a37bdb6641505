"""Where the trained models lie: weights as safetensors, facts as JSON, nothing that can run code."""

import copy
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from torch import nn

from qcore.errors import MissingAsset
from qcore.evidence.evaluation import Evaluation
from qcore.models.encoded import load_weights, save_weights
from qcore.models.quantum_layer import quantum_layers
from qcore.models.trees import load_trees
from qcore.settings import ASSETS
from qcore.tasks.classification.model import CONTROL, GRADIENT_BOOSTING, HYBRID, RESNET, Facts, Model, new_member
from qcore.tasks.classification.preparation import InCells, InStretches
from qcore.tasks.classification.question import Entry, pictures

Content = TypeVar("Content", bound=BaseModel)
DIRECTORY = ASSETS / "models"
PREPARATION = "preparation.safetensors"
FACTS = "model.json"
EVALUATION = "evaluation.json"
CARD = "card.md"


def names_of_models(entry: Entry) -> tuple[str, ...]:
    """Return the models that are trained: hybrid and twin, and with one family the question's references."""
    return (HYBRID, CONTROL, *(entry.question.references if entry.brings_references else ()))


def command(entry: Entry, verb: str) -> str:
    """Return the command that trains, evaluates or studies it."""
    return f"qlinical {verb} {entry.question.name}" + ("" if entry.is_released else f" --family {entry.family}")


def folder_of(entry: Entry) -> Path:
    """Return where the models of an entry lie that come with Qlinical."""
    return DIRECTORY / entry.name


def weights_file(folder: Path, name: str, seed: int) -> Path:
    """Return the path of one member's weights."""
    return folder / f"{name}-{seed}.safetensors"


def _as_kept(member: nn.Module, entry: Entry, name: str) -> nn.Module:
    """Return a member in half precision where that saves megabytes: ResNets, and image models that are not released."""
    if not pictures(entry.shape.kind) or (name != RESNET and entry.is_released):
        return member
    rounded = copy.deepcopy(member).half()
    for layer, trained in zip(quantum_layers(rounded), quantum_layers(member), strict=True):
        if layer.normalization is not None:
            # Rounded, nearly dependent angles would no longer have a covariance.
            layer.angle_covariance = trained.angle_covariance.clone()
    return rounded


def save(model: Model, folder: Path | None = None) -> None:
    """Write all weights and facts, into the entry's own folder if no other is given."""
    entry, folder = model.entry, folder or folder_of(model.entry)
    # Written last: where it is missing, what lies there is not whole.
    (folder / FACTS).unlink(missing_ok=True)
    for name, members in model.members.items():
        for seed, member in zip(model.facts.seeds, members, strict=True):
            save_weights(_as_kept(member, entry, name), weights_file(folder, name, seed))
    kept = model.preparation
    # Millions of pretrained weights need no more digits than half precision has.
    save_weights(copy.deepcopy(kept).half() if isinstance(kept, InCells | InStretches) else kept, folder / PREPARATION)
    (folder / FACTS).write_text(model.facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def is_trained(entry: Entry, folder: Path | None = None) -> bool:
    """Tell whether there are weights of it."""
    return ((folder or folder_of(entry)) / FACTS).is_file()


def load(entry: Entry, folder: Path | None = None) -> Model:
    """Read the trained models of a family for a question, from the entry's own folder if no other is given.

    Raises:
        MissingAsset: they were never trained, or a file is missing or damaged.
    """
    folder = folder or folder_of(entry)
    again = f"Run '{command(entry, 'train')}', or restore it with git if it was there."
    for file in (folder / FACTS, folder / PREPARATION):
        if not file.is_file():
            raise MissingAsset(f"{file} is missing. {again}")
    facts = _read(folder / FACTS, Facts, again)
    preparation = entry.new_preparation()
    load_weights(preparation, folder / PREPARATION)
    members = {
        name: [_member(entry, name, weights_file(folder, name, seed), again) for seed in facts.seeds]
        for name in names_of_models(entry)
    }
    return Model(entry, preparation, members, facts)


def _member(entry: Entry, name: str, file: Path, again: str) -> nn.Module:
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. {again}")
    if name == GRADIENT_BOOSTING:
        return load_trees(file)
    member = new_member(entry, name)
    load_weights(member, file)
    return member


def _read(file: Path, kind: type[Content], again: str) -> Content:
    try:
        return kind.model_validate_json(file.read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise MissingAsset(f"{file} is damaged or of another version of the program. {again}") from error


def save_evaluation(entry: Entry, evaluation: Evaluation, folder: Path | None = None) -> None:
    """Write what the test cases said, for the card and the page."""
    text = evaluation.model_dump_json(indent=2, exclude_defaults=True) + "\n"
    ((folder or folder_of(entry)) / EVALUATION).write_text(text, encoding="utf-8")


def load_evaluation(entry: Entry, folder: Path | None = None) -> Evaluation:
    """Read what the test cases said.

    Raises:
        MissingAsset: the model was never evaluated.
    """
    file = (folder or folder_of(entry)) / EVALUATION
    again = f"Run '{command(entry, 'evaluate')} --write', or restore it with git if it was there."
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. {again}")
    return _read(file, Evaluation, again)


def previous_evaluation(entry: Entry) -> Evaluation | None:
    """Return what was written last, or None where nothing was."""
    return load_evaluation(entry) if (folder_of(entry) / EVALUATION).is_file() else None


def card_file(entry: Entry) -> Path:
    """Return the path of a model's card."""
    return folder_of(entry) / CARD
