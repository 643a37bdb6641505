"""Where the trained imaging models lie: weights as safetensors, facts as JSON, nothing that can run code."""

import copy
from pathlib import Path

from qcore.errors import MissingAsset
from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.models.encoded import load_weights, save_weights
from qcore.settings import ASSETS
from qcore.tasks.imaging.model import CONTROL, HYBRID, REFERENCE, Facts, ImagingModel, new_member
from qcore.tasks.imaging.task import TASKS

DIRECTORY = ASSETS / "models"
FACTS = "model.json"
EVALUATION = "evaluation.json"
CARD = "card.md"
NAMES = (HYBRID, CONTROL, REFERENCE)


def _weights(folder: Path, name: str, seed: int) -> Path:
    return folder / f"{name}-{seed}.safetensors"


def save(model: ImagingModel, directory: Path = DIRECTORY) -> None:
    """Write all weights and facts into a folder of the task's name.

    The reference, which is ten times as large as the hybrid, is kept in half precision.
    """
    folder = directory / model.task.name
    for name, members in model.members.items():
        for seed, member in zip(model.facts.seeds, members, strict=True):
            kept = copy.deepcopy(member).half() if name == REFERENCE else member
            save_weights(kept, _weights(folder, name, seed))
    (folder / FACTS).write_text(model.facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load(name: str, directory: Path = DIRECTORY) -> ImagingModel:
    """Read the trained models of a task.

    Raises:
        MissingAsset: they were never trained, or a file is missing.
    """
    task, folder = TASKS[name], directory / name
    again = f"Restore it with git, or run 'qlinical train {name}'."
    if not (folder / FACTS).is_file():
        raise MissingAsset(f"{folder / FACTS} is missing. {again}")
    facts = Facts.model_validate_json((folder / FACTS).read_text(encoding="utf-8"))
    members = {kind: [new_member(task, kind) for _ in facts.seeds] for kind in NAMES}
    for kind, several in members.items():
        for seed, member in zip(facts.seeds, several, strict=True):
            file = _weights(folder, kind, seed)
            if not file.is_file():
                raise MissingAsset(f"{file} is missing. {again}")
            load_weights(member, file)
    return ImagingModel(task, members, facts)


def card_file(name: str, directory: Path = DIRECTORY) -> Path:
    """Return the path of a model's card."""
    return directory / name / CARD


def save_evaluation(evaluation: FamilyEvaluation, directory: Path = DIRECTORY) -> None:
    """Write what the test split said, for the card and the page."""
    text = evaluation.model_dump_json(indent=2) + "\n"
    (directory / evaluation.task / EVALUATION).write_text(text, encoding="utf-8")


def load_evaluation(name: str, directory: Path = DIRECTORY) -> FamilyEvaluation:
    """Read what the test split said.

    Raises:
        MissingAsset: the model was never evaluated.
    """
    file = directory / name / EVALUATION
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. Restore it with git, or run 'qlinical evaluate {name} --write'.")
    return FamilyEvaluation.model_validate_json(file.read_text(encoding="utf-8"))


def previous_evaluation(name: str, directory: Path = DIRECTORY) -> FamilyEvaluation | None:
    """Return what was written last, or None where nothing was."""
    return load_evaluation(name, directory) if (directory / name / EVALUATION).is_file() else None
