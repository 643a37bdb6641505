"""The population model of a file: the one that comes with Qlinical, one fitted before, or one fitted now."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qcore.io.nonmem import ReadStudy, read_study
from qcore.io.nonmem_columns import Role
from qcore.io.nonmem_options import Options
from qcore.population.model import PopulationModel, kept, load, save
from qcore.population.search import Search, Tried
from qcore.population.selection import select
from qcore.settings import ASSETS, settings

SHIPPED = ASSETS / "models" / "dosing"


@dataclass(frozen=True)
class Fitted:
    """A file and its model.

    Attributes:
        read: what the file holds.
        model: fitted to it.
        fresh: fitted now, not found.
    """

    read: ReadStudy
    model: PopulationModel
    fresh: bool


def fitted(
    name: str,
    data: bytes,
    roles: Mapping[Role, str] | None = None,
    options: Options | None = None,
    on_step: Callable[[Tried], None] = lambda _: None,
    again: bool = False,
) -> Fitted:
    """Read a file and return its population model; minutes where it has not been fitted before.

    Args:
        name: of the file.
        data: its bytes.
        roles: columns as the user says.
        options: what else the user says.
        on_step: called with every model that is tried on the way.
        again: fit even if a model is there.

    Raises:
        UnreadableInput: the file cannot be read.
        InvalidValue: there is too little to fit.
    """
    read = read_study(name, data, roles, options)
    key = digest(data, roles, options)
    known = shipped_model(key) or (load(_kept(key)) if _kept(key).is_file() else None)
    if known is not None and not again:
        return Fitted(read, known, False)
    found = select(read.study, read.route_known, Search(on_step))
    model = kept(found, read.study, key)
    save(model, _kept(key))
    return Fitted(read, model, True)


def shipped_model(key: str) -> PopulationModel | None:
    """Return the model that comes with Qlinical for a file, told by its digest."""
    models = (load(file) for file in sorted(SHIPPED.glob("*.json")))
    return next((model for model in models if model.study == key), None)


def digest(data: bytes, roles: Mapping[Role, str] | None, options: Options | None) -> str:
    """Return what tells one reading of one file from any other (SHA-256)."""
    usual, said = Options(), options or Options()
    other = {name: value for name, value in vars(said).items() if value != getattr(usual, name)}
    return hashlib.sha256(data + repr((sorted((roles or {}).items()), sorted(other.items()))).encode()).hexdigest()


def _kept(key: str) -> Path:
    return settings().programs.parent / "population" / f"{key}.json"
