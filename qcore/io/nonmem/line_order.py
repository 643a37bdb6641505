"""Lines that stand by what was measured, or all by time, and not by subject and then time."""

from collections.abc import Iterator

import numpy as np

from qcore.io.nonmem.cells import Rows
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.kinds import label
from qcore.io.nonmem.occasions import blocks


def by_time(events: Events) -> tuple[Events, list[str]]:
    """Return the lines of every subject in order of time, and what is to be known about it.

    Only where there is no doubt: time falls back as another quantity begins, doses and each quantity are in order by
    themselves, and nobody begins anew. A measurement at the time of a dose is taken to come before it, as in NONMEM's
    files. Lines of a subject with others between are brought together where the whole file goes by time, or where all
    doses and each quantity stand in a block of their own. Everything else is left as it is, and refused later.

    Args:
        events: the lines as they stand in the file.
    """
    names = events.texts[Role.SUBJECT]
    if len(blocks(names)) > len(set(names)):
        return _together(events)
    order, subjects = np.arange(len(names)), 0
    for rows in _unordered(events):
        time = events.numbers[Role.TIME][rows]
        order[rows] = rows[np.lexsort((events.dosed[rows], time))]
        subjects += 1
    if not subjects:
        return events, []
    note = f"Sorted by time, as lines stood by what was measured: {counted(subjects, 'subject')}."
    return events.rows(order), [note]


def _together(events: Events) -> tuple[Events, list[str]]:
    names, time = events.texts[Role.SUBJECT], events.numbers[Role.TIME]
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(names))}
    subject = np.array([ranks[name] for name in names])
    if np.all(np.diff(time) >= 0):
        note = f"Brought together by subject, as the file went by time: {counted(len(ranks), 'subject')}."
        return events.rows(np.argsort(subject, kind="stable")), [note]
    if not _is_in_blocks(events):
        return events, []
    note = f"Sorted by subject and time, as doses and measurements stood apart: {counted(len(ranks), 'subject')}."
    return events.rows(np.lexsort((events.dosed, time, subject))), [note]


def _is_in_blocks(events: Events) -> bool:
    """Tell whether doses and each quantity stand in a block, each subject once in it and in order of time."""
    kinds, names, time = _kinds(events), events.texts[Role.SUBJECT], events.numbers[Role.TIME]
    parts = [(kind, name) for kind, name in zip(kinds, names, strict=True)]
    runs = blocks([f"{kind} {name}" for kind, name in parts])
    apart = len(blocks(kinds)) == len(set(kinds)) > 1 and len(runs) == len(set(parts))
    return apart and not events.reset.any() and all(np.all(np.diff(time[run.start : run.stop]) >= 0) for run in runs)


def _kinds(events: Events) -> list[str]:
    role = Role.DVID if Role.DVID in events.columns.roles else Role.CMT
    return ["dose" if dosed else label(text) for dosed, text in zip(events.dosed, events.texts[role], strict=True)]


def _unordered(events: Events) -> Iterator[Rows]:
    """Yield the lines of each subject that can be sorted without doubt."""
    kinds = _kinds(events)
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
