"""A drug's file: what it is, how it is given, what is never exceeded, and what a dose of it is to reach."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qcore.errors import InvalidArgument, MissingAsset, UnreadableInput
from qcore.settings import ASSETS
from qcore.tasks.dosing.target import Measure, Target

DIRECTORY = ASSETS / "drugs"
ALIKE = 0.02
"""Intervals that differ by less than this share are the same."""

PLAIN = {"extra_forbidden": "is not known in a drug's file", "missing": "is missing"}
"""Plain words for faults whose description by pydantic only a programmer understands, by pydantic's name."""

MOST_DOSES = 20_000
"""Most doses of one regimen, since a page computes all of them."""
SHORTEST_H, LONGEST_H = 0.25, 24.0 * 366
LONGEST_NAME, LONGEST_TEXT = 60, 1000
UNREADABLE = set("<>[]{}*`$|\\")
"""Characters that a page would read as formatting."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def __init__(self, **data: Any) -> None:
        """Make one from a program.

        Raises:
            InvalidArgument: a value is missing, misspelt or impossible; the message names it.
        """
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise InvalidArgument(f"{type(self).__name__}: {_sentence(error)}") from None

    # Else pydantic would call it for every part of a file too, whose faults say where in the file they are.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]


class Regimen(_Strict):
    """One way in which a drug is given: how often, in which steps, and up to which dose.

    Attributes:
        name: as people say it.
        interval_h: hours between two doses.
        step: doses are whole multiples of this.
        cap: the highest single dose, never exceeded.
    """

    name: str
    interval_h: Positive
    step: Positive
    cap: Positive

    @model_validator(mode="after")
    def _fits(self) -> "Regimen":
        if self.cap < self.step:
            raise ValueError(f"the cap of {self.name} is below its step, so that no dose is left")
        return self


class Aim(_Strict):
    """What a dose is to reach at steady state.

    Attributes:
        measure: response, trough, peak or average.
        low: limit above which the measure is to stay; None for no limit.
        high: limit below which the measure is to stay; None for no limit.
    """

    measure: Measure
    low: Positive | None = None
    high: Positive | None = None

    @model_validator(mode="after")
    def _is_window(self) -> "Aim":
        if self.low is None and self.high is None:
            raise ValueError("an aim needs low or high, or both")
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError("low must be below high")
        return self

    @property
    def target(self) -> Target:
        """The same as a `Target`."""
        return Target(self.measure, self.low, self.high)


class UnitsOf(_Strict):
    """Units of the drug's numbers."""

    time: Literal["h"] = "h"
    dose: str = "mg"
    concentration: str = "mg/L"
    response: str = ""


class Studied(_Strict):
    """What was given in the study behind the file.

    Attributes:
        doses: all different single doses above 0.
        interval_h: between them; None where each was given once.
    """

    doses: Annotated[tuple[Positive, ...], Field(min_length=1)]
    interval_h: Positive | None = None

    def same(self, interval_h: float) -> bool:
        """Whether doses were studied at this interval."""
        return self.interval_h is not None and abs(self.interval_h - interval_h) < ALIKE * interval_h


class Drug(_Strict):
    """What a drug's file says: how it is given, up to what, and what a dose is to reach.

    Attributes:
        name: of the drug, as a page shows it.
        about: a sentence or two: where the numbers of this file come from.
        route: how it is given.
        units: of all doses, concentrations and responses in the file.
        regimens: ways to give it, the first one first.
        aim: what a dose is to reach.
        shares: of patients who are to reach it, the first one first.
        model: file of the fitted population model beside this file, if there is one.
        effect: what the response is called.
        studied: what was given in the study, where the file tells.
    """

    name: str
    about: str
    route: Literal["oral", "subcutaneous", "intravenous"]
    units: UnitsOf = UnitsOf()
    regimens: Annotated[tuple[Regimen, ...], Field(min_length=1)]
    aim: Aim
    shares: Annotated[tuple[Annotated[float, Field(gt=0, lt=1)], ...], Field(min_length=1)] = (0.9, 0.75)
    model: str | None = None
    effect: str = "response"
    studied: Studied | None = None


