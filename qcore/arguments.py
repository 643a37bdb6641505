"""What a program hands over, refused in a sentence where it cannot be."""

import math
from enum import StrEnum
from numbers import Integral, Real
from pathlib import Path
from typing import TypeVar

from qcore.errors import InvalidArgument

Member = TypeVar("Member", bound=StrEnum)


def check_whole(name: str, value: object, least: int, most: int | None = None) -> None:
    """Refuse what is no whole number within its range.

    Args:
        name: of the argument, as its caller writes it.
        value: what was handed over.
        least: the smallest number that is accepted.
        most: the largest; None where there is no limit.

    Raises:
        InvalidArgument: it is something else; the message names the argument and its range.
    """
    number = None if isinstance(value, bool) or not isinstance(value, Integral) else int(value)
    if number is None or number < least or (most is not None and number > most):
        upper = "or more" if most is None else f"to {most:,}"
        raise InvalidArgument(f"{name} must be a whole number, {least} {upper}, not {value!r}.")


def check_number(
    name: str, value: object, least: float = -math.inf, most: float = math.inf, *, above: float = -math.inf
) -> None:
    """Refuse what is no finite number within its range.

    Args:
        name: of the argument, as its caller writes it.
        value: what was handed over.
        least: the smallest number that is accepted.
        most: the largest number that is accepted.
        above: a number that is just too small.

    Raises:
        InvalidArgument: it is something else; the message names the argument and its range.
    """
    number = math.nan if isinstance(value, bool) or not isinstance(value, Real) else float(value)
    if not math.isfinite(number) or not least <= number <= most or number <= above:
        limits = [f"above {above:g}"] if above > -math.inf else []
        limits += [f"at least {least:g}"] if least > -math.inf else []
        limits += [f"at most {most:g}"] if most < math.inf else []
        raise InvalidArgument(f"{name} must be a number{', ' if limits else ''}{' and '.join(limits)}, not {value!r}.")


def check_kind(name: str, value: object, kind: type | tuple[type, ...], expected: str) -> None:
    """Refuse what is of another type.

    Args:
        name: of the argument, as its caller writes it.
        value: what was handed over.
        kind: the type or types that are accepted.
        expected: what it should be and how it is had, as the end of "NAME must be ...".

    Raises:
        InvalidArgument: it is of another type.
    """
    if not isinstance(value, kind):
        given = "None" if value is None else f"an object of type {type(value).__name__}"
        raise InvalidArgument(f"{name} must be {expected}, not {given}.")


def member_of(what: str, value: object, kind: type[Member]) -> Member:
    """Return the member of an enumeration that is handed over, or that a text names.

    Args:
        what: what is chosen, for people, such as ``route``.
        value: the member, or its text.
        kind: the enumeration.

    Raises:
        InvalidArgument: there is none of this text; the message lists those there are.
    """
    if not isinstance(value, str) or value not in list(kind):
        given = f"'{value}'" if isinstance(value, str) else repr(value)
        raise InvalidArgument(f"There is no {what} {given}. Choose from {', '.join(kind)}.")
    return kind(value)


def path_of(name: str, value: object) -> Path:
    """Return the path that a text or a path says.

    Args:
        name: of the argument, as its caller writes it.
        value: what was handed over.

    Raises:
        InvalidArgument: it is neither.
    """
    check_kind(name, value, (str, Path), "a path, as text or as a pathlib.Path")
    return Path(value)  # type: ignore[arg-type]
