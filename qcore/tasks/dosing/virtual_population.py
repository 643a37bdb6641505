"""Virtual people: covariates as in a study or as asked for, and how each differs from what is typical."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real

import numpy as np
import torch
from scipy.stats import norm, qmc
from torch import Tensor

from qcore.arguments import check_kind, check_number
from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel


@dataclass(frozen=True)
class Population:
    """The people whom a dose is for, by weight and other covariates.

    Attributes:
        name: as people read it.
        weight_kg: body weight is uniform between these; None as in the study.
        fixed: covariates that are the same in everybody.
    """

    name: str = "as in the study"
    weight_kg: tuple[float, float] | None = None
    fixed: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse weights and covariates that cannot be.

        Raises:
            InvalidValue: weights are not two, not above 0, or the higher one comes first; a covariate is no number.
        """
        check_kind("name", self.name, str, "text")
        if self.weight_kg is not None:
            weights = self.weight_kg
            if not isinstance(weights, tuple | list) or len(weights) != 2:
                raise InvalidValue(f"weight_kg must be two numbers, the lower one first, not {weights!r}.")
            if not all(isinstance(weight, Real) for weight in weights):
                raise InvalidValue(f"weight_kg must be two numbers, not {weights!r}.")
        check_kind("fixed", self.fixed, Mapping, "values of covariates by name, such as {'COMED': 0.0}")
        for name, value in self.fixed.items():
            check_number(f"The covariate {name}", value)
        if self.weight_kg is not None and not 0 < self.weight_kg[0] <= self.weight_kg[1] < float("inf"):
            low, high = self.weight_kg
            raise InvalidValue(f"Body weights from {low:g} to {high:g} kg cannot be: say the lower one first.")

    @property
    def comedication(self) -> str:
        """Whether another drug is taken beside it, where the study has a column COMED."""
        return "as in the study" if "COMED" not in self.fixed else "yes" if self.fixed["COMED"] else "no"


@dataclass(frozen=True)
class People:
    """Virtual people: their covariates, and how each differs from what is typical.

    Attributes:
        covariates: of the people by name, each ``(n_people,)``.
        eta: ``(n_people, n_iiv)``, in units of omega.
    """

    covariates: dict[str, Tensor]
    eta: Tensor

    def patients(self, model: PopulationModel, numbers: Tensor | None = None) -> dict[str, Tensor]:
        """Return their parameters under a model, each ``(n_people,)``.

        Args:
            model: with the random effects they were drawn for.
            numbers: other numbers than the model's own.
        """
        return model.patients(self.covariates, self.eta, numbers)


def middle(model: PopulationModel, population: Population) -> dict[str, float]:
    """Return the covariates in the middle of a population; those it does not fix are left out."""
    weight = population.weight_kg
    return ({model.weight: sum(weight) / 2} if weight and model.weight else {}) | dict(population.fixed)


def people(model: PopulationModel, population: Population, count: int, seed: int) -> People:
    """Draw people, evenly rather than at random (scrambled Sobol numbers), so that few stand for many.

    Weight is drawn apart from the other covariates, which keep company as in the study.

    Args:
        model: whose subjects are drawn from.
        population: whom the dose is for.
        count: how many; a power of two is most even.
        seed: of the scrambled Sobol sequence.

    Raises:
        InvalidValue: the population names a covariate that the model's study does not have.
    """
    known = {each.name for each in model.covariates}
    unknown = set(population.fixed) - known
    if unknown:
        raise InvalidValue(
            f"The study has no covariate {', '.join(sorted(unknown))}: it has {', '.join(sorted(known))}."
        )
    if population.weight_kg and model.weight is None:
        raise InvalidValue("The study has no body weight, so that doses cannot be asked for by weight.")
    n_iiv = len(model.structure.iiv)
    even = qmc.Sobol(n_iiv + 2, rng=np.random.default_rng(seed)).random(count)
    even = np.clip(even, 1e-9, 1 - 1e-9)
    row = (even[:, 0] * model.n_subjects).astype(int)
    covariates = {each.name: torch.tensor(each.seen, dtype=torch.float64)[row] for each in model.covariates}
    if population.weight_kg and model.weight:
        low, high = population.weight_kg
        covariates[model.weight] = torch.from_numpy(low + (high - low) * even[:, 1])
    for name, value in population.fixed.items():
        covariates[name] = torch.full((count,), float(value), dtype=torch.float64)
    return People(covariates, torch.from_numpy(norm.ppf(even[:, 2:])))
