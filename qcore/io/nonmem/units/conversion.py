"""Units that a file states, line by line if it does, to one unit for each of its columns.

What contradicts itself, is not known, or is no unit of such a number is refused in a sentence; what the user says of
the file comes before all of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from qcore.io.delimited import Delimited, shortened
from qcore.io.nonmem.cells import is_clock, is_missing, number
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.counts import listed
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.faults import Fault, refuse
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.quantities import Measured
from qcore.io.nonmem.sentences import ColumnFor, Option, sentence, where
from qcore.io.nonmem.units.columns import UnitColumns
from qcore.io.nonmem.units.headers import unit_in
from qcore.io.unit_text import Kind, Unit, unit_of_text

_TIMES = (Role.TIME, Role.DURATION, Role.INTERVAL)
_ALLOWED: Mapping[Role, tuple[Kind, ...]] = {
    **dict.fromkeys(_TIMES, (Kind.TIME,)),
    **dict.fromkeys((Role.AMOUNT, Role.DOSE), (Kind.AMOUNT, Kind.AMOUNT_PER_KG)),
    Role.WEIGHT: (Kind.AMOUNT,),
    Role.RATE: (Kind.RATE,),
    Role.VALUE: (Kind.CONCENTRATION,),
}
_WHAT = {
    **dict.fromkeys(_TIMES, "a time"),
    **dict.fromkeys((Role.AMOUNT, Role.DOSE), "an amount"),
    Role.WEIGHT: "a weight",
    Role.RATE: "a rate",
    Role.VALUE: "a concentration",
}
_SAYING = {
    Role.TIME: Option.TIME_UNIT,
    **dict.fromkeys((Role.AMOUNT, Role.DOSE), Option.DOSE_UNIT),
    Role.VALUE: Option.CONCENTRATION_UNIT,
}
_G_IN_KG = 1e3
Units = list[Unit | None]
"""Of the lines of a file."""


def with_stated_units(table: Delimited, columns: Columns, options: Options) -> tuple[Delimited, Columns, list[str]]:
    """Return a table in which times, doses, rates and weights have one unit a column, and its columns with these units.

    Args:
        table: the file, without a row of units.
        columns: which column is what, with what the header and a row of units say.
        options: what the user says of units.

    Returns:
        The table, its columns, and what is to be known about it.

    Raises:
        UnreadableInput: a unit is not known or cannot be one of its column, or two contradict each other.
    """
    stated = UnitColumns(table, columns.unit_columns, columns.roles)
    refuse(stated.faults)
    said, notes, units = _said(options), list[str](), dict(columns.units)
    rows = [list(row) for row in table.rows]

    def multiply(role: Role, factors: Sequence[float]) -> None:
        place = table.header.index(columns.roles[role])
        for row, factor in zip(rows, factors, strict=True):
            row[place] = _times(row[place], factor, decimal_comma=table.decimal_comma)

    dose = Role.AMOUNT if Role.AMOUNT in columns.roles else Role.DOSE
    scale: list[float] = []
    for role in (role for role in (*_TIMES, dose, Role.WEIGHT) if role in columns.roles and role not in said):
        found = _units_of(table, columns, role, stated)
        if not any(found):
            continue
        target, name = _most_common(found), columns.roles[role]
        factors = [1.0 if unit is None else unit.factor / target.factor for unit in found]
        if role is Role.WEIGHT:
            factors, target = [each * target.factor / _G_IN_KG for each in factors], Unit(Kind.AMOUNT, "g", 1e3, "kg")
        if any(factor != 1 for factor in factors):
            multiply(role, factors)
            notes.append(f"Converted to {target.text}: {name}, by the unit that the file states.")
            units[name] = target.text
        elif any(stated.texts(role)):
            units[name] = target.text
        scale = factors if role is dose else scale
    if Role.RATE in columns.roles:
        text, factors = _rates(table, replace(columns, units=units), stated, dose, scale)
        if any(factor != 1 for factor in factors):
            multiply(Role.RATE, factors)
            notes.append(f"Converted to the unit of doses: {columns.roles[Role.RATE]}.")
        units |= {columns.roles[Role.RATE]: text} if text else {}
    read = [f"{name} ({listed(_words(table, name))})" for name in columns.unit_columns]
    notes += [f"Read as units: {', '.join(read)}."] if read else []
    return replace(table, rows=rows), replace(columns, units=units), notes


def in_one_unit(
    table: Delimited, events: Events, found: Measured, options: Options
) -> tuple[Measured, Columns, str, list[str]]:
    """Return measurements in one unit a quantity.

    Args:
        table: the file.
        events: its lines.
        found: what was measured.
        options: what the user says of units.

    Returns:
        The measurements, columns that know the unit of concentrations, the unit of responses, and notes.

    Raises:
        UnreadableInput: a unit is not known or is none of a concentration, or units contradict each other.
    """
    columns = events.columns
    texts = UnitColumns(table, columns.unit_columns, columns.roles).texts(Role.VALUE) or _in_names(events)
    if Role.VALUE not in columns.roles or not any(texts):
        return found, columns, "", []
    value, notes, units, response = found.value.copy(), list[str](), dict(columns.units), ""
    name = columns.roles[Role.VALUE]
    for responds in (False, True):
        mine = np.flatnonzero(found.response == responds)
        rows = found.row[mine].tolist()
        if not rows or (not responds and Role.VALUE in _said(options)):
            continue
        if responds and Role.RESPONSE in columns.roles:
            continue
        here = [texts[row] for row in rows]
        lines = [events.line[row] for row in rows]
        if responds and len({each for each in here if each}) <= 1:
            response = next(filter(None, here), "")
            continue
        role = Role.RESPONSE if responds else Role.VALUE
        each = _checked(here, lines, name, role, header="" if responds else columns.unit(Role.VALUE) or "")
        if not any(each):
            continue
        target = _most_common(each)
        factors = np.array([1.0 if unit is None else unit.factor / target.factor for unit in each])
        if (factors != 1).any():
            notes.append(f"Converted line by line to {target.text}: {'responses' if responds else 'concentrations'}.")
        value[mine] *= factors
        response = target.text if responds else response
        units |= {} if responds else {name: target.text}
    return replace(found, value=value), replace(columns, units=units), response, notes


def _in_names(events: Events) -> list[str]:
    """Return the units that names of what was measured hold, as CDISC has them: Theophylline (ug/mL)."""
    held = {text: unit_in(text) or "" for text in set(events.texts[Role.DVID])}
    return [held[text] if unit_of_text(held[text]) else "" for text in events.texts[Role.DVID]]


def _said(options: Options) -> set[Role]:
    """Return the roles whose unit the user says."""
    if options.units is None:
        return set()
    told = {
        (Role.TIME,): options.units.time,
        (Role.AMOUNT, Role.DOSE): options.units.dose,
        (Role.VALUE,): options.units.concentration,
    }
    return {role for roles, text in told.items() for role in roles if text}


def _units_of(table: Delimited, columns: Columns, role: Role, stated: UnitColumns) -> Units:
    """Return the unit of each line, as far as the file tells."""
    name = columns.roles[role]
    texts, header = stated.texts(role), columns.unit(role) or ""
    place = table.header.index(name)
    # What stands beside an empty cell speaks of nothing.
    filled = [not is_missing(row[place]) and not is_clock(row[place]) for row in table.rows]
    if not any(texts):
        unit = unit_of_text(header)
        return [unit if unit is not None and unit.kind in _ALLOWED[role] else None] * len(table.rows)
    kept = [text if full else "" for text, full in zip(texts, filled, strict=True)]
    rows = [row for row, full in enumerate(filled) if full]
    found: Units = [None] * len(table.rows)
    checked = _checked([kept[row] for row in rows], [table.lines[row] for row in rows], name, role, header=header)
    for row, unit in zip(rows, checked, strict=True):
        found[row] = unit
    return found


def _checked(texts: Sequence[str], lines: Sequence[int], name: str, role: Role, *, header: str) -> Units:
    """Return units of lines, all of which convert to each other; where one alone is stated it is that of all."""
    known = {text: unit_of_text(text) for text in set(texts) if text}
    refuse(_unusable(texts, lines, name, role, known))
    above = unit_of_text(header)
    different = {unit.text for unit in known.values() if unit}
    alone = next(iter(known.values()), None) if len(different) == 1 else None
    found = [known[text] if text else alone for text in texts]
    refuse(_unlike(found, lines, name, above))
    return found


def _unusable(
    texts: Sequence[str], lines: Sequence[int], name: str, role: Role, known: Mapping[str, Unit | None]
) -> Iterator[Fault]:
    option = [where(_SAYING[role])] if role in _SAYING else []
    for text, line in zip(texts, lines, strict=True):
        if not text:
            continue
        unit = known[text]
        if unit is None and role is not Role.RESPONSE:
            unknown = f"Its unit, {shortened(text)}, is not known. Say what all these numbers are in"
            yield Fault(line, name, sentence(unknown, *option, "."))
        elif unit is not None and role in _ALLOWED and unit.kind not in _ALLOWED[role]:
            other = (
                " If another quantity was measured here, say which column tells them apart",
                where(ColumnFor(Role.DVID)),
                ".",
            )
            unfit = f"Its unit, {shortened(text)}, is not one of {_WHAT[role]}. Correct it"
            yield Fault(line, name, sentence(unfit, *option, ".", *(other if role is Role.VALUE else ())))


def _unlike(found: Units, lines: Sequence[int], name: str, header: Unit | None) -> Iterator[Fault]:
    first = next((unit for unit in found if unit), None)
    if first is None:
        return
    for unit, line in zip(found, lines, strict=True):
        if unit is None:
            yield Fault(line, name, "The unit is missing in this line, and other lines have different ones. Add it.")
        elif not unit.converts_to(first):
            yield Fault(line, name, f"{unit.text} here and {first.text} before cannot be converted to each other.")
        elif header is not None and header != unit:
            yield Fault(
                line,
                name,
                f"The header or the row below it says {header.text}, the column of units {unit.text}. Correct one of "
                "them.",
            )


def _rates(
    table: Delimited, columns: Columns, stated: UnitColumns, dose: Role, scale: Sequence[float]
) -> tuple[str, list[float]]:
    """Return the unit of rates, if the file tells, and what turns each into one of the unit of doses."""
    found = _units_of(table, columns, Role.RATE, stated)
    amount = unit_of_text((columns.unit(dose) or "").removesuffix("/kg"))
    if not any(found):
        return "", list(scale)
    target = _most_common(found)
    per = target.text.rpartition("/")[2]
    if amount is None or amount.base != target.base:
        return target.text, []
    factors = [1.0 if unit is None else unit.factor / amount.factor * target.hours / unit.hours for unit in found]
    return f"{amount.text}/{per}", factors


def _most_common(found: Units) -> Unit:
    return Counter(unit for unit in found if unit is not None).most_common(1)[0][0]


def _times(cell: str, factor: float, *, decimal_comma: bool) -> str:
    value = None if factor == 1 or is_missing(cell) else number(cell, decimal_comma=decimal_comma)
    if value is None:
        return cell
    text = f"{value * factor:.15g}"
    return text.replace(".", ",") if decimal_comma else text


def _words(table: Delimited, name: str) -> list[str]:
    place = table.header.index(name)
    return [shortened(cell) for cell in dict.fromkeys(row[place].strip() for row in table.rows) if not is_missing(cell)]
