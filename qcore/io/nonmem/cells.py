"""Cells to numbers and times of day; why a cell is none, in a sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qcore.io.delimited import shortened
from qcore.io.numerals import readings
from qcore.study import Array, Flags

Rows = npt.NDArray[np.intp]
"""Places of lines among all, from 0."""
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
    """Read a number; None where there is none, where it can be read two ways, or where it cannot be true.

    Args:
        text: the cell as it is written.
        decimal_comma: whether other numbers of the file can only be read with a decimal comma.
    """
    meanings = readings(text, decimal_comma=decimal_comma)
    clear = len(meanings) == 1 or (decimal_comma and "." not in text)
    return meanings[0] if clear and meanings and _is_likely(meanings[0]) else None


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


@dataclass(frozen=True, eq=False)
class Numbers:
    """The numbers of a column; every array is ``(n_rows,)``.

    Attributes:
        values: NaN where there is none.
        unread: the cell holds something, and no number that can be true.
        in_hours: the number is in hours whatever the unit of the column: a time of day, or a date was counted.
    """

    values: Array
    unread: Flags
    in_hours: Flags

    def times(self, factors: Array | float) -> Array:
        """Return the values in another unit.

        Args:
            factors: what each is multiplied by, unless it is in hours; one for all, or ``(n_rows,)``.
        """
        return self.values * np.where(self.in_hours, 1.0, factors)

    def changed(self, values: Array, *, in_hours: bool = False) -> "Numbers":
        """Return other values in the place of these; those that cannot be true are unread.

        Args:
            values: ``(n_rows,)``, NaN where there is none.
            in_hours: all of them are in hours.
        """
        unlikely = (values != 0) & ((np.abs(values) > MAX_MAGNITUDE) | (np.abs(values) < MIN_MAGNITUDE))
        unread = (self.unread & np.isnan(values)) | unlikely
        hours = np.ones_like(self.in_hours) if in_hours else self.in_hours
        return Numbers(np.where(unlikely, np.nan, values), unread, hours)

    def rows(self, rows: Rows) -> "Numbers":
        """Return some of them, in the order given."""
        return Numbers(self.values[rows], self.unread[rows], self.in_hours[rows])


def read_numbers(texts: Sequence[str], *, decimal_comma: bool, clock: bool = False) -> Numbers:
    """Read a column of numbers.

    Args:
        texts: the cells of the column as they are written.
        decimal_comma: whether other numbers of the file can only be read with a decimal comma.
        clock: accept ``hh:mm[:ss]`` too, which is a number of hours.
    """
    read = clock_time if clock else number
    # A column has few distinct texts: each is read once.
    known = {text: np.nan if is_missing(text) else read(text, decimal_comma=decimal_comma) for text in set(texts)}
    clocks = {text for text in known if clock and is_clock(text)}
    values = [known[text] for text in texts]
    return Numbers(
        np.array([np.nan if value is None else value for value in values], dtype=np.float64),
        np.array([value is None for value in values], dtype=np.bool_),
        np.array([text in clocks for text in texts], dtype=np.bool_),
    )


def why_unread(text: str, *, decimal_comma: bool, clock: bool = False) -> str:
    """Say why a cell holds no number, and what to do.

    Args:
        text: the cell as it is written.
        decimal_comma: whether other numbers of the file can only be read with a decimal comma.
        clock: whether a time of day would do too.
    """
    meanings = readings(text, decimal_comma=decimal_comma)
    if len(meanings) > 1 and number(text, decimal_comma=decimal_comma) is None:
        return (
            f"{shortened(text)} can be read as {meanings[0]:g} or as {meanings[1]:.0f}. "
            "Write it without a thousands separator."
        )
    if meanings or (clock and is_clock(text)):
        return f"{shortened(text)} is too large or too small to be true. Correct it."
    return f"{shortened(text)} is not a number{' or a time such as 14:30' if clock else ''}. Correct it."
