"""Lines that stand by what was measured and not by time: all concentrations of a subject, then all responses."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from qcore.io.delimited import Delimited
from qcore.io.nonmem_columns import Role
from qcore.io.nonmem_events import Events
from qcore.io.nonmem_kinds import label
from qcore.io.nonmem_notes import counted
from qcore.io.nonmem_occasions import blocks


def by_time(table: Delimited, events: Events) -> tuple[Delimited, list[str]]:
    """Return a table with the lines of every subject in order of time, and what is to be known about it.

    Only where there is no doubt: time falls back as another quantity begins, doses and each quantity are in order by
    themselves, and nobody begins anew. A measurement at the time of a dose is taken to come before it, as in NONMEM's
    files. Everything else is left as it is, and refused later.

    Args:
        table: of the file.
        events: its lines.
    """
    order, subjects = np.arange(len(table.rows)), 0
    for rows in _unordered(events):
        time = events.numbers[Role.TIME][rows]
        order[rows] = rows[np.lexsort((events.dosed[rows], time))]
        subjects += 1
    if not subjects:
        return table, []
    places = order.tolist()
    ordered = replace(table, rows=[table.rows[row] for row in places], lines=[table.lines[row] for row in places])
    return ordered, [f"Sorted by time, as lines stood by what was measured: {counted(subjects, 'subject')}."]


def _unordered(events: Events) -> Iterator[np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Yield the lines of each subject that can be sorted without doubt."""
    role = Role.DVID if Role.DVID in events.columns.roles else Role.CMT
    kinds = ["dose" if dosed else label(text) for dosed, text in zip(events.dosed, events.texts[role], strict=True)]
    for block in blocks(events.texts[Role.SUBJECT]):
        rows = np.arange(block.start, block.stop)
        time = events.numbers[Role.TIME][rows]
        falls = rows[1:][np.diff(time) < 0]
        occasions = {events.texts[Role.OCCASION][row] for row in block}
        if not len(falls) or events.reset[rows].any() or len(occasions) > 1:
            continue
        first = {kinds[row]: row for row in reversed(block)}
        begins = all(first[kinds[row]] == row and kinds[row] != "dose" for row in falls.tolist())
        streams = ([events.numbers[Role.TIME][row] for row in block if kinds[row] == kind] for kind in first)
        if begins and all(np.all(np.diff(stream) >= 0) for stream in streams):
            yield rows
