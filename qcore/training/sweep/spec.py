"""What a sweep shall train: a small TOML file, checked before anything runs, as a list of cells.

::

    data = "aki"                    # aki, aki-series, breast, pneumonia, adrenal or toy
    cases = 400                     # a random subset of the training cases; leave it out for all
    epochs = 20
    families = ["variational"]      # see: qlinical families
    qubits = [1, 2, 3, 4]
    layers = [1, 2, 3, 4]
    devices = ["ideal", "noisy:fez"]
    seeds = [0, 1, 2]
"""

import hashlib
import json
import tomllib
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qcore.backends.registry import noise_model
from qcore.backends.specification import parse
from qcore.errors import InvalidValue, MissingAsset, UnreadableInput
from qcore.models.families import FAMILIES, Family
from qcore.training.loop.recipe import Recipe
from qcore.training.sweep.data import KINDS

HYBRID = "hybrid"
CONTROL = "control"
NO_DEVICE = "none"
"""Where a control runs: it has no circuit."""

Count = Annotated[int, Field(ge=1)]
Qubits = Annotated[int, Field(ge=1, le=9)]
Layers = Annotated[int, Field(ge=1, le=50)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]

_EXPECTED = {
    "data": f"one of: {', '.join(KINDS)}",
    "cases": "a whole number from 2, or left out for all training cases",
    "epochs": "a whole number from 1",
    "families": 'a list such as ["variational", "resistant"]',
    "qubits": "a list of whole numbers from 1 to 9",
    "layers": "a list of whole numbers from 1 to 50",
    "devices": 'a list such as ["ideal", "noisy:fez:3"]',
    "seeds": "a list of whole numbers from 0 to 4294967295",
}


@dataclass(frozen=True)
class Cell:
    """One model that a sweep trains: its data, family, size, role, device and seed.

    Attributes:
        data: name of the data set.
        cases: training cases; 0 for all.
        epochs: passes over them.
        family: of the model.
        qubits: of its circuit.
        layers: of its circuit.
        role: hybrid or control, its classical twin.
        device: where a hybrid trains and answers; `NO_DEVICE` for a control.
        seed: of weights and of the order of cases.
    """

    data: str
    cases: int
    epochs: int
    family: str
    qubits: int
    layers: int
    role: str
    device: str
    seed: int

    @property
    def key(self) -> str:
        """Text that differs from that of every other cell, recipe and release of the program."""
        content = asdict(self) | {"recipe": asdict(self.recipe), "version": version("qlinical")}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]

    @property
    def recipe(self) -> Recipe:
        """How the cell is trained: the usual recipe, with its number of epochs."""
        return Recipe(self.epochs)


class Sweep(BaseModel):
    """A checked specification; see the module."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    data: str
    cases: Annotated[int, Field(ge=2)] | None = None
    epochs: Count
    families: Annotated[list[str], Field(min_length=1)]
    qubits: Annotated[list[Qubits], Field(min_length=1)]
    layers: Annotated[list[Layers], Field(min_length=1)]
    devices: Annotated[list[str], Field(min_length=1)]
    seeds: Annotated[list[Seed], Field(min_length=1)]

    def cells(self) -> list[Cell]:
        """Return all cells, the largest circuits first: a long one begun last would keep the others waiting.

        A control stands beside the hybrids of all devices, so there is one for each family, size and seed.
        """
        sizes = {family: _sizes(FAMILIES[family], self.qubits, self.layers) for family in self.families}
        runs = [(HYBRID, device) for device in self.devices] + [(CONTROL, NO_DEVICE)]
        cells = [
            Cell(self.data, self.cases or 0, self.epochs, family, qubits, layers, role, device, seed)
            for family in self.families
            for (qubits, layers), (role, device), seed in product(sizes[family], runs, self.seeds)
        ]
        return sorted(cells, key=lambda cell: (cell.role == CONTROL, -cell.qubits * cell.layers))


def _sizes(family: Family, qubits: list[int], layers: list[int]) -> list[tuple[int, int]]:
    """Return qubits and layers of a family, its own where it takes no others."""
    own_qubits, own_layers = family.size
    return list(
        product(
            [own_qubits] if "qubits" in family.ignores else qubits,
            [own_layers] if "layers" in family.ignores else layers,
        )
    )


def read_sweep(file: Path) -> Sweep:
    """Read and check a specification.

    Raises:
        MissingAsset: there is no such file, or no calibration of a device.
        UnreadableInput: it is no TOML.
        InvalidValue: something in it cannot be; the message says what.
    """
    if not file.is_file():
        raise MissingAsset(f"There is no file {file}.")
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnreadableInput(f"{file} cannot be read as TOML: {error}.") from error
    try:
        sweep = Sweep.model_validate(content)
    except ValidationError as error:
        wrong = [str(fault["loc"][0]) for fault in error.errors()]
        # A setting that does not exist first: it may be the one that is missing, misspelt.
        first = next((field for field in wrong if field not in _EXPECTED), wrong[0])
        raise InvalidValue(f"{file}: {_sentence(first, content)}") from error
    try:
        _check(sweep)
    except InvalidValue as error:
        raise InvalidValue(f"{file}: {error}") from error
    return sweep


def _sentence(field: str, content: dict[str, object]) -> str:
    if field not in _EXPECTED:
        near = get_close_matches(field, _EXPECTED, 1)
        meant = f" Is '{near[0]}' meant?" if near else ""
        return f"'{field}' is not a setting of a sweep.{meant} There are: {', '.join(_EXPECTED)}."
    if field not in content:
        return f"'{field}' is missing: {_EXPECTED[field]}."
    return f"'{field}' must be {_EXPECTED[field]}."


def _check(sweep: Sweep) -> None:
    kind = KINDS.get(sweep.data)
    if kind is None:
        raise InvalidValue(f"there is no data set '{sweep.data}'. Choose one of: {', '.join(KINDS)}.")
    for name, values in sweep.model_dump().items():
        twice = [value for value in values if values.count(value) > 1] if isinstance(values, list) else []
        if twice:
            raise InvalidValue(f"'{name}' lists {twice[0]} twice.")
    for family in sweep.families:
        if family not in FAMILIES:
            raise InvalidValue(f"there is no family '{family}'. Choose from: {', '.join(FAMILIES)}.")
        if kind not in FAMILIES[family].kinds:
            takes = ", ".join(sorted(FAMILIES[family].kinds))
            raise InvalidValue(f"the family '{family}' takes {takes}; a case of '{sweep.data}' is a {kind}.")
    for device in sweep.devices:
        specification = parse(device)
        if specification.kind in {"ibm", "rehearsal"} or specification.shots:
            raise InvalidValue(
                f"training needs exact gradients, and '{device}' has none: choose ideal or noisy without shots."
            )
        if specification.kind == "noisy":
            noise_model(specification)
