"""Units that a file states, line by line if it does, to one unit for each of its columns.

What contradicts itself, is not known, or is no unit of such a number is refused in a sentence; what the user says of
the file comes before all of it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import is_clock, is_missing
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.counts import listed
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.quantities import Measured
from qcore.io.nonmem.sentences import ColumnFor, Option, sentence, where
from qcore.io.nonmem.sheet import Sheet
from qcore.io.nonmem.units.columns import UnitColumns
from qcore.io.nonmem.units.headers import unit_in
from qcore.io.unit_text import Kind, Unit, unit_of_text
from qcore.study import Array

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
_OPTIONS = {
    Role.TIME: Option.TIME_UNIT,
    **dict.fromkeys((Role.AMOUNT, Role.DOSE), Option.DOSE_UNIT),
    Role.VALUE: Option.CONCENTRATION_UNIT,
}
_G_IN_KG = 1e3
Units = list[Unit | None]
"""Of the lines of a file."""


def with_stated_units(sheet: Sheet, options: Options) -> tuple[Sheet, list[str]]:
    """Return a file in which times, doses, rates and weights have one unit a column, which its columns know.

    Units that are not known, cannot be those of their column or contradict each other are faults of the file.

    Args:
        sheet: the file, without a row of units.
        options: what the user says of units.

    Returns:
        The file, and what is to be known about it.
    """
    columns = sheet.columns
    stated = UnitColumns(sheet.table, columns.unit_columns, columns.roles)
    sheet.faults.add(stated.faults)
    chosen, notes, units = _chosen(options), list[str](), dict(columns.units)
    dose = Role.AMOUNT if Role.AMOUNT in columns.roles else Role.DOSE
    dose_factors = np.ones(len(sheet))
    for role in (role for role in (*_TIMES, dose, Role.WEIGHT) if role in columns.roles and role not in chosen):
        each = _units_of(sheet, role, stated)
        if not any(each):
            continue
        target, name = _most_common(each), columns.roles[role]
        factors = _factors(each, target)
        if role is Role.WEIGHT:
            factors, target = factors * target.factor / _G_IN_KG, Unit(Kind.AMOUNT, "g", 1e3, "kg")
        if (factors != 1).any():
            sheet = _multiplied(sheet, role, factors)
            notes.append(f"Converted to {target.text}: {name}, by the unit that the file states.")
            units[name] = target.text
        elif any(stated.texts(role)):
            units[name] = target.text
        dose_factors = factors if role is dose else dose_factors
    sheet = replace(sheet, columns=replace(columns, units=units))
    if Role.RATE in columns.roles:
        text, factors = _rates(sheet, stated, dose, dose_factors)
        if (factors != 1).any():
            sheet = _multiplied(sheet, Role.RATE, factors)
            notes.append(f"Converted to the unit of doses: {columns.roles[Role.RATE]}.")
        units |= {columns.roles[Role.RATE]: text} if text else {}
    read = [f"{name} ({listed(_words(sheet, name))})" for name in columns.unit_columns]
    notes += [f"Read as units: {', '.join(read)}."] if read else []
    return replace(sheet, columns=replace(columns, units=units)), notes


def _multiplied(sheet: Sheet, role: Role, factors: Array) -> Sheet:
    """Return a file with numbers in another unit: 0.3 g are 300 mg, and not 299.99999999999994."""
    numbers = sheet.numbers[role]
    whole = np.where(factors == 1, numbers.values, _fifteen_digits(numbers.times(factors)))
    return sheet.with_values(role, np.where(numbers.in_hours, numbers.values, whole))


def _fifteen_digits(values: Array) -> Array:
    """Round to 15 significant digits, as many as a decimal number keeps."""
    size = np.where((values == 0) | np.isnan(values), 1.0, np.abs(values))
    power = 10.0 ** (14 - np.floor(np.log10(size)))
    return np.rint(values * power) / power


def in_one_unit(sheet: Sheet, measured: Measured, options: Options) -> tuple[Measured, Columns, str, list[str]]:
    """Return measurements in one unit a quantity.

    Units that are not known, are none of a concentration or contradict each other are faults of the file.

    Args:
        sheet: the file, in order of subject and time.
        measured: values of its lines, and whether each is a response.
        options: what the user says of units.

    Returns:
        The measurements, columns that know the unit of concentrations, the unit of responses, and notes.
    """
    columns = sheet.columns
    texts = UnitColumns(sheet.table, columns.unit_columns, columns.roles).texts(Role.VALUE) or _in_names(sheet)
    if Role.VALUE not in columns.roles or not any(texts):
        return measured, columns, "", []
    value, notes, units, response = measured.value.copy(), list[str](), dict(columns.units), ""
    name = columns.roles[Role.VALUE]
    for responds in (False, True):
        chosen = np.flatnonzero(measured.response == responds)
        rows = measured.row[chosen].tolist()
        if not rows or (not responds and Role.VALUE in _chosen(options)):
            continue
        if responds and Role.RESPONSE in columns.roles:
            continue
        stated = [texts[row] for row in rows]
        if responds and len({text for text in stated if text}) <= 1:
            response = next(filter(None, stated), "")
            continue
        role = Role.RESPONSE if responds else Role.VALUE
        header = "" if responds else columns.unit(Role.VALUE) or ""
        each = _checked(sheet, stated, rows, name, role, header=header)
        if not any(each):
            continue
        target = _most_common(each)
        factors = _factors(each, target)
        if (factors != 1).any():
            notes.append(f"Converted line by line to {target.text}: {'responses' if responds else 'concentrations'}.")
        value[chosen] *= factors
        response = target.text if responds else response
        units |= {} if responds else {name: target.text}
    return replace(measured, value=value), replace(columns, units=units), response, notes


def _in_names(sheet: Sheet) -> list[str]:
    """Return the units that names of what was measured hold, as CDISC has them: Theophylline (ug/mL)."""
    texts = sheet.texts(Role.DVID)
    held = {text: unit_in(text) or "" for text in set(texts)}
    return [held[text] if unit_of_text(held[text]) else "" for text in texts]


def _chosen(options: Options) -> set[Role]:
    """Return the roles whose unit the user says."""
    if options.units is None:
        return set()
    texts = {
        (Role.TIME,): options.units.time,
        (Role.AMOUNT, Role.DOSE): options.units.dose,
        (Role.VALUE,): options.units.concentration,
    }
    return {role for roles, text in texts.items() for role in roles if text}


def _units_of(sheet: Sheet, role: Role, stated: UnitColumns) -> Units:
    """Return the unit of each line, as far as the file tells."""
    texts, header = stated.texts(role), sheet.columns.unit(role) or ""
    if not any(texts):
        unit = unit_of_text(header)
        return [unit if unit is not None and unit.kind in _ALLOWED[role] else None] * len(sheet)
    # What stands beside an empty cell speaks of nothing.
    rows = [row for row, cell in enumerate(sheet.texts(role)) if not is_missing(cell) and not is_clock(cell)]
    units: Units = [None] * len(sheet)
    checked = _checked(sheet, [texts[row] for row in rows], rows, sheet.columns.roles[role], role, header=header)
    for row, unit in zip(rows, checked, strict=True):
        units[row] = unit
    return units


def _checked(sheet: Sheet, texts: Sequence[str], rows: Sequence[int], name: str, role: Role, *, header: str) -> Units:
    """Return units of lines, all of which convert to each other; where one alone is stated it is that of all.

    There are none where a fault was found.
    """
    lines = [sheet.table.lines[row] for row in rows]
    known = {text: unit_of_text(text) for text in set(texts) if text}
    different = {unit.text for unit in known.values() if unit}
    alone = next(iter(known.values()), None) if len(different) == 1 else None
    units = [known[text] if text else alone for text in texts]
    faulty = sheet.faults.add(_unusable(texts, lines, name, role, known)) or sheet.faults.add(
        _unlike(units, lines, name, unit_of_text(header))
    )
    return [None] * len(rows) if faulty else units


def _unusable(
    texts: Sequence[str], lines: Sequence[int], name: str, role: Role, known: Mapping[str, Unit | None]
) -> Iterator[Fault]:
    option = [where(_OPTIONS[role])] if role in _OPTIONS else []
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


def _unlike(units: Units, lines: Sequence[int], name: str, header: Unit | None) -> Iterator[Fault]:
    first = next((unit for unit in units if unit), None)
    if first is None:
        return
    for unit, line in zip(units, lines, strict=True):
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


def _rates(sheet: Sheet, stated: UnitColumns, dose: Role, dose_factors: Array) -> tuple[str, Array]:
    """Return the unit of rates, if the file tells, and what turns each into one of the unit of doses."""
    each = _units_of(sheet, Role.RATE, stated)
    amount = unit_of_text((sheet.columns.unit(dose) or "").removesuffix("/kg"))
    if not any(each):
        return "", dose_factors
    target = _most_common(each)
    per = target.text.rpartition("/")[2]
    if amount is None or amount.base != target.base:
        return target.text, np.ones(len(sheet))
    factors = [1.0 if unit is None else unit.factor / amount.factor * target.hours / unit.hours for unit in each]
    return f"{amount.text}/{per}", np.array(factors)


def _most_common(units: Units) -> Unit:
    return Counter(unit for unit in units if unit is not None).most_common(1)[0][0]


def _factors(units: Units, target: Unit) -> Array:
    """Return what turns a number of each line into one of the target's unit; 1 where no unit is stated."""
    return np.array([1.0 if unit is None else unit.factor / target.factor for unit in units])


def _words(sheet: Sheet, name: str) -> list[str]:
    return [shortened(cell) for cell in dict.fromkeys(sheet.cells(name)) if not is_missing(cell)]
