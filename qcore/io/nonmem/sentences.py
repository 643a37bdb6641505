"""Sentences about a file that name what the user can say of it; each front end names its own controls in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from qcore.io.nonmem.columns.names import Role


class Option(Enum):
    """What the user can say of a file beside the roles of its columns; the value is where ``Options`` holds it."""

    ROUTE = "route"
    SINGLE_DOSE = "dose"
    PER_KG = "dose_per_kg"
    CONCENTRATION = "concentration"
    RESPONSE = "response"
    LOGARITHM = "logarithm"
    LEAVE_OUT_NEGATIVE = "leave_out_negative"
    TIME_UNIT = "units.time"
    DOSE_UNIT = "units.dose"
    CONCENTRATION_UNIT = "units.concentration"


@dataclass(frozen=True)
class ColumnFor:
    """The column to which the user can give a role.

    Attributes:
        role: what the column holds.
        column: its name; "" where no column is to have the role, None where only the user knows which.
    """

    role: Role
    column: str | None = None


Field = Option | ColumnFor


Part = str | tuple[Field, ...] | ColumnFor
"""Of a sentence: text, where something is said (``where``), or the request to say it (``request``)."""


class Wording(Protocol):
    """How a front end names what the user can say."""

    def where(self, fields: Sequence[Field]) -> str:
        """Return where it is said, with a blank before it and in brackets, or nothing."""
        ...

    def request(self, field: ColumnFor) -> str:
        """Return the request to say which column has a role, as part of a sentence."""
        ...


@dataclass(frozen=True, repr=False)
class Sentence:
    """Text with fields in it.

    Attributes:
        parts: text and named fields, in the order in which they are written.
    """

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        """Return the text in the words of ``read_study``: names of ``Options`` and of roles."""
        return worded(self, _Arguments())

    def __repr__(self) -> str:
        """Return the text in quotation marks, as of any other sentence."""
        return repr(str(self))


Text = str | Sentence
"""A sentence, whether it names fields or not."""


def sentence(*parts: Part) -> Sentence:
    """Put a sentence together from text and from fields, which each front end names in its own way."""
    return Sentence(parts)


def where(*fields: Field) -> tuple[Field, ...]:
    """Name where something is said, as in `` (route)``."""
    return fields


def request(role: Role, column: str | None = None) -> ColumnFor:
    """Ask the user to say which column has a role, as in ``say dvid=KIND``.

    Args:
        role: what the column holds.
        column: its name; "" where no column is to have the role, None where only the user knows which.
    """
    return ColumnFor(role, column)


def worded(text: Text, wording: Wording) -> str:
    """Return a sentence as a front end shows it.

    Args:
        text: a sentence, with fields in it or without.
        wording: how the front end names fields.
    """
    return text if isinstance(text, str) else "".join(_part(part, wording) for part in text.parts)


def _part(part: Part, wording: Wording) -> str:
    if isinstance(part, tuple):
        return wording.where(part)
    return wording.request(part) if isinstance(part, ColumnFor) else part


class _Arguments:
    """Fields by the names of arguments in Python."""

    def where(self, fields: Sequence[Field]) -> str:
        return f" ({', '.join(map(self._name, fields))})"

    def request(self, field: ColumnFor) -> str:
        return f"say {self._name(field)}"

    def _name(self, field: Field) -> str:
        if isinstance(field, Option):
            return field.value
        return f"{field.role}={'COLUMN' if field.column is None else field.column}"
