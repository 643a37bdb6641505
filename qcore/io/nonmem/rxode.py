"""RxODE's own event codes to NONMEM's, as in the data sets of nlmixr: EVID 101 is a dose into compartment 1.

The last two digits say what kind of dose it is, the two before name the compartment, the one before those tells boluses
from infusions, whose AMT is a rate in one line and the same below 0 in the line at which it ends. Source: RxODE user
manual, "RxODE event types"; nlmixr2data.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from qcore.io.delimited import Delimited
from qcore.io.nonmem.cells import numbers
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.faults import Fault, refuse
from qcore.study import Array

LOWEST = 100
"""NONMEM's codes end at 4; of RxODE's this is the lowest with a compartment."""
PLAIN, STEADY = 1, 10
BOLUS, INFUSION = 0, 1
_DURATION, _STEADY = "duration by EVID", "steady state by EVID"


@dataclass(frozen=True, eq=False)
class _Coded:
    """What the codes say; every array is ``(n_rows,)``.

    Attributes:
        evid: NONMEM's.
        amount: what is given.
        duration: of an infusion, else 0.
        steady: 1 at steady state, else 0.
    """

    evid: Array
    amount: Array
    duration: Array
    steady: Array


def translated(table: Delimited, columns: Columns) -> tuple[Delimited, Columns, list[str]]:
    """Return a table with NONMEM's codes, its columns, and what is to be known about it; the same where it has them.

    Args:
        table: as in the file.
        columns: which column is what.

    Raises:
        UnreadableInput: a code that is not read, or an infusion that does not end; names the line.
    """
    if not {Role.SUBJECT, Role.TIME, Role.AMOUNT, Role.EVID} <= set(columns.roles):
        return table, columns, []
    code = _column(table, columns, Role.EVID)
    if not (code >= LOWEST).any():
        return table, columns, []
    refuse(_unread(table, columns, code))
    coded = _decoded(table, columns, code)
    written = {Role.EVID: coded.evid, Role.AMOUNT: coded.amount}
    added = {Role.DURATION: (_DURATION, coded.duration), Role.STEADY: (_STEADY, coded.steady)}
    rows = [list(row) for row in table.rows]
    for role, values in written.items():
        place = table.header.index(columns.roles[role])
        for row, value in zip(rows, values.tolist(), strict=True):
            row[place] = row[place] if np.isnan(value) else _text(value, table)
    roles = {role: name for role, name in columns.roles.items() if role not in {Role.RATE, *added}}
    header = table.header
    for role, (name, values) in added.items():
        if values.any():
            roles[role], header = name, (*header, name)
            rows = [[*row, _text(value, table)] for row, value in zip(rows, values.tolist(), strict=True)]
    left = tuple(name for name in columns.roles.values() if name not in roles.values())
    whole = replace(table, header=header, rows=rows)
    changed = replace(columns, roles=roles, ignored=(*columns.ignored, *left))
    return whole, changed, _notes(columns, coded)


def _text(value: float, table: Delimited) -> str:
    return repr(value).replace(".", ",") if table.decimal_comma else repr(value)


def _column(table: Delimited, columns: Columns, role: Role) -> Array:
    name = columns.roles[role]
    cells = [row[table.header.index(name)] for row in table.rows]
    found, _ = numbers(cells, table.lines, name, decimal_comma=table.decimal_comma, clock=role is Role.TIME)
    return found


def _unread(table: Delimited, columns: Columns, code: Array) -> Iterator[Fault]:
    known = {LOWEST * 100 * kind + way for kind, way in ((BOLUS, PLAIN), (BOLUS, STEADY), (INFUSION, PLAIN))}
    for row in np.flatnonzero(code >= LOWEST).tolist():
        if code[row] != int(code[row]) or int(code[row]) // 10_000 % 10 * 10_000 + int(code[row]) % 100 not in known:
            yield Fault(
                table.lines[row],
                columns.roles[Role.EVID],
                f"EVID {code[row]:g} is a code of RxODE that is not read: only doses at once (as 101), at steady state "
                "(110) and infusions at a known rate (10101) are. Write NONMEM's codes.",
            )


def _decoded(table: Delimited, columns: Columns, code: Array) -> _Coded:
    amount, time = _column(table, columns, Role.AMOUNT), _column(table, columns, Role.TIME)
    subject = [row[table.header.index(columns.roles[Role.SUBJECT])] for row in table.rows]
    coded = code >= LOWEST
    whole = np.where(coded, code, 0).astype(int)
    evid = np.where(coded, 1.0, code)
    duration = np.zeros(len(code))
    steady = (coded & (whole % 100 == STEADY)).astype(float)
    running = np.flatnonzero(coded & (whole // 10_000 % 10 == INFUSION)).tolist()
    pairs, alone = _paired([(subject[row], code[row]) for row in running], amount[running], running)
    at_once = [start for start, stop in pairs if not time[stop] > time[start]]
    refuse(_endless(table, columns, amount, [*alone, *at_once]))
    for start, stop in pairs:
        duration[start] = time[stop] - time[start]
        amount[start] *= duration[start]
        amount[stop], evid[stop] = 0.0, 2.0
    return _Coded(evid, amount, duration, steady)


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


def _endless(table: Delimited, columns: Columns, amount: Array, alone: Sequence[int]) -> Iterator[Fault]:
    for row in alone:
        here, there = ("begins", "ends") if amount[row] > 0 else ("ends", "began")
        yield Fault(
            table.lines[row],
            columns.roles[Role.AMOUNT],
            f"An infusion {here} here, and no other line says where it {there}: RxODE writes its rate, and where it "
            "ends the rate below 0. Add that line.",
        )


def _notes(columns: Columns, coded: _Coded) -> list[str]:
    doses = counted(int(((coded.evid == 1) & (coded.amount > 0)).sum()), "dose")
    infused = counted(int((coded.duration > 0).sum()), "infusion")
    rates = f", of which {infused}, with a rate in {columns.roles[Role.AMOUNT]}" if coded.duration.any() else ""
    return [f"{columns.roles[Role.EVID]} holds RxODE's codes: {doses}{rates}."]
