"""The population model of a file: the one that comes with Qlinical, one fitted before, or one fitted now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.population.fitting.search import Tried
from qcore.population.model import PopulationModel, load, save
from qcore.settings import settings
from qcore.tasks.dosing.fitting import digest, fitted_now, shipped_model

GENERATION = 6
"""Version of the remembered models; to be raised when reading of files or selection of models changes."""


@dataclass(frozen=True)
class Fitted:
    """A file and its model.

    Attributes:
        read: what the file holds.
        model: the population model fitted to the study.
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
    on_read: Callable[[ReadStudy], None] = lambda _: None,
) -> Fitted:
    """Read a file and return its population model; minutes where it has not been fitted before.

    Args:
        name: of the file, which says how it is read.
        data: bytes of the file.
        roles: columns as the user says.
        options: what else the user says.
        on_step: called with every model that is tried on the way.
        again: fit even if a model is there.
        on_read: called with what was read before it is fitted; what it raises ends the work.

    Raises:
        UnreadableInput: the file cannot be read.
        InvalidValue: there is too little to fit.
    """
    read = read_study(name, data, roles, options)
    on_read(read)
    key = digest(data, roles, options)
    known = shipped_model(key) or (load(kept_at(key)) if kept_at(key).is_file() else None)
    if known is not None and not again:
        return Fitted(read, known, False)
    model = fitted_now(read, key, on_step)
    save(model, kept_at(key))
    return Fitted(read, model, True)


def kept_at(key: str) -> Path:
    """Return where the model of a file is remembered, told by the digest of its reading."""
    return settings().programs.parent / "population" / f"{key}-{GENERATION}.json"
