"""Where the haemoglobin models lie: weights as safetensors, facts as JSON, nothing that can run code."""

from functools import cache
from pathlib import Path
from typing import TypeVar

import pandas as pd
from pydantic import BaseModel, ValidationError

from qcore.backends.protocol import Backend
from qcore.errors import MissingAsset
from qcore.models.encoded import load_weights, save_weights
from qcore.models.trees import load_trees
from qcore.settings import ASSETS
from qcore.tasks.hemoglobin.answer import Answer
from qcore.tasks.hemoglobin.evaluation import HemoglobinEvaluation
from qcore.tasks.hemoglobin.facts import Facts
from qcore.tasks.hemoglobin.model import CARD, GRADIENT_BOOSTING, HemoglobinModel
from qcore.tasks.hemoglobin.network import HYBRID, TWIN, Regressor

Content = TypeVar("Content", bound=BaseModel)
DIRECTORY = ASSETS / "models" / CARD
FACTS, EVALUATION, CARD_FILE = "model.json", "evaluation.json", "card.md"
AGAIN = "Run 'qlinical train hemoglobin', or restore it with git."


def _weights(folder: Path, name: str, seed: int) -> Path:
    return folder / f"{name}-{seed}.safetensors"


def save(model: HemoglobinModel, folder: Path = DIRECTORY) -> None:
    """Write weights and facts."""
    # Written last: where it is missing, what lies there is not whole.
    (folder / FACTS).unlink(missing_ok=True)
    for name, members in model.members.items():
        for seed, member in zip(model.facts.seeds, members, strict=True):
            save_weights(member, _weights(folder, name, seed))
    save_weights(model.trees, _weights(folder, GRADIENT_BOOSTING, 0))
    (folder / FACTS).write_text(model.facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load(folder: Path = DIRECTORY) -> HemoglobinModel:
    """Read the trained models.

    Raises:
        MissingAsset: a file is not there, or is damaged.
    """
    facts = read(folder / FACTS, Facts)
    members = {
        name: [_member(_weights(folder, name, seed), name, facts.n_layers[name]) for seed in facts.seeds]
        for name in (HYBRID, TWIN)
    }
    return HemoglobinModel(members, load_trees(_there(_weights(folder, GRADIENT_BOOSTING, 0))), facts)


def _member(file: Path, name: str, n_layers: int) -> Regressor:
    member = Regressor(name, n_layers)
    load_weights(member, _there(file))
    return member


def _there(file: Path) -> Path:
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. {AGAIN}")
    return file


def read(file: Path, kind: type[Content]) -> Content:
    """Read a file of JSON.

    Raises:
        MissingAsset: it is not there, or is damaged.
    """
    try:
        return kind.model_validate_json(_there(file).read_text(encoding="utf-8"))
    except (ValidationError, UnicodeDecodeError) as error:
        raise MissingAsset(f"{file} is damaged or of another version of the program. {AGAIN}") from error


def load_evaluation(folder: Path = DIRECTORY) -> HemoglobinEvaluation:
    """Read what cross-validation said.

    Raises:
        MissingAsset: the model was never evaluated.
    """
    return read(folder / EVALUATION, HemoglobinEvaluation)


@cache
def shipped() -> HemoglobinModel:
    """Return the model that comes with Qlinical, read once."""
    return load()


def hemoglobin(inputs: pd.DataFrame, backend: Backend | str) -> Answer:
    """Ask the model that comes with Qlinical; see `HemoglobinModel.answer`."""
    return shipped().answer(inputs, backend)
