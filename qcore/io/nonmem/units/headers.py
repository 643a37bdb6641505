"""Units in the names of columns, as in ``Time (h)`` or ``conc_ng_ml``, and hours in a unit of time."""

import re
from collections.abc import Sequence

from qcore.io.delimited import Delimited
from qcore.io.nonmem.cells import is_missing
from qcore.io.numerals import readings
from qcore.io.unit_text import HOURS, Kind, unit_of_text

# What may end a name without brackets: no single letter but those of times and g, and no word for units as such.
_TIMES = "|".join(sorted(HOURS, key=len, reverse=True))
_AMOUNTS = "(?:[mµunpk]|mc)?g|[munp]?mol|[mk]?iu"
_PER = f"[_/.](?:kg|l|ml|dl|ul|{_TIMES})"
_BRACKET = re.compile(r"[\s_.]*[(\[]\s*([^()\[\]]+?)\s*[)\]]$")
_ENDING = re.compile(rf"[\s_.]((?:{_AMOUNTS})(?:{_PER})?|{_TIMES})$")
# R makes "AMT..ug." of "AMT (ug)", and "DV..ng.mL." of "DV (ng/mL)".
_DOTTED = re.compile(r"\.\.([^.]+(?:\.[^.]+)?)\.$")
_UNIT = re.compile(rf"[(\[]?((?:[mµun]|mc|k)?(?:g|mol)(?:[_/].+)?|{_TIMES})[)\]]?", re.IGNORECASE)
_SPELLED = {"hr": "h", "hrs": "h", "hours": "h", "mg/l": "mg/L", "ug/l": "ug/L"}


def folded(name: str) -> str:
    """Return the name of a column without case, unit and punctuation."""
    return re.sub(r"[^a-z0-9]", "", _ENDING.sub("", _BRACKET.sub("", _undotted(name).strip().lower())))


def _undotted(name: str) -> str:
    """Return a name as it was before R made a name of a column of it."""
    dotted = _DOTTED.search(name.strip())
    unit = dotted.group(1).replace(".", "/") if dotted else ""
    return f"{name.strip()[: dotted.start()]} ({unit})" if dotted and unit_of_text(unit) else name


def unit_in(name: str) -> str | None:
    """Return the unit that the name of a column holds or is, as in ``Days``; None if there is none."""
    name = _undotted(name)
    bracket = _BRACKET.search(name.strip())
    ending = None if bracket else _ENDING.search(name.strip().lower())
    written = bracket or ending
    if not written:
        return spelled(name) if hours_in(name) and len(name.strip()) > 1 else None
    return spelled(written.group(1) if bracket else written.group(1).replace(".", "/"))


def is_bracketed(name: str) -> bool:
    """Tell whether the name of a column ends in brackets, as in ``DV (ng/mL)``: a unit there is no accident."""
    return _BRACKET.search(_undotted(name).strip()) is not None


def spelled(unit: str) -> str:
    """Return a unit as it is usually written."""
    unit = unit.strip().replace("_", "/").replace("/ml", "/mL")
    return _SPELLED.get(unit.lower(), unit)


def hours_in(unit: str) -> float | None:
    """Return the hours in a unit of time, s to weeks; None where it is no such unit."""
    return HOURS.get(unit.strip().lower())


def without_units_row(table: Delimited) -> tuple[Delimited, dict[str, str]]:
    """Return a table without a row of units below its header, and those units by name of the column.

    Args:
        table: as in the file. Its first row holds units if it holds no number and at least one cell is a usual unit.
    """
    first = table.rows[0]
    if len(table.rows) == 1 or any(readings(cell, decimal_comma=table.decimal_comma) for cell in first):
        return table, {}
    if not any(map(_is_unit, first)) or _are_words(table, first):
        return table, {}
    units = {
        name: spelled(cell.strip("()[] "))
        for name, cell in zip(table.header, first, strict=True)
        if not is_missing(cell)
    }
    return Delimited(table.header, table.rows[1:], table.lines[1:], table.decimal_comma), units


def _is_unit(cell: str) -> bool:
    unit = unit_of_text(cell)
    return _UNIT.fullmatch(cell.strip()) is not None or (unit is not None and unit.kind is not Kind.OTHER)


def _are_words(table: Delimited, first: Sequence[str]) -> bool:
    """Tell whether what looks like units stands in later rows too, as a subject G or a group D would."""
    return any(cell.strip() and cell == later for row in table.rows[1:] for cell, later in zip(first, row, strict=True))
