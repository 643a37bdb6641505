"""What drives a dose: how much of it goes to each covariate, beside the average of the study (exact Shapley values).

The value of a group of covariates is the dose that is needed where these are the asked-for people's and all others are
as in the study. For a population that is the dose which reaches the target in the share asked for; for one patient it
is what a typical person needs, the mean over the study's subjects where covariates are theirs. Doses are not rounded to
steps here, so that what covariates add makes up the difference exactly. Source: Lundberg and Lee 2017, arXiv:1705.07874
(interventional, with the study as the background).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.explain.explanation import Explanation
from qcore.explain.shapley import Array, exact_shapley
from qcore.population.model import PopulationModel
from qcore.population.steady_state import Interval, SteadyState
from qcore.population.structure import estimates_of
from qcore.tasks.dosing.dose_finding import N_PEOPLE_A_DRAW, SEED, Question
from qcore.tasks.dosing.target import Range, doses_reaching
from qcore.tasks.dosing.virtual_population import People, Population, people

LEVELS = {
    "levels: clearance": ("CL",),
    "levels: uptake": ("V", "Q", "V2", "KA", "TLAG", "F"),
    "levels: baseline": ("R0",),
    "levels: effect": ("KOUT", "IMAX", "SMAX", "EC50", "HILL"),
}
"""Parts into which a patient's random effects are grouped, with the parameters of each."""
MOST_SUBJECTS = 256
"""At most this many subjects of a study stand for its average."""


def population_drivers(model: PopulationModel, question: Question) -> Explanation:
    """Attribute the dose for a population to the covariates in which it differs from the study.

    Args:
        model: the population model.
        question: the dose that is asked for, and for whom.

    Raises:
        InvalidValue: in the study's people or in others that come up, no dose up to the cap does it.
    """
    chosen, usual = (
        people(model, population, N_PEOPLE_A_DRAW, SEED) for population in (question.population, Population())
    )
    highest = question.target.of(model.structure.response).highest
    return _explained(model, question, chosen, usual, lambda reached: _needed_by(reached, question.share, highest))


def patient_drivers(
    model: PopulationModel, question: Question, covariates: Mapping[str, float], eta: Tensor | None = None
) -> Explanation:
    """Attribute the dose that one patient needs to the patient's covariates, and to what the levels tell.

    Args:
        model: the population model.
        question: its regimen and target are the patient's.
        covariates: of the patient by name.
        eta: random effects that the levels tell, ``(n_iiv,)``; None where nothing was measured.

    Raises:
        InvalidValue: somebody who comes up reaches the target with no dose up to the cap.
    """
    rows = np.unique(np.linspace(0, model.n_subjects - 1, MOST_SUBJECTS).round().astype(int))
    seen = {each.name: torch.tensor(each.seen, dtype=torch.float64)[rows] for each in model.covariates}
    none = torch.zeros(len(rows), len(model.structure.iiv), dtype=torch.float64)
    own = {name: torch.full((len(rows),), float(value), dtype=torch.float64) for name, value in covariates.items()}
    patient_eta = none if eta is None else none + eta / estimates_of(model.structure, model.vector).omega
    highest = question.target.of(model.structure.response).highest
    return _explained(
        model,
        question,
        People(seen | own, patient_eta),
        People(seen, none),
        lambda reached: float((reached.highest if highest else reached.lowest).mean()),
    )


def _explained(
    model: PopulationModel, question: Question, chosen: People, usual: People, read: Callable[[Range], float]
) -> Explanation:
    names = list(dict.fromkeys(effect.covariate for effect in model.structure.effects))
    part_of = {name: part for part, several in LEVELS.items() for name in several}
    moved = (chosen.eta != usual.eta).any(0).tolist()
    parts = {part_of[name] for name, moves in zip(model.structure.iiv, moved, strict=True) if moves}
    players = [*names, *(part for part in LEVELS if part in parts)]
    if not players:
        raise InvalidValue("In this study no covariate was found that changes the dose.")
    regimen = question.regimen

    def dose(group: Array) -> float:
        members = {name for name, is_in in zip(players, group, strict=True) if is_in}
        mixed = usual.covariates | {name: chosen.covariates[name] for name in names if name in members}
        is_member = torch.tensor([part_of.get(name) in members for name in model.structure.iiv])
        crowd = People(mixed, torch.where(is_member, chosen.eta, usual.eta))
        state = SteadyState(model.structure, crowd.patients(model), Interval.of(regimen.interval_h))
        return read(doses_reaching(question.target, state, regimen.cap))

    def doses(groups: Array) -> tuple[Array, Array]:
        needed = np.array([dose(group) for group in groups])
        if not np.isfinite(needed).all():
            raise InvalidValue(
                "This cannot be split up: among the people compared are some in whom no dose up to "
                f"{regimen.cap:g} {regimen.name} reaches the target."
            )
        return needed, np.zeros(len(needed))

    explanation = exact_shapley(doses, np.ones(len(players)), np.zeros(len(players)), players)
    return replace(explanation, method="Exact Shapley values beside the people of the study")


def _needed_by(reached: Range, share: float, highest: bool) -> float:
    """Return the lowest (or highest) dose with which this share is on target; infinite where none is."""
    doses = reached.highest if highest else reached.lowest
    doses = doses[doses.isfinite()].sort().values
    enough = (reached.attainment(doses) >= share).nonzero()
    return float(doses[int(enough[-1 if highest else 0])]) if len(enough) else math.inf
