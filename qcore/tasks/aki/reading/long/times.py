"""The times of a long file, in hours or as time stamps, to hours since the start of each patient's stay."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.numerals import has_decimal_comma, readings
from qcore.tasks.aki.reading.cells import is_missing
from qcore.tasks.aki.reading.long.stamps import is_date, read_stamps
from qcore.tasks.aki.reading.physionet_layout import clock_hours

Array = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
_HOURS = re.compile(r"(?<=[0-9.,])\s*(?:h|hr|hrs|hours?|std|stunden?)\.?$", re.IGNORECASE)
_LATE_H = 20_000.0
"""Hours beyond this are more than two years: days since 1900, as spreadsheets count them, or seconds."""


@dataclass(frozen=True, eq=False)
class Times:
    """Hours of the rows of a file.

    Attributes:
        hours: ``(n,)`` since the start of the stay, NaN where unreadable.
        stamped: the file has time stamps.
        notes: sentences about how times were understood.
        two_starts: patients for whom more than one time of admission is given.
        no_start: patients without a time of admission, where others have one.
    """

    hours: Array
    stamped: bool
    notes: tuple[str, ...] = ()
    two_starts: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    no_start: Numbers = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def read_times(texts: Sequence[str], patients: Numbers, admissions: Sequence[str] | None, called: str) -> Times:
    """Read the times of all rows.

    Args:
        texts: ``(n,)`` hours, hh:mm since the start, or time stamps.
        patients: ``(n,)`` who each row is of, as a number.
        admissions: ``(n,)`` time stamp of admission beside each row, empty where a row has none; None where the file
            has none at all.
        called: name of the column or parameter of admission.

    Raises:
        UnreadableInput: day and month cannot be told apart, some times state a zone and others do not, or the numbers
            are no hours.
    """
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    hours = clock_hours(pd.Series(distinct, dtype=object))
    unread = np.flatnonzero(np.isnan(hours))
    commas = any(has_decimal_comma(distinct[index]) for index in unread)
    for index in unread.tolist():
        numbers = readings(_HOURS.sub("", distinct[index]), decimal_comma=False)
        if len(numbers) == 1 or (numbers and commas):
            hours[index] = numbers[0]
    unread = unread[np.isnan(hours[unread])]
    admitted, given = pd.factorize(np.array([] if admissions is None else admissions, dtype=object))
    stamps = read_stamps([*(distinct[index] for index in unread), *given])
    if np.isnan(stamps.day_first[: len(unread)]).all() and np.isnan(stamps.month_first[: len(unread)]).all():
        _check_hours(hours)
        return Times(hours[codes], stamped=False)
    zoned = stamps.zoned[~np.isnan(stamps.day_first) | ~np.isnan(stamps.month_first)]
    if zoned.any() and not zoned.all():
        raise UnreadableInput(
            "Some time stamps state a time zone and others do not: write all of them with a zone or all without."
        )
    ways = []
    for seconds in _ways(stamps.day_first, stamps.month_first):
        own_s = np.full(len(distinct), np.nan)
        own_s[unread] = seconds[: len(unread)]
        start_s = np.append(seconds[len(unread) :], np.nan)[admitted] if len(given) else None
        ways.append(_since_start(own_s[codes], patients, start_s, called))
    if len(ways) > 1 and not np.allclose(ways[0].hours, ways[1].hours, equal_nan=True):
        example = next(text for text in distinct[unread] if "/" in text or "-" in text)
        raise UnreadableInput(
            f"Time stamps such as {shortened(example)} can be read with the day or the month first. Write them as "
            "2024-03-05 14:30."
        )
    return ways[0]


def _ways(day_first: Array, month_first: Array) -> list[Array]:
    """The ways in which most stamps can be read: one, or two where the numbers leave it open."""
    if np.array_equal(day_first, month_first, equal_nan=True):
        return [day_first]
    n_read = {way: int((~np.isnan(seconds)).sum()) for way, seconds in enumerate((day_first, month_first))}
    both = (day_first, month_first)
    return [both[way] for way in (0, 1) if n_read[way] == max(n_read.values())]


def _check_hours(hours: Array) -> None:
    known = hours[~np.isnan(hours)]
    if len(known) and np.median(known) > _LATE_H:
        raise UnreadableInput(
            f"Times such as {np.median(known):.10g} are no hours since the start of the stay; spreadsheets count days "
            "like this. Write hours, or time stamps such as 2024-03-05 14:30."
        )


def _since_start(own_s: Array, patients: Numbers, start_s: Array | None, called: str) -> Times:
    stated = start_s is not None and not np.isnan(start_s).all()
    known_s = start_s if start_s is not None and stated else own_s
    known = ~np.isnan(known_s)
    earliest = np.full(int(patients.max(initial=-1)) + 1, np.inf)
    latest = np.full_like(earliest, -np.inf)
    np.minimum.at(earliest, patients[known], known_s[known])
    np.maximum.at(latest, patients[known], known_s[known])
    earliest[np.isinf(earliest)] = np.nan
    hours = (own_s - earliest[patients]) / 3600.0
    if stated:
        two, none = np.flatnonzero(latest > earliest), np.flatnonzero(np.isnan(earliest))
        return Times(hours, True, (f"Times are hours since {called}.",), two, none)
    note = (
        "Times are hours since the first time stamp of each patient, because the file does not say when the stay "
        "began: add a column intime with the time of admission if it began earlier."
    )
    return Times(hours, True, (note,))


def joined_dates(dates: Sequence[str], clocks: Sequence[str]) -> list[str] | None:
    """Put dates and times of day together, None where the columns are something else."""
    filled = [text for text in dates if not is_missing(text)]
    if not filled or not all(map(is_date, set(filled))):
        return None
    return [
        clock if is_missing(day) or is_missing(clock) or is_date(clock.split(" ")[0]) else f"{day} {clock}"
        for day, clock in zip(dates, clocks, strict=True)
    ]