def read_drug(file: Path) -> Drug:
    """Read and check a drug's file.

    Raises:
        MissingAsset: it is not there.
        UnreadableInput: it is not TOML, or something in it is missing, misspelt or impossible.
    """
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise MissingAsset(
            f"There is no drug file {file}. Those that come with Qlinical: {', '.join(names())}."
        ) from None
    return parsed(file.name, data)


def parsed(name: str, data: bytes) -> Drug:
    """Check the text of a drug's file.

    Args:
        name: of the file, for messages.
        data: bytes of the file, TOML in UTF-8.

    Raises:
        UnreadableInput: it is not TOML, or something in it is missing, misspelt or impossible.
    """
    try:
        drug = Drug.model_validate(tomllib.loads(data.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise UnreadableInput(f"{name} is not text in UTF-8: save it as such.") from error
    except tomllib.TOMLDecodeError as error:
        raise UnreadableInput(f"{name} is not TOML: {error}.") from error
    except ValidationError as error:
        raise UnreadableInput(f"{name}: {_sentence(error)}") from error
    except RecursionError as error:
        raise UnreadableInput(f"{name} is not a drug's file: its values are nested too deeply.") from error
    wrong = next(_wrong(drug), None)
    if wrong:
        raise UnreadableInput(f"{name}: {wrong}.")
    return drug


def _wrong(drug: Drug) -> Iterator[str]:
    """Yield faults of a file whose values are each valid: what a page could not show or compute."""
    units = {_field_name(("units", name)): text for name, text in drug.units.model_dump().items()}
    ways = {_field_name(("regimens", row, "name")): each.name for row, each in enumerate(drug.regimens)}
    for field, text in {"name": drug.name, "effect": drug.effect, **units, **ways}.items():
        # A response may have no unit: a score has none.
        if not (text.strip() or field == "units, response") or len(text) > LONGEST_NAME or not text.isprintable():
            yield f"{field}: one line of 1 to {LONGEST_NAME} characters"
    for field, text in {"effect": drug.effect, "about": drug.about, **units, **ways}.items():
        if UNREADABLE & set(text):
            yield f"{field}: without {' '.join(sorted(UNREADABLE & set(text)))}"
    if len(drug.about) > LONGEST_TEXT:
        yield f"about: at most {LONGEST_TEXT} characters"
    if len({each.name for each in drug.regimens}) < len(drug.regimens):
        yield "regimens: two have the same name"
    if len(set(drug.shares)) < len(drug.shares):
        yield "shares: one is there twice"
    for row, each in enumerate(drug.regimens):
        if each.cap / each.step > MOST_DOSES:
            yield f"{_field_name(('regimens', row))}: more than {MOST_DOSES:,} doses up to the cap; widen the step"
        if not SHORTEST_H <= each.interval_h <= LONGEST_H:
            yield f"{_field_name(('regimens', row, 'interval_h'))}: from {SHORTEST_H:g} to {LONGEST_H:g} hours"


def _sentence(error: ValidationError) -> str:
    faults = []
    for each in error.errors():
        usual = each["msg"].removeprefix("Value error, ").replace("Input should", "should")
        fault = PLAIN.get(each["type"], usual)
        faults.append(f"{_field_name(each['loc'])}: {fault}" if each["loc"] else fault)
    return "; ".join(faults) + "."


def _field_name(path: tuple[int | str, ...]) -> str:
    """Write where in a file something stands: regimen 2, step."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words[-1] = f"{words[-1].removesuffix('s')} {part + 1}"
        else:
            words.append(part)
    return ", ".join(words) or "the file"


def names() -> list[str]:
    """Return the drugs whose files come with Qlinical."""
    return sorted(file.stem for file in DIRECTORY.glob("*.toml"))


def shipped(name: str) -> Drug:
    """Read the file of a drug that comes with Qlinical."""
    return read_drug(DIRECTORY / f"{name}.toml")
