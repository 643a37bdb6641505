"""Where the trained AKI models lie: weights as safetensors, facts as JSON, nothing that can run code."""

from pathlib import Path

from torch import nn

from qcore.errors import MissingAsset
from qcore.evidence.evaluation import Evaluation
from qcore.models.encoded import load_weights, save_weights
from qcore.models.trees import load_trees
from qcore.settings import ASSETS
from qcore.tasks.aki.model import (
    CARD,
    CONTROL,
    GRADIENT_BOOSTING,
    HYBRID,
    LOGISTIC_REGRESSION,
    AkiModel,
    Facts,
    new_control,
    new_encoder,
    new_hybrid,
    new_logistic_regression,
)

DIRECTORY = ASSETS / "models" / CARD
FACTS = "model.json"
EVALUATION = "evaluation.json"


def weights_file(directory: Path, name: str) -> Path:
    """Return the path of one model's weights."""
    return directory / f"{name}.safetensors"


def save(model: AkiModel, directory: Path = DIRECTORY) -> None:
    """Write all weights and facts."""
    parts: dict[str, nn.Module] = {HYBRID: model.hybrid, **model.controls}
    for name, part in parts.items():
        save_weights(part, weights_file(directory, name))
    (directory / FACTS).write_text(model.facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load(directory: Path = DIRECTORY) -> AkiModel:
    """Read the trained models.

    Raises:
        MissingAsset: a file is not there.
    """
    names = (HYBRID, CONTROL, LOGISTIC_REGRESSION, GRADIENT_BOOSTING)
    files = [weights_file(directory, name) for name in names] + [directory / FACTS]
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        raise MissingAsset(
            f"{', '.join(missing)} not found in {directory}. Restore it with git, or run 'qlinical train aki'."
        )
    facts = Facts.model_validate_json((directory / FACTS).read_text(encoding="utf-8"))
    hybrid, control = new_hybrid(new_encoder(), facts.normalized), new_control(new_encoder())
    logistic = new_logistic_regression(new_encoder())
    load_weights(hybrid, weights_file(directory, HYBRID))
    load_weights(control, weights_file(directory, CONTROL))
    load_weights(logistic, weights_file(directory, LOGISTIC_REGRESSION))
    trees = load_trees(weights_file(directory, GRADIENT_BOOSTING))
    return AkiModel(
        hybrid=hybrid,
        controls={CONTROL: control, GRADIENT_BOOSTING: trees, LOGISTIC_REGRESSION: logistic},
        facts=facts,
    )


def save_evaluation(evaluation: Evaluation, directory: Path = DIRECTORY) -> None:
    """Write what the test set said, for the page and the card."""
    text = evaluation.model_dump_json(indent=2) + "\n"
    (directory / EVALUATION).write_text(text, encoding="utf-8")


def load_evaluation(directory: Path = DIRECTORY) -> Evaluation:
    """Read what the test set said.

    Raises:
        MissingAsset: the model was never evaluated.
    """
    file = directory / EVALUATION
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. Restore it with git, or run 'qlinical evaluate aki --write'.")
    return Evaluation.model_validate_json(file.read_text(encoding="utf-8"))
