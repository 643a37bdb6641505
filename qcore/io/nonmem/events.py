"""Lines of a PK/PD data file to events: doses, measurements and resets, as NONMEM reads EVID, MDV and AMT.

Source: Beal, Sheiner, Boeckmann and Bauer (eds.), NONMEM User's Guides, part VI (PREDPP), chapter V.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import MISSING_CODES, Rows, is_missing, read_numbers
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.counts import tallied
from qcore.io.nonmem.faults import Fault, Faults
from qcore.io.nonmem.sentences import ColumnFor, Part, Text, request, sentence, where
from qcore.io.nonmem.sheet import TEXTS, VALUES, Sheet
from qcore.io.nonmem.units.study_units import scaled
from qcore.study import Array, Flags

MAX_ROWS = 100_000
MAX_NAME_CHARACTERS = 64
_NOT_NEGATIVE = (Role.AMOUNT, Role.DOSE, Role.DURATION, Role.INTERVAL, Role.LIMIT)
_MODELLED = (
    "RATE {} asks for a rate or a duration that a model estimates, which is not done here. Write the rate at which the "
    "infusion ran, or 0 for a dose that is absorbed or injected at once; to leave the whole column aside, ",
    request(Role.RATE, ""),
    ".",
)
# What a number that is there must satisfy, and what to say where it does not.
_CHECKS: Mapping[Role, tuple[Callable[[Array], Flags], Sequence[Part]]] = {
    **{role: (lambda values: values >= 0, ("{} is negative. Correct it.",)) for role in _NOT_NEGATIVE},
    Role.RATE: (lambda values: values >= 0, _MODELLED),
    Role.EVID: (
        lambda values: np.isin(values, range(5)),
        ("EVID {} is none of 0 (measurement), 1 (dose), 2 (other), 3 (reset) and 4 (reset and dose). Write NONMEM's.",),
    ),
    Role.ADDL: (
        lambda values: (values >= 0) & (values == np.floor(values)),
        ("{} cannot be a number of additional doses. Write 0 or a whole number above it.",),
    ),
    Role.STEADY: (
        lambda values: np.isin(values, (0, 1)),
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
        sheet: the file that the lines are of.
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

    sheet: Sheet
    numbers: Mapping[Role, Array]
    texts: Mapping[Role, list[str]]
    dosed: Flags
    reset: Flags
    measured: Flags
    beside: Flags
    below: Mapping[Role, Flags]
    urine: Flags

    @property
    def line(self) -> list[int]:
        """Number of each line in the file, as a text editor counts it."""
        return self.sheet.table.lines

    @property
    def columns(self) -> Columns:
        """What the columns of the file are."""
        return self.sheet.columns

    @property
    def faults(self) -> Faults:
        """What is wrong with the file, as far as was found."""
        return self.sheet.faults

    def name(self, role: Role) -> str:
        """Return what the file calls the column."""
        return self.sheet.name(role)

    def fault(self, row: int, role: Role, message: Text) -> Fault:
        """Return a fault of a cell."""
        return self.sheet.fault(row, role, message)

    def rows(self, rows: Rows) -> "Events":
        """Return some of the lines, in the order given."""
        return Events(
            self.sheet.rows(rows),
            {role: values[rows] for role, values in self.numbers.items()},
            {role: [texts[row] for row in rows.tolist()] for role, texts in self.texts.items()},
            below={role: flags[rows] for role, flags in self.below.items()},
            **{name: getattr(self, name)[rows] for name in ("dosed", "reset", "measured", "beside", "urine")},
        )


def read_events(sheet: Sheet, per_unit: Mapping[Role, float]) -> tuple[Events, list[str]]:
    """Read the lines of a file.

    Cells that contradict each other are faults of the file.

    Args:
        sheet: the file, whose columns have roles.
        per_unit: hours in one unit of each column of times.

    Returns:
        The events, and what is to be known about lines that were left out.

    Raises:
        UnreadableInput: a column that is needed is not there; there are too many lines; there are cells that cannot be
            read; or a time is missing.
    """
    _check_columns(sheet)
    numbers: dict[Role, Array] = {role: sheet.values(role) for role in Role if role not in (*TEXTS, Role.WEIGHT)}
    numbers |= {
        role: each.times(scaled(role, per_unit)) for role, each in sheet.numbers.items() if role is not Role.WEIGHT
    }
    sheet.faults.add(sheet.unread(numbers))
    for role, values in numbers.items():
        sheet.faults.add(_unlikely(sheet, role, values))
    sheet.faults.add(_faults_of_names(sheet))
    sheet.faults.stop()
    coded = [note for role in VALUES for note in _missing_codes(numbers[role], sheet.columns.roles.get(role, ""))]
    events = _classified(sheet, numbers)
    if sheet.faults.add(_contradictions(events)) and np.isnan(numbers[Role.TIME]).any():
        sheet.faults.stop()
    return events, [*coded, *_notes(events)]


def _check_columns(sheet: Sheet) -> None:
    needed = ((Role.SUBJECT,), (Role.TIME,), VALUES)
    roles, header = sheet.columns.roles, sheet.table.header
    missing = [one_of[0] for one_of in needed if not set(one_of) & set(roles)]
    if missing:
        if not {Role.AMOUNT, Role.DOSE} & set(roles):
            missing.append(Role.AMOUNT)
        names = ", ".join(shortened(name) for name in header[:20] if name)
        sheet.faults.refuse(
            f"No column was recognised as {', '.join(missing)}. The columns are {names}. Say which one it is",
            where(ColumnFor(missing[0])),
            "; columns are separated by comma, semicolon, tab or blanks.",
        )
    if len(sheet) > MAX_ROWS:
        sheet.faults.refuse(f"The file has {len(sheet)} lines, at most {MAX_ROWS} are read: split it.")


def _classified(sheet: Sheet, numbers: Mapping[Role, Array]) -> Events:
    amount = np.nan_to_num(numbers[Role.AMOUNT])
    evid = np.where(np.isnan(numbers[Role.EVID]), amount > 0, numbers[Role.EVID])
    flagged = np.nan_to_num(numbers[Role.CENSORED]) != 0
    # A missing value is no smaller than its limit.
    below = {role: sheet.below[role] | flagged | (numbers[role] < numbers[Role.LIMIT]) for role in VALUES}
    dosed = np.isin(evid, (1, 4)) & (amount > 0)
    return Events(
        sheet,
        numbers,
        {role: _present(sheet.texts(role)) for role in TEXTS},
        dosed=dosed,
        reset=np.isin(evid, (3, 4)),
        measured=(evid == 0) & (np.nan_to_num(numbers[Role.MDV]) == 0),
        beside=dosed & (not {Role.EVID, Role.MDV} & set(sheet.columns.roles)),
        below=below,
        urine=_with_urine(sheet),
    )


def _with_urine(sheet: Sheet) -> Flags:
    """Return the lines that hold a volume of urine above 0."""
    urine = np.zeros(len(sheet), dtype=np.bool_)
    for name in sheet.columns.urine:
        volumes = read_numbers(sheet.cells(name), decimal_comma=sheet.table.decimal_comma).values
        urine |= np.nan_to_num(volumes) != 0
    return urine


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


def _unlikely(sheet: Sheet, role: Role, values: Array) -> Iterator[Fault]:
    if role in _CHECKS:
        accepts, (first, *others) = _CHECKS[role]
        for row in np.flatnonzero(~np.isnan(values) & ~accepts(values)).tolist():
            yield sheet.fault(row, role, sentence(str(first).format(f"{values[row]:g}"), *others))


def _faults_of_names(sheet: Sheet) -> Iterator[Fault]:
    for row, name in enumerate(sheet.names):
        if is_missing(name):
            yield sheet.fault(row, Role.SUBJECT, "The subject is missing, add it.")
        elif len(name) > MAX_NAME_CHARACTERS or name[0] in "=+-@":
            yield sheet.fault(
                row,
                Role.SUBJECT,
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


def duplicates(events: Events) -> Iterator[Fault]:
    """Yield lines that stand twice, which would count twice.

    Args:
        events: the lines, in order of time.
    """
    # The same line may stand again after a reset, as the subject began anew, and after midnight.
    resets = np.cumsum(events.reset).tolist()
    counted = [events.sheet.values(role).tolist() for role in (Role.TIME, Role.AMOUNT, Role.DURATION)]
    seen: dict[tuple[float | str | None, ...], int] = {}
    for row in np.flatnonzero(events.dosed | events.measured).tolist():
        numbers = (each[row] if each[row] == each[row] else None for each in counted)
        first = seen.setdefault((resets[row], *numbers, *events.sheet.table.rows[row]), events.line[row])
        if first != events.line[row]:
            what = "If two equal doses were given, write their sum." if events.dosed[row] else ""
            yield events.fault(row, Role.SUBJECT, f"The line is the same as line {first}: remove one. {what}".rstrip())


def _notes(events: Events) -> list[str]:
    evid, amount = (events.numbers[role] for role in (Role.EVID, Role.AMOUNT))
    # NONMEM writes 0 where nothing was measured; without EVID and MDV a 0 in the line of a dose is told with the rest.
    values = sum(((np.nan_to_num(events.numbers[role]) != 0).astype(int) for role in VALUES), np.zeros(len(evid)))
    withdrawn = ~np.isin(evid, (1, 2, 3, 4)) & ~events.measured & ~events.dosed
    dose = np.isin(evid, (1, 4))
    in_dose, in_reset = ((events.dosed & ~events.beside) | dose, evid == 3)
    return [
        *tallied({"Left out because MDV says so": int(withdrawn.sum())}, "measurement"),
        *tallied({"Left out as neither dose nor measurement (EVID 2)": int((evid == 2).sum())}, "line"),
        *tallied({"Of amount 0, as placebo": int((dose & (amount == 0)).sum())}, "dose"),
        *tallied({"Not used, as it stands in the line of a dose": int(values[in_dose].sum())}, "value"),
        *tallied({"Not used, as it stands in the line of a reset (EVID 3)": int(values[in_reset].sum())}, "value"),
    ]
