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
from qcore.tasks.aki.reading import icu_names
from qcore.tasks.aki.reading.written_unit import number_and_unit
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


def number_in(item: Input, text: str, unit: Unit, *, decimal_comma: bool, codes: bool = True) -> float:
    """Read a cell as a number in a unit; NaN where it says missing.

    Of two readings of a number the one inside the accepted range is taken. A number with another unit of the input
    behind it is converted.

    Args:
        item: the input or amount that the cell holds.
        text: the cell as it is written in the file.
        unit: unit of the number in the cell, where the cell itself has none.
        decimal_comma: numbers around it use the decimal comma.
        codes: a number may be the code of a category; otherwise only its name is read.

    Raises:
        InvalidValue: no number, two readings of it are possible values, or a unit that is not one of the input.
    """
    if is_missing(text):
        return float("nan")
    number, own = number_and_unit(item, text, unit)
    if own != unit:
        value = number_in(item, number, own, decimal_comma=decimal_comma, codes=codes)
        return unit.from_canonical(own.to_canonical(value))
    if item.choices:
        named = icu_names.icu_type(text)
        if named is not None:
            return float(named)
    numbers = readings(number, decimal_comma=decimal_comma)
    if item.choices and not (numbers and codes):
        raise icu_names.refusal(text)
    if not numbers:
        limit = " A limit such as <0.2 cannot be used." if text.strip()[:1] in "<>≤≥" else ""
        raise InvalidValue(f"{item.label}: {shortened(text)} is not a number.{limit} Correct it.")
    accepted = [value for value in numbers if _is_accepted(item, value, unit)]
    if len(accepted) > 1:
        raise InvalidValue(
            f"{item.label}: {shortened(text)} can be read as {accepted[0]:g} or as "
            f"{accepted[1]:.0f}. Write it without a thousands separator."
        )
    return accepted[0] if accepted else numbers[0]


def read_cell(item: Input, text: str, unit: Unit, *, decimal_comma: bool, codes: bool = True) -> float:
    """Read and check one cell; for the arguments see ``number_in``.

    Returns:
        The value in the canonical unit.

    Raises:
        InvalidValue: missing, no number, ambiguous, or outside the accepted range.
    """
    return canonical_value(item, number_in(item, text, unit, decimal_comma=decimal_comma, codes=codes), unit)


@dataclass(frozen=True, eq=False)
class CheckedCells:
    """A column after its check. All arrays have one entry a cell.

    Attributes:
        canonical: value in the canonical unit, NaN where not accepted.
        number: the same, of numbers outside the accepted range too; NaN where there is no number.
        missing: the cell says that there is no value.
        unreadable: no number, or one that can be read two ways.
        outside: a number outside the accepted range.
        other_unit: of these, those that another unit of the quantity would bring inside.
    """

    canonical: npt.NDArray[np.float64]
    number: npt.NDArray[np.float64]
    missing: npt.NDArray[np.bool_]
    unreadable: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]
    other_unit: npt.NDArray[np.bool_]


def read_cells(
    item: Input, texts: Sequence[str], unit: Unit, *, decimal_comma: bool, codes: bool = True
) -> CheckedCells:
    """Read and check a column; agrees with ``read_cell`` for every cell.

    Plain numbers inside the range are read together; every other distinct text is read once.
    """
    cells = pd.Series(np.array(texts, dtype=object), dtype=object)
    plain = cells
    if decimal_comma:
        plain = cells.str.replace(r"^(-?[0-9]+),([0-9]{1,2}|[0-9]{4,})$", r"\1.\2", regex=True)
        plain = plain.mask(cells.str.contains(r"\.[0-9]{3}$", regex=True))
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    canonical = numbers * unit.factor + unit.offset
    low, high = item.accepted
    inside = (canonical >= low) & (canonical <= high)
    if item.choices:
        inside &= np.isin(numbers, list(item.choices)) & codes
    values = np.where(inside, canonical, np.nan)
    number = values.copy()
    missing, unreadable = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    unread = np.flatnonzero(~inside)
    if len(unread):
        codes_of_text, distinct = pd.factorize(cells.iloc[unread])
        results = np.array([_read_text(item, text, unit, decimal_comma, codes) for text in distinct])[codes_of_text]
        values[unread], number[unread] = results[:, 0], results[:, 1]
        missing[unread], unreadable[unread] = results[:, 2] == 1.0, results[:, 3] == 1.0
    outside = np.isnan(values) & ~missing & ~unreadable
    other_unit = np.zeros(len(cells), dtype=bool)
    for other in item.units:
        if other != unit and not item.choices:
            read_as = (number - unit.offset) / unit.factor * other.factor + other.offset
            other_unit |= outside & (read_as >= low) & (read_as <= high)
    return CheckedCells(values, number, missing, unreadable, outside, other_unit)


def _read_text(item: Input, text: str, unit: Unit, decimal_comma: bool, codes: bool) -> tuple[float, float, bool, bool]:
    """Value or NaN, number or NaN, is missing, is unreadable."""
    if is_missing(text):
        return np.nan, np.nan, True, False
    try:
        number = number_in(item, text, unit, decimal_comma=decimal_comma, codes=codes)
    except InvalidValue:
        return np.nan, np.nan, False, True
    try:
        value = canonical_value(item, number, unit)
    except InvalidValue:
        return np.nan, unit.to_canonical(number), False, False
    return value, value, False, False
