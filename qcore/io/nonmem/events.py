"""Lines of a PK/PD data file to events: doses, measurements and resets, as NONMEM reads EVID, MDV and AMT.

Source: Beal, Sheiner, Boeckmann and Bauer (eds.), NONMEM User's Guides, part VI (PREDPP), chapter V.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qcore.io.delimited import Delimited, shortened
from qcore.io.nonmem.cells import MISSING_CODES, is_missing, number, numbers
from qcore.io.nonmem.columns.names import URINE_NAMES
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.counts import tallied
from qcore.io.nonmem.faults import Fault, refuse, unreadable
from qcore.io.nonmem.sentences import ColumnFor, Part, Text, request, sentence, where
from qcore.io.nonmem.units.headers import folded
from qcore.io.nonmem.units.study_units import scaled
from qcore.study import Array, Flags

MAX_ROWS = 100_000
MAX_NAME_CHARACTERS = 64
_BELOW_LIMIT = re.compile(r"[<≤].*|b\.?l\.?o?q\.?|bql|lloq|loq|nd", re.IGNORECASE)
_VALUES = (Role.VALUE, Role.RESPONSE)
_TEXTS = (Role.SUBJECT, Role.DVID, Role.CMT, Role.ROUTE, Role.OCCASION)
_NOT_NEGATIVE = (Role.AMOUNT, Role.DOSE, Role.DURATION, Role.INTERVAL, Role.LIMIT)
_MODELLED = (
    "RATE {} asks for a rate or a duration that a model estimates, which is not done here. Write the rate at which the "
    "infusion ran, or 0 for a dose that is absorbed or injected at once; to leave the whole column aside, ",
    request(Role.RATE, ""),
    ".",
)
# What a number that is there must satisfy, and what to say where it does not.
_CHECKS: Mapping[Role, tuple[Callable[[Array], Flags], Sequence[Part]]] = {
    **{role: (lambda found: found >= 0, ("{} is negative. Correct it.",)) for role in _NOT_NEGATIVE},
    Role.RATE: (lambda found: found >= 0, _MODELLED),
    Role.EVID: (
        lambda found: np.isin(found, range(5)),
        ("EVID {} is none of 0 (measurement), 1 (dose), 2 (other), 3 (reset) and 4 (reset and dose). Write NONMEM's.",),
    ),
    Role.ADDL: (
        lambda found: (found >= 0) & (found == np.floor(found)),
        ("{} cannot be a number of additional doses. Write 0 or a whole number above it.",),
    ),
    Role.STEADY: (
        lambda found: np.isin(found, (0, 1)),
        (
            "SS {} is not read: write 0, or 1 for a dose at steady state; where steady states add up (SS 2), write "
            "the doses out (ADDL).",
        ),
    ),
}


@dataclass(frozen=True, eq=False)
class Events:
    """The lines of a file; every array has one entry a line, ``(n_rows,)``.

    Attributes:
        columns: which column of the file is what.
        line: line of the file.
        numbers: of each role that holds numbers, times in h; NaN where missing or where there is no such column.
        texts: of each role that holds text, "" where missing or where there is no such column.
        dosed: a dose is given; its amount is above 0.
        reset: the subject begins anew (EVID 3 or 4).
        measured: a measurement that the file does not withdraw (EVID 0, MDV 0); its value may be missing.
        beside: a dose in a file that tells doses from measurements by neither EVID nor MDV, as R's do not: a positive
            value in its line was measured too.
        below: the value is below the limit of quantification, by role of the value.
        urine: the line says how much urine there was.
    """

    columns: Columns
    line: list[int]
    numbers: Mapping[Role, Array]
    texts: Mapping[Role, list[str]]
    dosed: Flags
    reset: Flags
    measured: Flags
    beside: Flags
    below: Mapping[Role, Flags]
    urine: Flags

    def name(self, role: Role) -> str:
        """Return what the file calls the column."""
        return self.columns.roles.get(role, role.value)

    def fault(self, row: int, role: Role, message: Text) -> Fault:
        """Return a fault of a cell."""
        return Fault(self.line[row], self.name(role), message)


def read_events(table: Delimited, columns: Columns, per_unit: Mapping[Role, float]) -> tuple[Events, list[str]]:
    """Read the lines of a file.

    Args:
        table: the file.
        columns: which of its columns is what.
        per_unit: hours in one unit of each column of times.

    Returns:
        The events, and what is to be known about lines that were left out.

    Raises:
        UnreadableInput: a column that is needed is not there; there are too many lines; or names the first line with
            a cell that cannot be read or with cells that contradict each other.
    """
    _check_columns(table, columns)
    place = {role: table.header.index(name) for role, name in columns.roles.items()}
    texts = {role: [row[place[role]].strip() for row in table.rows] for role in place}
    texts |= {role: [""] * len(table.rows) for role in Role if role not in place}
    below = {role: np.array([_BELOW_LIMIT.fullmatch(text) is not None for text in texts[role]]) for role in _VALUES}
    found: dict[Role, Array] = {}
    faults: list[Fault] = []
    for role in (role for role in Role if role not in (*_TEXTS, Role.COMMENT, Role.DATE, Role.WEIGHT)):
        cells = ["" if role in _VALUES and below[role][row] else text for row, text in enumerate(texts[role])]
        name = columns.roles.get(role, role.value)
        found[role], unread = numbers(
            cells,
            table.lines,
            name,
            decimal_comma=table.decimal_comma,
            clock=role is Role.TIME,
            scale=scaled(role, per_unit),
        )
        faults += [*unread, *_unlikely(role, name, found[role], table.lines)]
    refuse([*faults, *_faults_of_names(texts[Role.SUBJECT], table.lines, columns.roles[Role.SUBJECT])])
    coded = [note for role in _VALUES for note in _missing_codes(found[role], columns.roles.get(role, ""))]
    events = _classified(table, columns, found, {role: _present(texts[role]) for role in _TEXTS}, below)
    refuse([*_contradictions(events), *_duplicates(table, events)])
    return events, [*coded, *_notes(events)]


def _check_columns(table: Delimited, columns: Columns) -> None:
    needed = ((Role.SUBJECT,), (Role.TIME,), (Role.VALUE, Role.RESPONSE))
    missing = [roles[0].value for roles in needed if not set(roles) & set(columns.roles)]
    if missing:
        if not {Role.AMOUNT, Role.DOSE} & set(columns.roles):
            missing.append(f"{Role.AMOUNT}")
        names = ", ".join(shortened(name) for name in table.header[:20] if name)
        raise unreadable(
            f"No column was recognised as {', '.join(missing)}. The columns are {names}. Say which one it is",
            where(ColumnFor(Role(missing[0]))),
            "; columns are separated by comma, semicolon, tab or blanks.",
        )
    if len(table.rows) > MAX_ROWS:
        raise unreadable(f"The file has {len(table.rows)} lines, at most {MAX_ROWS} are read: split it.")


def _classified(
    table: Delimited,
    columns: Columns,
    found: Mapping[Role, Array],
    texts: Mapping[Role, list[str]],
    below: Mapping[Role, Flags],
) -> Events:
    amount = np.nan_to_num(found[Role.AMOUNT])
    evid = np.where(np.isnan(found[Role.EVID]), amount > 0, found[Role.EVID])
    flagged = np.nan_to_num(found[Role.CENSORED]) != 0
    # A missing value is no smaller than its limit.
    under = {role: below[role] | flagged | (found[role] < found[Role.LIMIT]) for role in _VALUES}
    dosed = np.isin(evid, (1, 4)) & (amount > 0)
    return Events(
        columns,
        table.lines,
        found,
        texts,
        dosed=dosed,
        reset=np.isin(evid, (3, 4)),
        measured=(evid == 0) & (np.nan_to_num(found[Role.MDV]) == 0),
        beside=dosed & (not {Role.EVID, Role.MDV} & set(columns.roles)),
        below=under,
        urine=_with_urine(table),
    )


def _with_urine(table: Delimited) -> Flags:
    """Return the lines that hold a volume of urine above 0, under one of the usual names."""
    found = np.zeros(len(table.rows), dtype=np.bool_)
    for place in (place for place, name in enumerate(table.header) if folded(name) in URINE_NAMES):
        cells = [number(row[place], decimal_comma=table.decimal_comma) for row in table.rows]
        found |= np.array([bool(each) for each in cells])
    return found


def _missing_codes(values: Array, name: str) -> list[str]:
    """Take NONMEM's codes for a missing value out of values that are never below 0 otherwise."""
    coded = np.isin(values, [float(code) for code in MISSING_CODES])
    if not coded.any() or (values[~coded] < 0).any():
        return []
    codes = " or ".join(f"{code:g}" for code in sorted(set(values[coded].tolist())))
    values[coded] = np.nan
    return [f"{name} is taken as missing where it is {codes}."]


