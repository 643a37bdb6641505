"""Which lines belong together: one subject, or one occasion of a subject who began anew free of drug."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import counted
from qcore.io.nonmem.events import Events
from qcore.io.nonmem.faults import Fault
from qcore.io.nonmem.options import Occasions
from qcore.io.nonmem.sentences import ColumnFor, Part, request, sentence, where
from qcore.study import Flags


@dataclass(frozen=True)
class Span:
    """Lines of one subject and occasion that follow each other.

    Attributes:
        name: of the subject, and of the occasion where it is not the first.
        rows: places of the lines among all.
    """

    name: str
    rows: range


def spans(events: Events, occasions: Occasions) -> tuple[tuple[Span, ...], list[str]]:
    """Divide the lines among subjects.

    A subject begins anew where EVID is 3 or 4, and where time falls back as the column of occasions changes. Lines of
    a subject with others between are a fault of the file, as NONMEM takes them for two persons, other programs for
    one; so are times that fall back without a reset.

    Args:
        events: the lines of the file, in order of subject and time.
        occasions: what becomes of later occasions.

    Returns:
        Subjects in order of the file, and what is to be known about occasions.
    """
    names = events.texts[Role.SUBJECT]
    subject_blocks = blocks(names)
    falls = _falls(events)
    events.faults.add(_scattered(events, subject_blocks))
    events.faults.add(_backwards(events, subject_blocks, falls))
    subjects = dict(
        zip((names[block.start] for block in subject_blocks), _occasions_of(events, subject_blocks, falls), strict=True)
    )
    later = [len(lines) - 1 for lines in subjects.values() if len(lines) > 1]
    if not later:
        return tuple(Span(name, lines[0]) for name, lines in subjects.items()), []
    again = f"Begun anew, taken as free of drug: {counted(sum(later), 'occasion')} of {counted(len(later), 'subject')}."
    if occasions is Occasions.FIRST:
        kept = tuple(Span(name, lines[0]) for name, lines in subjects.items())
        return kept, [
            f"{again} Only the first occasion of each is read, so that nobody counts twice "
            f"({counted(_measured_outside(events, kept), 'measurement')} of later ones left out); occasions can also "
            "be read as subjects of their own."
        ]
    return tuple(_named(subjects)), [
        f"{again} Each occasion is a subject of its own here: differences between persons and between occasions are "
        "not told apart, and the same person may stand on both sides of a split."
    ]


def _measured_outside(events: Events, people: Sequence[Span]) -> int:
    """Return how many lines of no subject hold what was measured."""
    holds = ~np.isnan(events.numbers[Role.VALUE]) | ~np.isnan(events.numbers[Role.RESPONSE])
    return int(((events.measured | events.beside) & holds & ~covered(people, len(holds))).sum())


def covered(people: Sequence[Span], n_rows: int) -> Flags:
    """Return which of all lines belong to these subjects, ``(n_rows,)``."""
    flags = np.zeros(n_rows, dtype=np.bool_)
    for span in people:
        flags[span.rows.start : span.rows.stop] = True
    return flags


def merged(events: Events, people: Sequence[Span], dosed: Flags) -> tuple[bool, list[str]]:
    """Tell whether every dose of a subject was given on an occasion of its own, and what is to be known about that.

    Args:
        events: the lines of the file, in order of subject and time.
        people: the lines of each subject, over occasions of which the drug is not said to have been gone in between.
        dosed: which lines give a dose, ``(n_rows,)``.
    """
    occasion = events.texts[Role.OCCASION]
    given = [[occasion[row] for row in span.rows if dosed[row]] for span in people]
    several = sum(len(set(each)) > 1 for each in given)
    if Role.OCCASION not in events.columns.roles or not several:
        return False, []
    name = events.columns.roles[Role.OCCASION]
    doubt = (
        f"{name} tells occasions of {counted(several, 'subject')} apart, which are merged here: how a person differs "
        "from one to the next is counted as a difference between people and as error."
    )
    return all(len(each) == len(set(each)) for each in given), [doubt]


def _named(subjects: Mapping[str, Sequence[range]]) -> Iterator[Span]:
    for name, lines in subjects.items():
        for count, rows in enumerate(lines, start=1):
            yield Span(name if count == 1 else f"{name} (occasion {count})", rows)


def blocks(names: Sequence[str]) -> list[range]:
    """Return the lines that follow each other with the same name."""
    starts = [row for row, name in enumerate(names) if row == 0 or name != names[row - 1]]
    return [range(start, end) for start, end in zip(starts, [*starts[1:], len(names)], strict=True)]


def _scattered(events: Events, subject_blocks: Sequence[range]) -> Iterator[Fault]:
    names = events.texts[Role.SUBJECT]
    seen: dict[str, range] = {}
    for block in subject_blocks:
        before = seen.setdefault(names[block.start], block)
        if before != block:
            yield events.fault(
                block.start,
                Role.SUBJECT,
                f"Subject {shortened(names[block.start])} is also on lines {events.line[before.start]} to "
                f"{events.line[before.stop - 1]}, with others between. Sort the lines by subject and time, or give a "
                "second person another number.",
            )


def _falls(events: Events) -> Flags:
    """Return the lines whose time is before that of the line above, ``(n_rows,)``; also where the subject changes."""
    return np.diff(events.numbers[Role.TIME], prepend=-np.inf) < 0


def _backwards(events: Events, subject_blocks: Sequence[range], falls: Flags) -> Iterator[Fault]:
    time = events.numbers[Role.TIME]
    falling = [row for block in subject_blocks for row in block[1:] if falls[row]]
    rows = [row for row in falling if not events.reset[row] and not _another_occasion(events, row)]
    advice = _advice(events, rows) if rows else ()
    for row in rows:
        yield events.fault(
            row,
            Role.TIME,
            sentence(
                f"The time {time[row]:g} is before {time[row - 1]:g} on the line above. Sort the lines of each subject "
                f"by time; where the subject begins anew, say so with EVID 3 or 4 or a column of occasions",
                *advice,
                ".",
            ),
        )


def _advice(events: Events, rows: Sequence[int]) -> tuple[Part, ...]:
    """Name a column without a role that changes wherever time falls back."""
    free, table = {*events.columns.covariates, *events.columns.ignored}, events.sheet.table
    for column, name in enumerate(table.header):
        if name in free and all(table.rows[row][column] != table.rows[row - 1][column] for row in rows):
            return f". {name} changes there: if it tells occasions, ", request(Role.OCCASION, name)
    return (where(ColumnFor(Role.OCCASION)),)


def _another_occasion(events: Events, row: int) -> bool:
    occasion = events.texts[Role.OCCASION]
    return occasion[row] != occasion[row - 1]


def _occasions_of(events: Events, subject_blocks: Sequence[range], falls: Flags) -> Iterator[list[range]]:
    # How often something was given or measured before each line: a reset before anything happened changes nothing.
    happened = np.cumsum(np.append(0, events.dosed | events.measured))
    for block in subject_blocks:
        anew = (row for row in block[1:] if falls[row] or (events.reset[row] and happened[row] > happened[block.start]))
        starts = [block.start, *anew]
        yield [range(start, end) for start, end in zip(starts, [*starts[1:], block.stop], strict=True)]
