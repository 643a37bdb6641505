"""Columns of units, as AMTU, DVU, TIMEU, EXDOSU, PCSTRESU or UNIT: which they are, and what of each line they speak of.

A unit is no covariate, whatever its column is called. A column is one of units by its name, where it is that of another
column with U or UNIT, as CDISC and NONMEM's users have it, and by its cells, where each is a unit and nothing else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from qcore.io.delimited import Delimited
from qcore.io.nonmem.cells import is_missing
from qcore.io.nonmem.columns.names import Role
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.units.headers import folded
from qcore.io.numerals import readings
from qcore.io.unit_text import Kind, unit_of_text

_GENERIC = frozenset(
    {"u", "unit", "units", "uom", "unitofmeasure", "unitsofmeasure", "stdu", "stdunit", "orresu", "stresu"}
)
_NAMED: Mapping[str, Role] = {
    **dict.fromkeys(("timeu", "timu", "tu", "tmu", "pctptu", "eltmu", "rltu", "afrltu"), Role.TIME),
    **dict.fromkeys(("amtu", "doseu", "dosu", "exdosu", "exdoseu", "dosau"), Role.AMOUNT),
    **dict.fromkeys(("dvu", "concu", "avalu", "pcorresu", "pcstresu", "cpu", "cu"), Role.VALUE),
    **dict.fromkeys(("durationu", "exduru", "duru"), Role.DURATION),
    **dict.fromkeys(("wtu", "weightu", "bwu", "wtblu"), Role.WEIGHT),
}
_UNIT_WORD = re.compile(r"(?:unit|units|uom)(?:of)?(.+)|(.+?)(?:units?|uom|u)")
# A column under any name: of single letters, g may be a group and h a hospital.
_SHORTEST = 2


def find_unit_columns(cells: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Return the columns that hold units.

    Args:
        cells: of every column, by its name.
    """
    names = {folded(name) for name in cells}
    return tuple(name for name, column in cells.items() if _holds_units(folded(name), column, names - {folded(name)}))


def _holds_units(name: str, cells: Sequence[str], others: set[str]) -> bool:
    words = {cell.strip() for cell in cells if not is_missing(cell)}
    if not words or any(readings(cell, decimal_comma=True) for cell in words):
        return False
    known = {cell: unit_of_text(cell) for cell in words}
    if name in _GENERIC or name in _NAMED or _stem(name, others):
        # By a name that only looks like one (STATU beside STAT, UNIT of a hospital) at least a unit must stand there.
        return name in _NAMED or any(known.values())
    units = [unit for unit in known.values() if unit is not None and unit.kind is not Kind.OTHER]
    times = [unit for unit in units if unit.kind is Kind.TIME]
    # "day" and "week" under another name may be how often something was given.
    return (
        len(units) == len(words) and max(map(len, words)) >= _SHORTEST and (len(times) < len(units) or len(words) == 1)
    )


def _stem(name: str, others: set[str]) -> str:
    """Return which of other columns a name with U or UNIT speaks of: AMTU of AMT, EXDOSU of EXDOSE; "" for none."""
    match = _UNIT_WORD.fullmatch(name)
    stem = (match[1] or match[2]) if match else ""
    if stem in others:
        return stem
    # PCSTRESU is the unit of PCSTRESN, DOSU that of DOSE.
    longer = sorted(each for each in others if each.startswith(stem) and len(each) == len(stem) + 1)
    return longer[0] if len(stem) > _SHORTEST and longer else ""


class UnitColumns:
    """What the columns of units of a file say of its other columns, line by line.

    Args:
        table: the cells of the file as they are written.
        columns: names of the columns that hold units.
        roles: name of the column that has a role.
    """

    def __init__(self, table: Delimited, columns: Sequence[str], roles: Mapping[Role, str]) -> None:
        self._table, self._roles = table, roles
        self.sources: dict[Role, tuple[str, ...]] = {}
        self._texts: dict[Role, list[str]] = {}
        self._faults: list[Fault] = []
        by_name = {folded(name): role for role, name in roles.items()}
        every = {folded(name) for name in table.header}
        for name in columns:
            position = table.header.index(name)
            cells = ["" if is_missing(row[position]) else row[position].strip() for row in table.rows]
            stem = _stem(folded(name), every - {folded(name)})
            if stem in by_name:
                self._add(by_name[stem], name, cells)
            elif not stem:
                self._add_by_kind(name, cells)

    @property
    def faults(self) -> list[Fault]:
        """Lines in which two columns of units contradict each other."""
        return self._faults

    def texts(self, role: Role) -> list[str]:
        """Return what is said of a role in each line, "" where nothing is; empty where no column speaks of it."""
        return self._texts.get(role, [])

    def _add(self, role: Role, name: str, cells: Sequence[str]) -> None:
        if role not in self._roles or not any(cells):
            return
        known = self._texts.setdefault(role, [""] * len(cells))
        self.sources[role] = (*self.sources.get(role, ()), name)
        for row, cell in enumerate(cells):
            if cell and known[row] and unit_of_text(cell) != unit_of_text(known[row]):
                self._faults.append(
                    Fault(
                        self._table.lines[row],
                        name,
                        f"The unit is {cell} here and {known[row]} in another column. Correct one of them.",
                    )
                )
            known[row] = known[row] or cell

    def _add_by_kind(self, name: str, cells: Sequence[str]) -> None:
        """Let each cell speak of the column that can have such a unit."""
        named = _NAMED.get(folded(name))
        for role, stated in _by_kind(cells, named, self._roles):
            self._add(role, name, stated)


def _by_kind(cells: Sequence[str], named: Role | None, roles: Mapping[Role, str]) -> Iterator[tuple[Role, list[str]]]:
    amount = Role.AMOUNT if Role.AMOUNT in roles else Role.DOSE
    if named is not None:
        yield amount if named is Role.AMOUNT else named, list(cells)
        return
    kinds = {
        Kind.AMOUNT: amount,
        Kind.AMOUNT_PER_KG: amount,
        Kind.CONCENTRATION: Role.VALUE,
        Kind.RATE: Role.RATE,
        Kind.TIME: Role.TIME,
    }
    of = {cell: unit_of_text(cell) for cell in set(cells) if cell}
    # What is no amount and no time was measured, whatever it is.
    role_of = {cell: kinds.get(unit.kind, Role.VALUE) if unit else Role.VALUE for cell, unit in of.items()}
    for role in dict.fromkeys(role_of.values()):
        yield role, [cell if cell and role_of[cell] is role else "" for cell in cells]
