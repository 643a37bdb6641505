"""The challenge's study as it is cross-validated here, and where what was found about it is written."""

from dataclasses import replace
from pathlib import Path

from qcore.io.nonmem.reader import read_study
from qcore.population.model import PopulationModel, load
from qcore.settings import CACHE
from qcore.study import Study
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitting import SHIPPED, TRIAL
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.evaluation import stored
from qcore.training.dosing import release
from qcore.training.dosing.card import card
from qcore.training.dosing.evaluate import Progress, Validation

CARD = "card.md"
KEPT = CACHE / "dosing"
"""Folder of the folds that are done; may be deleted to train again."""

SHOWN = (
    "mechanistic",
    "gradient boosting",
    "quantum",
    "classical",
    "quantum on mechanistic",
    "classical on mechanistic",
)
"""Models in the README's table."""


def population() -> PopulationModel:
    """Return the population model of the study."""
    return load(SHIPPED / "challenge.json")


def validation(data: Path, on_progress: Progress = lambda _what, _done, _all: None) -> Validation:
    """Return the cross-validation on the trial of the challenge, with all its candidates.

    Args:
        data: folder of the public data sets.
        on_progress: called as `Validation` says.

    Raises:
        FileNotFoundError: the study is not there.
    """
    return Validation(_study(data), population(), KEPT, on_progress=on_progress)


def write_card(directory: Path = store.DIRECTORY) -> None:
    """Write the card from what is kept."""
    (directory / CARD).write_text(text_of_card(directory), encoding="utf-8")


def text_of_card(directory: Path = store.DIRECTORY) -> str:
    """Return the card of what is kept.

    Raises:
        MissingAsset: there is no evaluation, or nothing was trained.
    """
    named = shipped("challenge").units
    units = replace(population().units, concentration=named.concentration, response=named.response)
    return card(stored.load(directory), release.load(directory), units)


def _study(data: Path) -> Study:
    file = data.joinpath(*TRIAL)
    return read_study(file.name, file.read_bytes()).study
