"""Columns of text to numbers and times; a cell that cannot be read is a fault with its line and a sentence."""

import re
from collections.abc import Sequence

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.faults import Fault
from qcore.io.numerals import readings
from qcore.study import Array

MAX_MAGNITUDE = 1e9
MIN_MAGNITUDE = 1e-30
_MISSING = frozenset({"", "-", "--", ".", "?", "na", "n/a", "nan", "none", "null", "#n/a", "missing"})
# NONMEM has no missing values: these stand for them.
MISSING_CODES = frozenset({"-99", "-999", "-99.0", "-999.0"})
_CLOCK = re.compile(r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?")


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no value."""
    return text.strip().lower() in _MISSING


def number(text: str, *, decimal_comma: bool) -> float | None:
    """Read a number; None where there is none, where it can be read two ways, or where it is absurd.

    Args:
        text: the cell.
        decimal_comma: other numbers of the file can only be read with a decimal comma.
    """
    found = readings(text, decimal_comma=decimal_comma)
    clear = len(found) == 1 or (decimal_comma and "." not in text)
    return found[0] if clear and found and _is_likely(found[0]) else None


def _is_likely(value: float) -> bool:
    return value == 0 or MIN_MAGNITUDE <= abs(value) <= MAX_MAGNITUDE


def is_clock(text: str) -> bool:
    """Tell whether a cell is ``hh:mm[:ss]``."""
    return _CLOCK.fullmatch(text.strip()) is not None


def clock_time(text: str, *, decimal_comma: bool) -> float | None:
    """Read a number or ``hh:mm[:ss]``, which gives hours; None where it is neither."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None:
        return number(text, decimal_comma=decimal_comma)
    hours, minutes, seconds = (float(part or 0) for part in clock.groups())
    return hours + minutes / 60 + seconds / 3600


def numbers(
    texts: Sequence[str],
    lines: Sequence[int],
    column: str,
    *,
    decimal_comma: bool,
    clock: bool = False,
    scale: float = 1.0,
) -> tuple[Array, list[Fault]]:
    """Read a column of numbers.

    Args:
        texts: its cells.
        lines: on which they stand.
        column: its name.
        decimal_comma: as for ``number``.
        clock: accept ``hh:mm``.
        scale: every number is multiplied by this; ``hh:mm`` is hours as it stands.

    Returns:
        Values ``(len(texts),)``, NaN where missing or unreadable, and what is unreadable.
    """
    read = clock_time if clock else number
    # A column has few distinct texts: each is read once.
    known = {text: np.nan if is_missing(text) else read(text, decimal_comma=decimal_comma) for text in set(texts)}
    found = [known[text] for text in texts]
    faults = [
        Fault(line, column, _why(text, decimal_comma, clock))
        for text, line, value in zip(texts, lines, found, strict=True)
        if value is None
    ]
    factor = np.array([1.0 if clock and is_clock(text) else scale for text in texts])
    return np.array([np.nan if value is None else value for value in found], dtype=np.float64) * factor, faults


def _why(text: str, decimal_comma: bool, clock: bool) -> str:
    found = readings(text, decimal_comma=decimal_comma)
    if len(found) > 1:
        return (
            f"{shortened(text)} can be read as {found[0]:g} or as {found[1]:.0f}. "
            "Write it without a thousands separator."
        )
    if found:
        return f"{shortened(text)} is too large or too small to be true. Correct it."
    return f"{shortened(text)} is not a number{' or a time such as 14:30' if clock else ''}. Correct it."