def _present(texts: list[str]) -> list[str]:
    return ["" if is_missing(text) else text for text in texts]


def _unlikely(role: Role, name: str, found: Array, lines: list[int]) -> Iterator[Fault]:
    if role in _CHECKS:
        accepts, (first, *others) = _CHECKS[role]
        for row in np.flatnonzero(~np.isnan(found) & ~accepts(found)).tolist():
            yield Fault(lines[row], name, sentence(str(first).format(f"{found[row]:g}"), *others))


def _faults_of_names(names: list[str], lines: list[int], column: str) -> Iterator[Fault]:
    for name, line in zip(names, lines, strict=True):
        if is_missing(name):
            yield Fault(line, column, "The subject is missing, add it.")
        elif len(name) > MAX_NAME_CHARACTERS or name[0] in "=+-@":
            yield Fault(
                line,
                column,
                f"{shortened(name)} cannot name a subject. Use at most {MAX_NAME_CHARACTERS} characters, not beginning "
                "with =, +, - or @.",
            )


def _contradictions(events: Events) -> Iterator[Fault]:
    evid, amount, time = (events.numbers[role] for role in (Role.EVID, Role.AMOUNT, Role.TIME))
    for row in np.flatnonzero(np.isnan(time)).tolist():
        yield events.fault(row, Role.TIME, "The time is missing, add it.")
    for row in np.flatnonzero(np.isin(evid, (1, 4)) & np.isnan(amount)).tolist():
        yield events.fault(row, Role.AMOUNT, "The line is a dose by its EVID and has no amount. Add it; 0 for placebo.")
    for row in np.flatnonzero(np.isin(evid, (0, 2, 3)) & (amount > 0)).tolist():
        yield events.fault(
            row,
            Role.AMOUNT,
            f"EVID {evid[row]:g} says that no dose is given, the amount {amount[row]:g} that one is. Correct one.",
        )
    endless = (amount == 0) & (events.numbers[Role.STEADY] == 1)
    unknown = np.isnan(amount) & ~np.isin(evid, (0, 2, 3))
    for row in np.flatnonzero((events.numbers[Role.RATE] > 0) & (endless | unknown)).tolist():
        yield events.fault(
            row, Role.AMOUNT, "An infusion runs and has no amount. Write the whole amount that it gives."
        )


