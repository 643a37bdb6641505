"""A column that tells kinds of measurement apart by the look of it and has no name that says so: the user is asked."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import is_missing
from qcore.io.nonmem.columns.contents import by_subject
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import listed
from qcore.io.nonmem.quantities import Measured
from qcore.io.nonmem.sentences import request
from qcore.io.nonmem.sheet import Sheet
from qcore.study import Array

_KINDS = (2, 4)
# Of all pairs of values, one of each kind: in so many the same kind has the higher one.
_APART = 0.9


def refuse_unnamed(sheet: Sheet, measured: Measured) -> None:
    """Refuse a file in which two quantities would be taken for one concentration.

    Args:
        sheet: the file, whose columns have roles.
        measured: what was measured, all of it concentrations.

    Raises:
        UnreadableInput: a column of few kinds goes to and fro within most subjects, and values go with it.
    """
    rows, columns, names = measured.row.tolist(), sheet.columns, sheet.names
    subjects = [names[row] for row in rows]
    for name in (name for name in columns.covariates if name != columns.roles.get(Role.WEIGHT)):
        every = sheet.cells(name)
        cells = [every[row] for row in rows]
        kinds = sorted({cell for cell in cells if not is_missing(cell)})
        if (
            _KINDS[0] <= len(kinds) <= _KINDS[1]
            and _alternate(cells, subjects)
            and _apart(cells, kinds, measured.value)
        ):
            sheet.faults.refuse(
                f"The column {shortened(name)} seems to tell kinds of measurement apart: "
                f"{listed([shortened(kind) for kind in kinds])}. If so, ",
                request(Role.DVID, name),
                "; if not, ",
                request(Role.DVID, ""),
                ".",
            )


def _alternate(cells: Sequence[str], subjects: Sequence[str]) -> bool:
    """Tell whether a column goes to and fro in most subjects: an occasion or a treatment changes once and stays."""
    groups = by_subject(cells, subjects)
    return 2 * sum(sum(before != after for before, after in pairwise(group)) > 1 for group in groups) > len(groups)


def _apart(cells: Sequence[str], kinds: Sequence[str], values: Array) -> bool:
    return any(max(share, 1 - share) >= _APART for share in _shares(cells, kinds, values))


def _shares(cells: Sequence[str], kinds: Sequence[str], values: Array) -> Iterator[float]:
    """Yield of the first kind against each other, in how many pairs of values it has the lower one."""
    kind = np.array(cells)
    first = np.sort(values[kind == kinds[0]])
    for other in kinds[1:]:
        below = np.searchsorted(first, values[kind == other])
        yield float(below.sum()) / (len(first) * len(below))
