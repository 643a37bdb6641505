"""A fitted population model: numbers, their covariance, and the subjects they describe."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from pydantic import TypeAdapter
from torch import Tensor

from qcore.arguments import check_kind, path_of
from qcore.errors import MissingAsset
from qcore.population.checked import Checked
from qcore.population.fitting.fit import Fit, drawn
from qcore.population.fitting.remarks import remarks
from qcore.population.structure import SHARES, Structure, estimates_of, individual, natural
from qcore.study import Study, Units


@dataclass(frozen=True)
class Spread:
    """A covariate of the subjects a model was fitted to.

    Attributes:
        name: of the covariate in the study's file.
        seen: its value in every subject, in one order for all covariates.
    """

    name: str
    seen: tuple[float, ...]


@dataclass(frozen=True, repr=False)
class PopulationModel:
    """A population model fitted to a study, of which it holds no measurements.

    Attributes:
        structure: which parameters, effects and errors the model has.
        numbers: unbounded, in the order of the structure's names.
        covariance: of the numbers, row by row.
        ofv: -2 log likelihood of the fit.
        bic: Bayesian information criterion of the fit.
        n_subjects: it was fitted to.
        n_measurements: it was fitted to.
        shrinkage: of every random effect.
        covariates: their values in the subjects it was fitted to.
        weight: name of the covariate that is body weight in kg, if any.
        units: of times, doses, concentrations and responses.
        study: SHA-256 of the file it was fitted to.
        remarks: what speaks against the fit and could only be seen beside its data.
        checked: what was looked at beside its data when it was fitted; None where that was not done.
    """

    structure: Structure
    numbers: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    ofv: float
    bic: float
    n_subjects: int
    n_measurements: int
    shrinkage: Mapping[str, float]
    covariates: tuple[Spread, ...]
    weight: str | None
    units: Units
    study: str
    remarks: tuple[str, ...] = ()
    checked: Checked | None = None

    def __repr__(self) -> str:
        """Return whom it was fitted to, and a line for every number, with its standard error."""
        head = f"PopulationModel of {self.n_subjects} subjects, {self.n_measurements} measurements, BIC {self.bic:.1f}"
        numbers = [f"  {name} {value:.4g}, standard error {error}" for name, (value, error) in self.with_errors.items()]
        return "\n".join([head, *numbers])

    @property
    def vector(self) -> Tensor:
        """The numbers as a tensor, ``(n_names,)``, unbounded, in the order of the structure's names."""
        return torch.tensor(self.numbers, dtype=torch.float64)

    @property
    def reported(self) -> dict[str, float]:
        """The numbers by name, in their units."""
        return dict(zip(self.structure.names, natural(self.structure, self.vector).tolist(), strict=True))

    @property
    def with_errors(self) -> dict[str, tuple[float, str]]:
        """The numbers by name with their standard error: relative, in %, where the logarithm was estimated."""
        errors = torch.tensor(self.covariance, dtype=torch.float64).diagonal().clamp(min=0).sqrt().tolist()
        texts = [
            f"{error:.3g}" if " on " in name or name in SHARES else f"{100 * error:.3g} %"
            for name, error in zip(self.structure.names, errors, strict=True)
        ]
        return {name: (value, text) for (name, value), text in zip(self.reported.items(), texts, strict=True)}

    def draws(self, count: int, seed: int) -> Tensor:
        """Return draws of the numbers from their uncertainty, ``(count, n_names)``."""
        return drawn(self.vector, torch.tensor(self.covariance, dtype=torch.float64), count, seed)

    def covariate(self, name: str) -> tuple[float, ...]:
        """Return a covariate of every subject.

        Raises:
            KeyError: it has none of this name.
        """
        return {each.name: each.seen for each in self.covariates}[name]

    def patients(
        self, covariates: Mapping[str, Tensor], eta: Tensor, numbers: Tensor | None = None
    ) -> dict[str, Tensor]:
        """Return parameters of patients, each ``(n_patients,)``.

        Args:
            covariates: of the patients by name, each ``(n_patients,)``.
            eta: ``(n_patients, n_iiv)``, standard normal: in units of omega.
            numbers: other numbers than the model's own.
        """
        estimates = estimates_of(self.structure, self.vector if numbers is None else numbers)
        return individual(self.structure, estimates, covariates, eta * estimates.omega)


_ADAPTER = TypeAdapter(PopulationModel)


def model_of_fit(fitted: Fit, study: Study, digest: str) -> PopulationModel:
    """Return the population model of a fit, without the study's measurements.

    Args:
        fitted: a fit with the covariance of its numbers.
        study: it was fitted to.
        digest: SHA-256 of the study's file.

    Raises:
        ValueError: the fit has no uncertainty.
    """
    if fitted.covariance is None:
        raise ValueError("fit with uncertainty first")
    return PopulationModel(
        fitted.structure,
        tuple(fitted.vector.tolist()),
        tuple(map(tuple, fitted.covariance.tolist())),
        fitted.ofv,
        fitted.bic,
        len(study.subjects),
        int(fitted.problem.design.counts.sum()),
        fitted.shrinkage,
        tuple(Spread(name, tuple(study.covariate(name).tolist())) for name in study.covariates),
        study.weight,
        study.units,
        digest,
        remarks(fitted, study),
    )


def save(model: PopulationModel, file: Path | str) -> None:
    """Write a model as JSON, which `load` reads again; folders that are missing are made.

    Args:
        model: fitted to a study, of which its measurements are no part.
        file: where it is written; what is there is replaced.

    Raises:
        InvalidArgument: it is no population model, or no path.
        OSError: the file cannot be written.
    """
    check_kind("The model", model, PopulationModel, "a population model, as qcore.fit_population_model returns it")
    file = path_of("The file", file)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_ADAPTER.dump_python(model, mode="json"), indent=1)
    file.write_text(text + "\n", encoding="utf-8")


def load(file: Path | str) -> PopulationModel:
    """Read a model that `save` wrote.

    Args:
        file: its path.

    Raises:
        InvalidArgument: it is no path.
        MissingAsset: there is no such file, or it holds no population model.
    """
    file = path_of("The file", file)
    try:
        model = _ADAPTER.validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise MissingAsset(f"There is no file {file}: fit a model and save it there first.") from error
    except (OSError, ValueError) as error:
        raise MissingAsset(f"{file} is no population model that can be read: fit it again.") from error
    n = len(model.structure.names)
    if len(model.numbers) != n or [len(row) for row in model.covariance] != [n] * n:
        raise MissingAsset(f"{file} is no population model that can be read: fit it again.")
    return model
