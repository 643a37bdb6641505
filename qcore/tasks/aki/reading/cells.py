"""One cell, or a column of cells, of text to checked values in canonical units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import InvalidValue
from qcore.io.delimited import shortened
from qcore.io.numerals import readings
from qcore.tasks.aki.inputs import Input, canonical_value
from qcore.tasks.aki.reading.naming import icu_code
from qcore.units import Unit

_MISSING = frozenset({"", "-", "--", ".", "?", "na", "n/a", "nan", "none", "null", "#n/a", "missing"})


def is_missing(text: str) -> bool:
    """Tell whether a cell says that there is no value."""
    return text.strip().lower() in _MISSING


def _is_accepted(item: Input, value: float, unit: Unit) -> bool:
    try:
        canonical_value(item, value, unit)
    except InvalidValue:
        return False
    return True


def number_in(item: Input, text: str, unit: Unit, *, decimal_comma: bool) -> float:
    """Read a cell as a number in its own unit; NaN where it says missing.

    Of two readings of a number the one inside the accepted range is taken.

    Raises:
        InvalidValue: no number, or two readings of it are possible values.
    """
    if is_missing(text):
        return float("nan")
    if item.choices:
        code = icu_code(text)
        if code is not None:
            return float(code)
    found = readings(text, decimal_comma=decimal_comma)
    if not found:
        limit = " A limit such as <0.2 cannot be used." if text.strip()[:1] in "<>≤≥" else ""
        names = ", ".join(item.choices.values()) if item.choices else "a number"
        raise InvalidValue(f"{item.label}: {shortened(text)} is not {names}.{limit} Correct it.")
    accepted = [value for value in found if _is_accepted(item, value, unit)]
    if len(accepted) > 1:
        raise InvalidValue(
            f"{item.label}: {shortened(text)} can be read as {accepted[0]:g} or as "
            f"{accepted[1]:.0f}. Write it without a thousands separator."
        )
    return accepted[0] if accepted else found[0]


def read_cell(item: Input, text: str, unit: Unit, *, decimal_comma: bool) -> float:
    """Read and check one cell.

    Returns:
        The value in the canonical unit.

    Raises:
        InvalidValue: missing, no number, ambiguous, or outside the accepted range.
    """
    return canonical_value(item, number_in(item, text, unit, decimal_comma=decimal_comma), unit)


@dataclass(frozen=True, eq=False)
class CheckedCells:
    """A column after its check. All arrays have one entry a cell.

    Attributes:
        canonical: value in the canonical unit, NaN where not accepted.
        missing: the cell says that there is no value.
        unreadable: no number, or one that can be read two ways.
        outside: a number outside the accepted range.
    """

    canonical: npt.NDArray[np.float64]
    missing: npt.NDArray[np.bool_]
    unreadable: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]


def read_cells(item: Input, texts: Sequence[str], unit: Unit, *, decimal_comma: bool) -> CheckedCells:
    """Read and check a column; agrees with ``read_cell`` for every cell.

    Plain numbers inside the range are read together; every other distinct text is read once.
    """
    cells = pd.Series(texts, dtype=object)
    plain = cells
    if decimal_comma:
        plain = cells.str.replace(r"^(-?[0-9]+),([0-9]{1,2}|[0-9]{4,})$", r"\1.\2", regex=True)
        plain = plain.mask(cells.str.contains(r"\.[0-9]{3}$", regex=True))
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    canonical = numbers * unit.factor + unit.offset
    low, high = item.accepted
    inside = (canonical >= low) & (canonical <= high)
    if item.choices:
        inside &= np.isin(numbers, list(item.choices))
    values = np.where(inside, canonical, np.nan)
    missing, unreadable = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    others = np.flatnonzero(~inside)
    codes, distinct = pd.factorize(cells.iloc[others])
    results = [_one(item, text, unit, decimal_comma) for text in distinct]
    if len(others):
        values[others] = np.array([result[0] for result in results])[codes]
        missing[others] = np.array([result[1] for result in results])[codes]
        unreadable[others] = np.array([result[2] for result in results])[codes]
    outside = np.isnan(values) & ~missing & ~unreadable
    return CheckedCells(values, missing, unreadable, outside)


def _one(item: Input, text: str, unit: Unit, decimal_comma: bool) -> tuple[float, bool, bool]:
    """Value or NaN, is missing, is unreadable."""
    if is_missing(text):
        return np.nan, True, False
    try:
        number = number_in(item, text, unit, decimal_comma=decimal_comma)
    except InvalidValue:
        return np.nan, False, True
    try:
        return canonical_value(item, number, unit), False, False
    except InvalidValue:
        return np.nan, False, False
