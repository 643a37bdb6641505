"""Dates and times of day to hours since the first line of a subject, as NONMEM reads them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from qcore.io.delimited import Delimited, shortened
from qcore.io.nonmem.cells import is_clock, is_missing, number, numbers
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.faults import Fault, refuse, unreadable
from qcore.io.nonmem.sentences import request, sentence
from qcore.io.nonmem.times.calendar import UNNEEDED, days
from qcore.io.nonmem.units.headers import folded
from qcore.study import Array

DAY = 24.0
_WITH_CLOCK = re.compile(r"(.*[0-9a-zA-Z])(?:[T ]\s*)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)Z?")
# Where a clock falls back by less, lines may just be out of order.
_NIGHT = 4.0
DAYS = frozenset({"day", "days", "studyday", "dayno", "daynumber", "daynum", "dy", "nday", "visitday", "pcdy", "ady"})
"""Names of columns of days."""


def dated(table: Delimited, columns: Columns) -> tuple[Delimited, Columns, list[str]]:
    """Return a table whose times are hours, its columns, and what is to be known about it; the same without a clock.

    Args:
        table: as in the file.
        columns: which column is what.

    Raises:
        UnreadableInput: a cell that is no date, or dates and times that can be read two ways.
    """
    if Role.SUBJECT not in columns.roles:
        return table, columns, []
    times = _cells(table, columns, Role.TIME)
    if Role.DATE not in columns.roles and any(_WITH_CLOCK.fullmatch(time) for time in times):
        roles = {**_without(columns.roles, Role.TIME), Role.DATE: columns.roles[Role.TIME]}
        columns, times = replace(columns, roles=roles), []
    if Role.DATE in columns.roles:
        return _with_dates(table, columns, times)
    day = _days_beside(table, columns, times)
    if day is not None:
        return day
    if times and all(is_clock(time) and int(time.split(":")[0]) < DAY for time in times):
        return _past_midnight(table, columns, times)
    return table, columns, []


def _with_dates(table: Delimited, columns: Columns, times: Sequence[str]) -> tuple[Delimited, Columns, list[str]]:
    name, subjects = columns.roles[Role.DATE], _cells(table, columns, Role.SUBJECT)
    cells = _cells(table, columns, Role.DATE)
    refuse(
        Fault(line, name, sentence("The date is missing.", *UNNEEDED))
        for line, cell in zip(table.lines, cells, strict=True)
        if is_missing(cell)
    )
    parts = [_WITH_CLOCK.fullmatch(cell) for cell in cells]
    day, written = days(
        [part[1] if part else cell for part, cell in zip(parts, cells, strict=True)], table.lines, name, subjects
    )
    others = _without(columns.roles, Role.DATE)
    if not any(map(is_clock, times)) and (not times or any(parts)):
        times = [part[2] if part else "0:00" for part in parts]
        others = {**others, Role.TIME: name}
    clock, unread = numbers(times, table.lines, others[Role.TIME], decimal_comma=table.decimal_comma, clock=True)
    refuse(unread)
    left = replace(columns, roles=others, ignored=(*columns.ignored, *({name} - {*others.values()})))
    if not any(map(is_clock, times)) and _goes_on(day, clock, subjects, columns):
        note = f"{name} is not used: {others[Role.TIME]} goes on from one day to the next."
        return table, left, [note]
    used = name if others[Role.TIME] == name else f"{name} and {others[Role.TIME]}"
    note = f"Times are hours since the first line of each subject, by {used}, with dates as {written}."
    return _written(table, left, DAY * (day - day.min()) + clock, subjects), left, [note]


def _goes_on(day: Array, time: Array, subjects: Sequence[str], columns: Columns) -> bool:
    """Tell whether numbers of hours go on from day to day, so that dates say nothing new.

    Raises:
        UnreadableInput: they may as well begin again each day.
    """
    same = [row for row in range(1, len(day)) if subjects[row] == subjects[row - 1] and day[row] != day[row - 1]]
    if not same or np.nanmin(time, initial=0) < 0 or np.nanmax(time, initial=0) >= DAY:
        return True
    if any(time[row] < time[row - 1] for row in same):
        return False
    raise unreadable(
        f"The column {shortened(columns.roles[Role.DATE])} holds dates, and {columns.roles[Role.TIME]} may be the time "
        "of day or go on from one day to the next. Write times of day as 14:30; if they go on, ",
        request(Role.DATE, ""),
        ".",
    )


def _past_midnight(table: Delimited, columns: Columns, times: Sequence[str]) -> tuple[Delimited, Columns, list[str]]:
    """Take a clock that falls back for the next day, unless the subject begins anew there."""
    name, subjects = columns.roles[Role.TIME], _cells(table, columns, Role.SUBJECT)
    clock, _ = numbers(times, table.lines, name, decimal_comma=table.decimal_comma, clock=True)
    evid = _cells(table, columns, Role.EVID) or [""] * len(clock)
    occasion = _cells(table, columns, Role.OCCASION) or [""] * len(clock)
    day, nights = np.zeros(len(clock)), set()
    for before, row in pairwise(range(len(clock))):
        goes_on = subjects[row] == subjects[before] and occasion[row] == occasion[before]
        if goes_on and number(evid[row], decimal_comma=False) not in (3, 4):
            falls = clock[before] - clock[row] > _NIGHT
            day[row] = day[before] + falls
            nights |= {subjects[row]} if falls else set()
    if not nights:
        return table, columns, []
    note = (
        f"{name} falls back in {counted(len(nights), 'subject')}: taken as the time of the next day. Where whole days "
        "lie between two lines, add a column DATE."
    )
    return _written(table, columns, DAY * day + clock, subjects), columns, [note]


def _days_beside(
    table: Delimited, columns: Columns, times: Sequence[str]
) -> tuple[Delimited, Columns, list[str]] | None:
    """Return times by a column of days and one of hours within the day; None where times are no hours of a day.

    They are where a column is called a day, and time falls back in no line but those in which the day is another one.
    """
    name = next((name for name in table.header if folded(name) in DAYS and name not in columns.roles.values()), None)
    if name is None or not times:
        return None
    place, subjects = table.header.index(name), _cells(table, columns, Role.SUBJECT)
    day, _ = numbers([row[place] for row in table.rows], table.lines, name, decimal_comma=table.decimal_comma)
    hour, _ = numbers(times, table.lines, name, decimal_comma=table.decimal_comma, clock=True)
    if np.isnan(day).any() or np.isnan(hour).any() or hour.min() < 0 or hour.max() > DAY:
        return None
    same = [row for row in range(1, len(day)) if subjects[row] == subjects[row - 1]]
    falls = [row for row in same if hour[row] < hour[row - 1]]
    if not falls or any(day[row] <= day[row - 1] for row in falls) or any(day[row] < day[row - 1] for row in same):
        return None
    used = columns.roles[Role.TIME]
    left = replace(columns, covariates=tuple(each for each in columns.covariates if each != name))
    note = f"Times are hours since the first line of each subject, by {name} and {used}."
    return _written(table, left, DAY * (day - day.min()) + hour, subjects), left, [note]


def _without(roles: Mapping[Role, str], left: Role) -> dict[Role, str]:
    return {role: name for role, name in roles.items() if role is not left}


def _cells(table: Delimited, columns: Columns, role: Role) -> list[str]:
    if role not in columns.roles:
        return []
    place = table.header.index(columns.roles[role])
    return [row[place].strip() for row in table.rows]


def _written(table: Delimited, columns: Columns, time: Array, subjects: Sequence[str]) -> Delimited:
    """Write hours since the first line of each subject into the column of times; what is missing stays so."""
    place = table.header.index(columns.roles[Role.TIME])
    first: dict[str, float] = {}
    for subject, hour in zip(subjects, time.tolist(), strict=True):
        if not np.isnan(hour):
            first.setdefault(subject, hour)
    rows = [list(row) for row in table.rows]
    for row, subject, hour in zip(rows, subjects, time.tolist(), strict=True):
        if not np.isnan(hour):
            text = repr(round(hour - first[subject], 9))
            row[place] = text.replace(".", ",") if table.decimal_comma else text
    return replace(table, rows=rows)