def _duplicates(table: Delimited, events: Events) -> Iterator[Fault]:
    # The same line may stand again after a reset: the subject began anew.
    resets = np.cumsum(events.reset)
    seen: dict[tuple[int | str, ...], int] = {}
    for row in np.flatnonzero(events.dosed | events.measured).tolist():
        first = seen.setdefault((int(resets[row]), *table.rows[row]), events.line[row])
        if first != events.line[row]:
            what = "If two equal doses were given, write their sum." if events.dosed[row] else ""
            yield events.fault(row, Role.SUBJECT, f"The line is the same as line {first}: remove one. {what}".rstrip())


def _notes(events: Events) -> list[str]:
    evid, amount, value = (events.numbers[role] for role in (Role.EVID, Role.AMOUNT, Role.VALUE))
    withdrawn = ~np.isin(evid, (1, 2, 3, 4)) & ~events.measured & ~events.dosed
    unused = events.dosed & ~events.beside & (np.nan_to_num(value) != 0)
    dose = np.isin(evid, (1, 4))
    return [
        *tallied({"Left out because MDV says so": int(withdrawn.sum())}, "measurement"),
        *tallied({"Left out as neither dose nor measurement (EVID 2)": int((evid == 2).sum())}, "line"),
        *tallied({"Of amount 0, as placebo": int((dose & (amount == 0)).sum())}, "dose"),
        *tallied({"Not used, as it stands in the line of a dose": int(unused.sum())}, "value"),
    ]
