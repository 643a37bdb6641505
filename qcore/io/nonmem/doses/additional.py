"""Lines that give doses to all the doses given: additional ones, and those before a steady state."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from qcore.io.nonmem.cells import MAX_MAGNITUDE
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted, tallied
from qcore.io.nonmem.doses.amounts import Amounts
from qcore.io.nonmem.doses.routes import Routes
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.occasions import Span
from qcore.io.nonmem.sentences import Text, request, sentence
from qcore.study import Array, Doses

MAX_DOSES = 100_000
# As many as bring a drug to its steady state unless it stays 15 intervals by half.
FILLED_IN = 50


@dataclass(frozen=True, eq=False)
class _Regimen:
    """Doses of one line: times relative to its own, and steady intervals, each ``(n_doses,)``."""

    times: Array
    steady_interval: Array


def given(events: Events, spans: Sequence[Span], amounts: Amounts, routes: Routes) -> tuple[list[Doses], list[Text]]:
    """Return all doses of each subject.

    A line gives its dose ADDL more times, II apart. With SS it was given II apart for ever before. Where a file has
    an interval and neither ADDL nor SS, as R's Quinidine has, the interval says the same of the past: the first dose
    is at steady state, and before a later one doses are filled in back to the line before.

    Args:
        events: the lines of the file, in order of subject and time.
        spans: the lines of each subject.
        amounts: how much each line gives, and when.
        routes: how the dose of each line goes in, and how long it takes.

    Returns:
        Doses of each span in order of time, and what is to be known about them.

    Raises:
        UnreadableInput: there are faults: too many doses, or a steady state or additional doses that cannot be, or what
            was found before.
    """
    events.faults.add(_too_many(events, amounts))
    backwards = Role.INTERVAL in events.columns.roles and not {Role.ADDL, Role.STEADY} & set(events.columns.roles)
    events.faults.add(_impossible(events, spans, amounts, routes, backwards))
    events.faults.stop()
    planned = {} if backwards else _planned(events, amounts)
    doses, filled = [], 0
    for span in spans:
        rows = [row for row in span.rows if amounts.dosed[row]]
        regimens = list(_pasts(events, span, amounts)) if backwards else [planned[row] for row in rows]
        filled += sum(len(regimen.times) - 1 for regimen in regimens) if backwards else 0
        doses.append(_ordered(rows, regimens, amounts, routes))
    if sum(len(each.time) for each in doses) > MAX_DOSES:
        events.faults.refuse(
            f"With doses filled in there are more than {MAX_DOSES}, which is too many: ",
            request(Role.INTERVAL, ""),
            ".",
        )
    return doses, _notes(events, amounts, doses, filled, backwards)


def _planned(events: Events, amounts: Amounts) -> dict[int, _Regimen]:
    """Return what each line gives from its time on."""
    rows = np.flatnonzero(amounts.dosed)
    cells = (np.nan_to_num(events.numbers[role][rows]) for role in (Role.INTERVAL, Role.ADDL, Role.STEADY))
    planned = {}
    for row, interval, additional, steady in zip(rows.tolist(), *(cell.tolist() for cell in cells), strict=True):
        number = np.arange(additional + 1)
        planned[row] = _Regimen(interval * number, np.where(number == 0, interval * steady, 0.0))
    return planned


def _pasts(events: Events, span: Span, amounts: Amounts) -> Iterator[_Regimen]:
    """Yield what the interval of each dose says of the time before it."""
    last_dose, sampled = -np.inf, -np.inf
    for row in span.rows:
        if amounts.dosed[row]:
            interval, time = float(np.nan_to_num(events.numbers[Role.INTERVAL][row])), float(amounts.time[row])
            # Half an interval after a dose of the file no other is due; no measurement sees a dose filled in later on.
            free_from = max(last_dose + interval / 2, sampled)
            yield _past(interval, time, free_from) if last_dose > -np.inf else _steady(interval)
            last_dose = time
        if events.measured[row]:
            sampled = float(events.numbers[Role.TIME][row])


def _past(interval: float, time: float, free_from: float) -> _Regimen:
    count = int(np.clip(np.ceil((time - free_from) / interval) - 1, 0, FILLED_IN)) if interval else 0
    return _Regimen(-interval * np.arange(count, -1, -1.0), np.zeros(count + 1))


def _steady(interval: float) -> _Regimen:
    return _Regimen(np.zeros(1), np.full(1, interval))


def _ordered(rows: Sequence[int], regimens: Sequence[_Regimen], amounts: Amounts, routes: Routes) -> Doses:
    none = np.zeros(0)
    row = np.repeat(np.array(rows, dtype=np.intp), [len(regimen.times) for regimen in regimens])
    time = amounts.time[row] + np.concatenate([none, *(regimen.times for regimen in regimens)])
    steady = np.concatenate([none, *(regimen.steady_interval for regimen in regimens)])
    order = np.argsort(time, kind="stable")
    row = row[order]
    amount = amounts.amount[row] * amounts.scale[row]
    return Doses(time[order], amount, routes.duration[row], routes.absorbed[row], steady[order])


def _too_many(events: Events, amounts: Amounts) -> Iterator[Fault]:
    additional = np.where(amounts.dosed, np.nan_to_num(events.numbers[Role.ADDL]), 0.0)
    total = float((amounts.dosed + additional).sum())
    if total > MAX_DOSES:
        row = int(np.argmax(additional))
        role = Role.ADDL if additional[row] else Role.AMOUNT
        yield events.fault(
            row, role, f"The file gives {total:g} doses in all, at most {MAX_DOSES} are read. Give fewer."
        )


def _impossible(
    events: Events, spans: Sequence[Span], amounts: Amounts, routes: Routes, backwards: bool
) -> Iterator[Fault]:
    interval, additional, steady = (
        np.nan_to_num(events.numbers[role]) for role in (Role.INTERVAL, Role.ADDL, Role.STEADY)
    )
    end = amounts.time + interval * additional + routes.duration
    for row in np.flatnonzero(amounts.dosed & ((additional > 0) | (steady > 0)) & (interval == 0)).tolist():
        yield events.fault(
            row, Role.INTERVAL, "Additional doses and a steady state need an interval II above 0. Add it."
        )
    for row in np.flatnonzero(amounts.dosed & (end > MAX_MAGNITUDE)).tolist():
        role = Role.ADDL if additional[row] else Role.RATE
        yield events.fault(row, role, "The dose ends at a time too late to be true. Correct it.")
    lasting = (steady > 0) | backwards
    for row in np.flatnonzero(amounts.dosed & lasting & (routes.duration > interval) & (interval > 0)).tolist():
        yield events.fault(
            row, Role.INTERVAL, "At steady state an infusion must end before the next begins. Correct II."
        )
    for span in spans:
        for row in [row for row in span.rows if amounts.dosed[row]][1:]:
            if steady[row]:
                yield events.fault(
                    row,
                    Role.STEADY,
                    "Steady state is read only for the first dose of a subject. Write the doses before this one out "
                    "(ADDL), or let the subject begin anew here with EVID 4.",
                )


def _notes(events: Events, amounts: Amounts, doses: Sequence[Doses], filled: int, backwards: bool) -> list[Text]:
    column = events.name(Role.INTERVAL)
    steady = sum(int((each.steady_interval > 0).sum()) for each in doses)
    additional = int(np.nan_to_num(events.numbers[Role.ADDL])[amounts.dosed].sum())
    notes: list[Text] = [*tallied({"Additional (ADDL)": additional}, "dose")]
    if steady:
        why = (
            f": {column} stands there without ADDL and SS. If the drug was new to them, ",
            request(Role.INTERVAL, ""),
        )
        given = f"At steady state when the first dose is given: {counted(steady, 'subject')}"
        notes.append(sentence(given, *(why if backwards else ()), "."))
    if filled:
        notes.append(
            f"{column} says of later doses too that they had been given before: {counted(filled, 'dose')} filled in, "
            f"back to the line before and at most {FILLED_IN} for a line."
        )
    return notes
