"""RxODE's own event codes to NONMEM's, as in the data sets of nlmixr: EVID 101 is a dose into compartment 1.

The last two digits say what kind of dose it is, the two before name the compartment, the one before those tells boluses
from infusions, whose AMT is a rate in one line and the same below 0 in the line at which it ends. Source: RxODE user
manual, "RxODE event types"; nlmixr2data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.sheet import Sheet
from qcore.study import Array

LOWEST = 100
"""NONMEM's codes end at 4; of RxODE's this is the lowest with a compartment."""
PLAIN, STEADY = 1, 10
BOLUS, INFUSION = 0, 1
_DURATION, _STEADY = "duration by EVID", "steady state by EVID"


def translated(sheet: Sheet) -> tuple[Sheet, list[str]]:
    """Return a file with NONMEM's codes, and what is to be known about it; the same where it has them.

    A code that is not read and an infusion that does not end are faults of the file.

    Args:
        sheet: as it was written.
    """
    columns, code = sheet.columns, sheet.values(Role.EVID)
    needed = {Role.SUBJECT, Role.TIME, Role.AMOUNT, Role.EVID} <= set(columns.roles)
    if not needed or not (code >= LOWEST).any():
        return sheet, []
    coded = code >= LOWEST
    amount, time = sheet.values(Role.AMOUNT).copy(), sheet.values(Role.TIME)
    whole = np.where(coded, code, 0).astype(int)
    evid, duration = np.where(coded, 1.0, code), np.zeros(len(code))
    steady = (coded & (whole % 100 == STEADY)).astype(float)
    running = np.flatnonzero(coded & (whole // 10_000 % 10 == INFUSION)).tolist()
    names = sheet.names
    pairs, alone = _paired([(names[row], code[row]) for row in running], amount[running], running)
    at_once = [start for start, stop in pairs if not time[stop] > time[start]]
    # A rate that cannot be read is told later on; no infusion is to be told as endless for it.
    unread = bool(sheet.numbers[Role.AMOUNT].unread[running].any())
    if sheet.faults.add(_unknown(sheet, code)) or unread or sheet.faults.add(_endless(sheet, amount, alone + at_once)):
        # What the codes stand for is not known: nothing else is said of these lines.
        nothing = np.where(coded, np.nan, 0.0)
        return sheet.with_values(Role.EVID, code + nothing).with_values(Role.AMOUNT, amount + nothing), []
    for start, stop in pairs:
        duration[start] = time[stop] - time[start]
        amount[start] *= duration[start]
        amount[stop], evid[stop] = 0.0, 2.0
    added = {Role.DURATION: (_DURATION, duration), Role.STEADY: (_STEADY, steady)}
    roles = {role: name for role, name in columns.roles.items() if role not in {Role.RATE, *added}}
    sheet = replace(sheet, numbers={role: each for role, each in sheet.numbers.items() if role in roles})
    sheet = sheet.with_values(Role.EVID, evid).with_values(Role.AMOUNT, amount)
    for role, (name, values) in added.items():
        if values.any():
            roles[role], sheet = name, sheet.with_values(role, values)
    left = tuple(name for name in columns.roles.values() if name not in roles.values())
    sheet = replace(sheet, columns=replace(columns, roles=roles, ignored=(*columns.ignored, *left)))
    doses = counted(int(((evid == 1) & (amount > 0)).sum()), "dose")
    infused = counted(int((duration > 0).sum()), "infusion")
    rates = f", of which {infused}, with a rate in {columns.roles[Role.AMOUNT]}" if duration.any() else ""
    return sheet, [f"{columns.roles[Role.EVID]} holds RxODE's codes: {doses}{rates}."]


def _unknown(sheet: Sheet, code: Array) -> Iterator[Fault]:
    known = {LOWEST * 100 * kind + way for kind, way in ((BOLUS, PLAIN), (BOLUS, STEADY), (INFUSION, PLAIN))}
    for row in np.flatnonzero(code >= LOWEST).tolist():
        if code[row] != int(code[row]) or int(code[row]) // 10_000 % 10 * 10_000 + int(code[row]) % 100 not in known:
            yield sheet.fault(
                row,
                Role.EVID,
                f"EVID {code[row]:g} is a code of RxODE that is not read: only doses at once (as 101), at steady state "
                "(110) and infusions at a known rate (10101) are. Write NONMEM's codes.",
            )


def _paired(
    kinds: Sequence[tuple[str, float]], rates: Array, rows: Sequence[int]
) -> tuple[list[tuple[int, int]], list[int]]:
    """Return the lines at which infusions begin and end, first in first out, and lines without another."""
    running: dict[tuple[str, float, float], list[int]] = {}
    pairs, alone = [], []
    for (subject, code), rate, row in zip(kinds, rates.tolist(), rows, strict=True):
        begun = running.setdefault((subject, code, abs(rate)), [])
        if rate > 0:
            begun.append(row)
        elif begun:
            pairs.append((begun.pop(0), row))
        else:
            alone.append(row)
    return pairs, [*alone, *(row for left in running.values() for row in left)]


def _endless(sheet: Sheet, amount: Array, alone: Sequence[int]) -> Iterator[Fault]:
    for row in alone:
        event, missing = ("begins", "ends") if amount[row] > 0 else ("ends", "began")
        yield sheet.fault(
            row,
            Role.AMOUNT,
            f"An infusion {event} here, and no other line says where it {missing}: RxODE writes its rate, and where it "
            "ends the rate below 0. Add that line.",
        )
