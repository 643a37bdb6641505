"""Dates and times of day to hours since the first line of a subject, as NONMEM reads them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import is_clock, is_missing, read_numbers
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.sentences import request, sentence
from qcore.io.nonmem.sheet import Sheet
from qcore.io.nonmem.times.calendar import UNNEEDED, days_of
from qcore.io.nonmem.units.headers import folded
from qcore.study import Array

DAY = 24.0
_WITH_CLOCK = re.compile(r"(.*[0-9a-zA-Z])(?:[T ]\s*)([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)Z?")
# Where a clock falls back by less, lines may just be out of order.
_NIGHT = 4.0
DAYS = frozenset({"day", "days", "studyday", "dayno", "daynumber", "daynum", "dy", "nday", "visitday", "pcdy", "ady"})
"""Names of columns of days."""


def dated(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """Return a file whose times are hours, and what is to be known about it; the same without dates and clocks.

    A cell that is no date is a fault of the file.

    Args:
        sheet: as it was written.

    Raises:
        UnreadableInput: dates and times can be read two ways.
    """
    columns = sheet.columns
    if Role.SUBJECT not in columns.roles:
        return sheet, []
    times = sheet.texts(Role.TIME)
    if Role.DATE not in columns.roles and any(_WITH_CLOCK.fullmatch(time) for time in times):
        roles = {**_without(columns.roles, Role.TIME), Role.DATE: columns.roles[Role.TIME]}
        sheet = replace(sheet, columns=replace(columns, roles=roles))
    if Role.DATE in sheet.columns.roles:
        return _with_dates(sheet)
    if Role.TIME not in columns.roles:
        return sheet, []
    counted_by_day = _days_beside(sheet)
    if counted_by_day is not None:
        return counted_by_day
    if all(is_clock(time) and int(time.split(":")[0]) < DAY for time in times):
        return _past_midnight(sheet)
    return sheet, []


def _with_dates(sheet: Sheet) -> tuple[Sheet, list[str]]:
    columns, name = sheet.columns, sheet.columns.roles[Role.DATE]
    cells, times = sheet.texts(Role.DATE), sheet.texts(Role.TIME)
    missing = [row for row, cell in enumerate(cells) if is_missing(cell)]
    others = _without(columns.roles, Role.DATE)
    parts = [_WITH_CLOCK.fullmatch(cell) for cell in cells]
    # A time of day in the column of dates counts unless times of day stand in a column of their own.
    has_times = Role.TIME in others and (any(map(is_clock, times)) or not any(parts))
    others = others if has_times else {**others, Role.TIME: name}
    left = replace(columns, roles=others)
    dates = [part[1] if part else cell for part, cell in zip(parts, cells, strict=True)]
    undated = (sheet.fault(row, Role.DATE, sentence("The date is missing.", *UNNEEDED)) for row in missing)
    days = None if sheet.faults.add(undated) else days_of(sheet, dates)
    if has_times:
        clock = sheet.numbers[Role.TIME]
    else:
        clock = read_numbers(
            [part[2] if part else "0:00" for part in parts], decimal_comma=sheet.table.decimal_comma, clock=True
        )
    sheet = replace(sheet, columns=left, numbers={**sheet.numbers, Role.TIME: clock})
    if days is None or clock.unread.any():
        return sheet, []
    day, written = days
    if not any(map(is_clock, times)) and has_times and _goes_on(sheet, name, day):
        unused = replace(left, ignored=(*left.ignored, name))
        note = f"{name} is not used: {others[Role.TIME]} goes on from one day to the next."
        return replace(sheet, columns=unused), [note]
    used = name if others[Role.TIME] == name else f"{name} and {others[Role.TIME]}"
    note = f"Times are hours since the first line of each subject, by {used}, with dates as {written}."
    return _counted(sheet, DAY * (day - day.min()) + clock.values), [note]


def _goes_on(sheet: Sheet, name: str, day: Array) -> bool:
    """Tell whether numbers of hours go on from day to day, so that dates say nothing new.

    Raises:
        UnreadableInput: they may as well begin again each day.
    """
    time, subjects = sheet.values(Role.TIME), sheet.names
    same = [row for row in range(1, len(day)) if subjects[row] == subjects[row - 1] and day[row] != day[row - 1]]
    if not same or np.nanmin(time, initial=0) < 0 or np.nanmax(time, initial=0) >= DAY:
        return True
    if not any(time[row] < time[row - 1] for row in same):
        sheet.faults.refuse(
            f"The column {shortened(name)} holds dates, and {sheet.name(Role.TIME)} may be the time of day or go on "
            "from one day to the next. Write times of day as 14:30; if they go on, ",
            request(Role.DATE, ""),
            ".",
        )
    return False


def _past_midnight(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """Take a clock that falls back for the next day, unless the subject begins anew there."""
    clock, evid, subjects = sheet.values(Role.TIME), sheet.values(Role.EVID), sheet.names
    occasion = sheet.texts(Role.OCCASION)
    day, nights = np.zeros(len(clock)), set()
    for before, row in pairwise(range(len(clock))):
        goes_on = subjects[row] == subjects[before] and occasion[row] == occasion[before]
        if goes_on and evid[row] not in (3, 4):
            falls = clock[before] - clock[row] > _NIGHT
            day[row] = day[before] + falls
            nights |= {subjects[row]} if falls else set()
    if not nights:
        return sheet, []
    note = (
        f"{sheet.name(Role.TIME)} falls back in {counted(len(nights), 'subject')}: taken as the time of the next day. "
        "Where whole days lie between two lines, add a column DATE."
    )
    return _counted(sheet, DAY * day + clock), [note]


def _days_beside(sheet: Sheet) -> tuple[Sheet, list[str]] | None:
    """Return times by a column of days and one of hours within the day; None where times are no hours of a day.

    They are where a column is called a day, and time falls back in no line but those in which the day is another one.
    """
    columns, header = sheet.columns, sheet.table.header
    name = next((name for name in header if folded(name) in DAYS and name not in columns.roles.values()), None)
    if name is None:
        return None
    subjects, hour = sheet.names, sheet.values(Role.TIME)
    day = read_numbers(sheet.cells(name), decimal_comma=sheet.table.decimal_comma).values
    if np.isnan(day).any() or np.isnan(hour).any() or hour.min() < 0 or hour.max() > DAY:
        return None
    same = [row for row in range(1, len(day)) if subjects[row] == subjects[row - 1]]
    falls = [row for row in same if hour[row] < hour[row - 1]]
    if not falls or any(day[row] <= day[row - 1] for row in falls) or any(day[row] < day[row - 1] for row in same):
        return None
    described, ignored = (
        tuple(each for each in names if each != name) for names in (columns.covariates, columns.ignored)
    )
    left = replace(columns, covariates=described, ignored=ignored)
    note = f"Times are hours since the first line of each subject, by {name} and {columns.roles[Role.TIME]}."
    return _counted(replace(sheet, columns=left), DAY * (day - day.min()) + hour), [note]


def _without(roles: Mapping[Role, str], left: Role) -> dict[Role, str]:
    return {role: name for role, name in roles.items() if role is not left}


def _counted(sheet: Sheet, time: Array) -> Sheet:
    """Return a file whose times are hours since the first line of each subject; what is missing stays so."""
    first: dict[str, float] = {}
    for subject, hour in zip(sheet.names, time.tolist(), strict=True):
        if not np.isnan(hour):
            first.setdefault(subject, hour)
    since = [round(hour - first.get(who, hour), 9) for who, hour in zip(sheet.names, time.tolist(), strict=True)]
    return sheet.with_values(Role.TIME, np.array(since), in_hours=True)
