"""The backends that exist, by name: what the selector lists and the commands accept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qcore.errors import InvalidValue

if TYPE_CHECKING:
    from qcore.backends.protocol import Backend


@dataclass(frozen=True)
class BackendChoice:
    """One line of the backend selector.

    Attributes:
        name: identifier used by commands.
        label: what the selector shows.
        description: one sentence for the person who chooses.
        make: builds the backend; imports its libraries only then.
    """

    name: str
    label: str
    description: str
    make: "Callable[[], Backend]"


def _ideal() -> "Backend":
    from qcore.backends.ideal import IdealBackend

    return IdealBackend()


BACKENDS: Mapping[str, BackendChoice] = {
    "ideal": BackendChoice(
        name="ideal",
        label="Noiseless simulator",
        description="Exact: no device noise, no sampling error.",
        make=_ideal,
    ),
}


def backend(name: str) -> "Backend":
    """Build the backend of this name.

    Raises:
        InvalidValue: there is none of this name; nothing else is run instead.
    """
    if name not in BACKENDS:
        raise InvalidValue(f"There is no backend '{name}'. Choose one of: {', '.join(BACKENDS)}.")
    return BACKENDS[name].make()
