"""A file on its way to a study: its cells, what its columns are, their numbers, and what is wrong with it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from qcore.io.delimited import Delimited
from qcore.io.nonmem.cells import Numbers, Rows, read_numbers, why_unread
from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.faults import Fault, Faults
from qcore.io.nonmem.sentences import Text
from qcore.study import Array, Flags

VALUES = (Role.VALUE, Role.RESPONSE)
"""Roles of what was measured."""
TEXTS = (Role.SUBJECT, Role.DVID, Role.CMT, Role.ROUTE, Role.OCCASION, Role.COMMENT, Role.DATE)
"""Roles whose cells are read as text; the others hold numbers."""
_BELOW_LIMIT = re.compile(r"[<≤].*|b\.?l\.?o?q\.?|bql|lloq|loq|nd", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A file on its way to a study.

    Attributes:
        table: its cells as they are written.
        columns: what its columns are.
        numbers: of each column that has a role and holds numbers, read once.
        below: where a cell says that a value is below the limit of quantification, ``(n_rows,)``.
        faults: what is wrong with it, as far as was found.
    """

    table: Delimited
    columns: Columns
    numbers: Mapping[Role, Numbers]
    below: Mapping[Role, Flags]
    faults: Faults = field(default_factory=Faults)

    def __len__(self) -> int:
        """Return how many lines it has below the header."""
        return len(self.table.rows)

    @property
    def names(self) -> list[str]:
        """Who each line is of."""
        return self.texts(Role.SUBJECT)

    def texts(self, role: Role) -> list[str]:
        """Return the cells of the column that has a role, without blanks around them; "" where there is none."""
        name = self.columns.roles.get(role)
        return self.cells(name) if name in self.table.header else [""] * len(self)

    def cells(self, name: str) -> list[str]:
        """Return the cells of a column, without blanks around them."""
        return self.table.column(self.table.header.index(name))

    def values(self, role: Role) -> Array:
        """Return the numbers of the column that has a role, NaN where there is none, ``(n_rows,)``."""
        return self.numbers[role].values if role in self.numbers else np.full(len(self), np.nan)

    def name(self, role: Role) -> str:
        """Return what the file calls the column that has a role."""
        return self.columns.roles.get(role, role.value)

    def fault(self, row: int, role: Role, message: Text) -> Fault:
        """Return a fault of a cell."""
        return Fault(self.table.lines[row], self.name(role), message)

    def rows(self, rows: Rows) -> "Sheet":
        """Return some of the lines, in the order given."""
        order = rows.tolist()
        cells, lines = [self.table.rows[row] for row in order], [self.table.lines[row] for row in order]
        return replace(
            self,
            table=replace(self.table, rows=cells, lines=lines),
            numbers={role: numbers.rows(rows) for role, numbers in self.numbers.items()},
            below={role: flags[rows] for role, flags in self.below.items()},
        )

    def with_values(self, role: Role, values: Array, *, in_hours: bool = False) -> "Sheet":
        """Return the file with other numbers for a role.

        Args:
            role: of the column, which need not be one of the file.
            values: ``(n_rows,)``, NaN where there is none.
            in_hours: all of them are in hours.
        """
        nothing = np.zeros(len(self), dtype=np.bool_)
        before = self.numbers.get(role, Numbers(values, nothing, nothing))
        return replace(self, numbers={**self.numbers, role: before.changed(values, in_hours=in_hours)})

    def unread(self, roles: Iterable[Role]) -> Iterator[Fault]:
        """Yield the cells that hold something and no number.

        Args:
            roles: those of the columns that are looked at.
        """
        for role in (role for role in roles if role in self.numbers):
            texts = self.texts(role)
            for row in np.flatnonzero(self.numbers[role].unread).tolist():
                yield self.fault(
                    row,
                    role,
                    why_unread(texts[row], decimal_comma=self.table.decimal_comma, clock=role is Role.TIME),
                )


def read_sheet(table: Delimited, columns: Columns) -> Sheet:
    """Read the numbers of a file.

    Args:
        table: the cells of the file as they are written.
        columns: what its columns are.
    """
    sheet = Sheet(table, columns, {}, {})
    below = {role: np.array([bool(_BELOW_LIMIT.fullmatch(cell)) for cell in sheet.texts(role)]) for role in VALUES}
    numbers = {}
    for role in (role for role in columns.roles if role not in TEXTS):
        cells = sheet.texts(role)
        if role in below:
            cells = ["" if is_below else cell for cell, is_below in zip(cells, below[role], strict=True)]
        numbers[role] = read_numbers(cells, decimal_comma=table.decimal_comma, clock=role is Role.TIME)
    return replace(sheet, numbers=numbers, below=below)
