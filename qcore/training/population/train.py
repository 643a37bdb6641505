"""Fit the population model of a drug's study, and write it with its card."""

from collections.abc import Callable
from pathlib import Path

from qcore.population.fitting.search import Tried
from qcore.population.model import PopulationModel, save
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import answer
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitted_model import fitted
from qcore.tasks.dosing.fitting import SHIPPED, TRIAL
from qcore.training.population.card import card

NAME = "challenge"


def train(data: Path, on_step: Callable[[Tried], None], directory: Path = SHIPPED) -> PopulationModel:
    """Fit the challenge's study and write ``challenge.json`` and its card (about two minutes).

    Args:
        data: folder of the public data sets.
        on_step: called with every model that is tried.
        directory: in which the model and its card are written.

    Raises:
        FileNotFoundError: the study is not there.
    """
    file = data.joinpath(*TRIAL)
    tried: list[Tried] = []

    def note(step: Tried) -> None:
        tried.append(step)
        on_step(step)

    model = fitted(file.name, file.read_bytes(), on_step=note, again=True).model
    drug = shipped(NAME)
    save(model, directory / f"{NAME}.json")
    answers = answer(model, challenge(drug, model))
    (directory / "card.md").write_text(card(model, drug, tried, answers), encoding="utf-8")
    return model
