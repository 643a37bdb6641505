"""Dates as people write them to days, where the column leaves no doubt which number is the month."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import number
from qcore.io.nonmem.columns.names import Role
from qcore.io.nonmem.sentences import request, sentence
from qcore.io.nonmem.sheet import Sheet
from qcore.io.nonmem.units.headers import folded
from qcore.study import Array

_DATE = re.compile(r"([0-9]{1,4})([-/. ]?)([0-9]{1,2}|[a-z]{3})\2([0-9]{1,4})")
_COMPACT = re.compile(r"(?:19|20)[0-9]{6}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# NONMEM's names say the order; source: NONMEM User's Guides, part VI, "DATE, DAT1, DAT2, DAT3".
_ORDERS: Mapping[str, str] = {"date": "mdy", "dat1": "dmy", "dat2": "ymd", "dat3": "ydm"}
_CENTURY = 50
"""Years of two digits from this on are of the last century."""
UNNEEDED = " Correct it; if dates are not needed, ", request(Role.DATE, ""), "."
WRITTEN = {"mdy": "month/day/year", "dmy": "day/month/year", "ymd": "year/month/day", "ydm": "year/day/month"}


def days_of(sheet: Sheet, dates: Sequence[str]) -> tuple[Array, str] | None:
    """Return the day of each date, and how dates are written; None where one is none, which is a fault of the file.

    Args:
        sheet: the file. By its name NONMEM's DATE is month/day/year, DAT1 day/month/year; DAT2 and DAT3 begin with the
            year.
        dates: of each line, without the time of day, or numbers of days.

    Raises:
        UnreadableInput: dates can be read two ways.
    """
    numbered = [number(text, decimal_comma=False) for text in dates]
    if all(value is not None for value in numbered) and not all(map(_COMPACT.fullmatch, dates)):
        return np.array(numbered, dtype=np.float64), "a number of days"
    column, subjects = sheet.name(Role.DATE), sheet.names
    orders = _orders(dates, column)
    read = {order: [_day(text, order) for text in dates] for order in orders}
    valid = {order: np.array(days, dtype=np.float64) for order, days in read.items() if None not in days}
    if not valid:
        sheet.faults.add(
            sheet.fault(row, Role.DATE, sentence(f"{shortened(text)} is no date such as 2024-03-05.", *UNNEEDED))
            for row, (text, day) in enumerate(zip(dates, read[orders[0]], strict=True))
            if day is None
        )
        return None
    order = next(iter(valid))
    closest = min(valid, key=lambda each: _spread(valid[each], subjects))
    if _spread(valid[closest], subjects) < _spread(valid[order], subjects):
        sheet.faults.refuse(
            f"Dates in the column {shortened(column)} can be read with the day or the month first, as "
            f"{shortened(dates[0])}. Write them as 2024-03-05, or name the column DAT1 if the day is first."
        )
    return valid[order], WRITTEN[order]


def _orders(texts: Sequence[str], column: str) -> tuple[str, ...]:
    """Return how dates may be written, the likeliest first."""
    named = _ORDERS.get(folded(column))
    if all(re.match(r"[0-9]{4}", text) for text in texts):
        return ("ydm",) if named == "ydm" else ("ymd",)
    if named in ("dmy", "ymd", "ydm"):
        return (named,)
    # A full stop stands between the numbers only where the day is first; the name of a month leaves no doubt.
    return ("dmy",) if any(re.search(r"[.A-Za-z]", text) for text in texts) else ("mdy", "dmy")


def _day(text: str, order: str) -> int | None:
    compact = _COMPACT.fullmatch(text)
    separated = None if compact else _DATE.fullmatch(text.lower())
    if compact:
        parts, order = [text[:4], text[4:6], text[6:]], "ymd"
    elif separated:
        parts = [separated.group(1), separated.group(3), separated.group(4)]
    else:
        return None
    if parts[1] in _MONTHS:
        parts[1], order = str(_MONTHS.index(parts[1]) + 1), "ymd" if order[0] == "y" else "dmy"
    try:
        year, month, day = (int(parts[order.index(part)]) for part in "ymd")
        return date(year + (0 if year > 99 else 1900 if year >= _CENTURY else 2000), month, day).toordinal()
    except ValueError:
        return None


def _spread(days: Array, subjects: Sequence[str]) -> float:
    """Return the days between the first and the last of each subject, summed."""
    ends: dict[str, tuple[float, float]] = {}
    for subject, day in zip(subjects, days.tolist(), strict=True):
        low, high = ends.get(subject, (day, day))
        ends[subject] = (min(low, day), max(high, day))
    return sum(high - low for low, high in ends.values())
