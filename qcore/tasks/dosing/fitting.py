"""A population model fitted to a study that was just read, of which nothing is left on the disk."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.reader import ReadStudy
from qcore.population.checked import Checked
from qcore.population.fitting.fit import Fit
from qcore.population.fitting.remarks import saturation, unwatched
from qcore.population.fitting.search import Search, Tried
from qcore.population.fitting.selection import select
from qcore.population.fitting.unit_groups import apart
from qcore.population.model import PopulationModel, load, model_of_fit
from qcore.settings import ASSETS
from qcore.study import Study
from qcore.tasks.dosing.diagnostics import quantity_checks
from qcore.tasks.dosing.drug.file import DIRECTORY, Drug
from qcore.tasks.dosing.given import check_study
from qcore.tasks.dosing.whole_doses import whole

SHIPPED = ASSETS / "models" / "dosing"
TRIAL = ("lsqi", "EstData.csv")
"""Where the data of the challenge's trial lie in the folder of public data."""


class FitStopped(Exception):
    """The fit was cancelled; to be raised by the caller's ``on_step``."""


def fitted_to(
    read: ReadStudy,
    data: bytes,
    roles: Mapping[Role, str] | None = None,
    options: Options | None = None,
    on_step: Callable[[Tried], None] = lambda _: None,
) -> PopulationModel:
    """Return the model of a study: that which comes with Qlinical, else one fitted now, which takes minutes.

    Args:
        read: the study as it was read from its file.
        data: bytes of its file.
        roles: columns as the user said.
        options: what else the user said.
        on_step: called with every model that is tried on the way; what it raises ends the fit.

    Raises:
        InvalidValue: there is too little to fit.
    """
    key = digest(data, roles, options)
    return shipped_model(key) or fitted_now(read, key, on_step)


def fitted_now(read: ReadStudy, key: str, on_step: Callable[[Tried], None]) -> PopulationModel:
    """Find a model of a study and fit it, whatever was fitted before.

    Args:
        read: the study as it was read from its file.
        key: digest of the file and of how it was read, see `digest`.
        on_step: called with every model that is tried on the way.

    Raises:
        InvalidValue: there is too little to fit.
    """
    return fit_study(read.study, read.route_known, on_step, key)


def fit_study(
    study: Study, route_known: bool = True, on_step: Callable[[Tried], None] = lambda _: None, key: str = ""
) -> PopulationModel:
    """Find the population model of a study and fit it: seconds for a dozen subjects, minutes for a trial.

    Args:
        study: who was given what and when, and what was measured.
        route_known: the doses say whether they are absorbed; where False, both are tried.
        on_step: called with every model that is tried on the way; what it raises ends the fit.
        key: digest of the study's file, where it has one.

    Raises:
        InvalidValue: there is too little to fit, or the study cannot have been done; the message names the subject.
    """
    check_study(study)
    selected = select(study, route_known, Search(on_step))
    return _checked(model_of_fit(selected, study, key), selected, study)


def _checked(model: PopulationModel, fitted: Fit, study: Study) -> PopulationModel:
    """Return the model with its checks against the study's data, which take a second or so."""
    given = np.concatenate([whole(each.doses).amount for each in study.subjects])
    steady = any(each.doses.steady_interval.any() for each in study.subjects)
    checked = Checked(
        quantity_checks(model, study),
        float(given.max(initial=0.0)),
        saturation(fitted),
        unwatched(fitted, study),
        steady_lag=steady and model.structure.lag,
        apart=apart(study),
    )
    return replace(model, checked=checked)


def model_of(drug: Drug) -> PopulationModel:
    """Return the model that comes with the file of a drug.

    Raises:
        MissingAsset: there is none.
    """
    return load((DIRECTORY / (drug.model or "none")).resolve())


def shipped_model(key: str) -> PopulationModel | None:
    """Return the model that comes with Qlinical for a file, told by its digest."""
    models = (load(file) for file in sorted(SHIPPED.glob("*.json")))
    return next((model for model in models if model.study == key), None)


def digest(data: bytes, roles: Mapping[Role, str] | None, options: Options | None) -> str:
    """Return the SHA-256 of a file together with how it was read."""
    usual, given = Options(), options or Options()
    other = {name: value for name, value in vars(given).items() if value != getattr(usual, name)}
    return hashlib.sha256(data + repr((sorted((roles or {}).items()), sorted(other.items()))).encode()).hexdigest()
