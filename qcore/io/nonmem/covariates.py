"""What a PK/PD data file says of a subject before the first dose: one number a covariate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from qcore.io.delimited import shortened
from qcore.io.nonmem.cells import MISSING_CODES, is_missing, number, read_numbers, why_unread
from qcore.io.nonmem.columns.contents import is_restless
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.counts import listed
from qcore.io.nonmem.faults import Fault, Faults
from qcore.io.nonmem.occasions import Span
from qcore.io.nonmem.sentences import Text, request, sentence
from qcore.io.nonmem.sheet import Sheet
from qcore.study import Array

MAX_LEVELS = 10
MAX_COVARIATES = 50
_WEIGHT_KG = (0.2, 650.0)
CODES_BELOW_0 = (-1.0, -9.0)
"""Taken as missing where nothing else is below 0."""
MUCH = 1.5
"""A covariate whose highest value in a subject is so many times the lowest changes much."""
SEVERAL = 0.1
"""Where it does so in this share of subjects, it is said beside the dose."""


@dataclass(frozen=True, eq=False)
class Covariates:
    """What the columns of a file say of every subject before the first dose.

    Attributes:
        values: of each covariate, ``(n_subjects,)``, in order of the file.
        weight: name of the body weight in kg; None where it is not known of all.
        notes: what was left out or changed.
        doubts: what the answer may hang on.
    """

    values: Mapping[str, Array]
    weight: str | None
    notes: tuple[Text, ...]
    doubts: tuple[Text, ...] = ()

    def of(self, index: int) -> dict[str, float]:
        """Return those of one subject."""
        return {name: float(values[index]) for name, values in self.values.items()}


@dataclass(frozen=True)
class _Read:
    """What a column gives: covariates by name, in how many subjects it changes, and much, and what is to be said."""

    values: Mapping[str, Array] = field(default_factory=dict)
    changing: int = 0
    much: int = 0
    notes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def covariates(sheet: Sheet, spans: Sequence[Span], *, chosen: bool = False) -> Covariates:
    """Read covariates: the first value of each subject.

    A column of words becomes 0 or 1 where it has two, else one column of 0 and 1 for each of them. Nothing is
    imputed: a covariate that a subject lacks is left out.

    Args:
        sheet: the file, in order of subject and time.
        spans: the lines of each subject.
        chosen: the user chose the covariates: none is left out because it looks like a measurement.

    Raises:
        UnreadableInput: there are faults: a cell among numbers is none, or a weight cannot be one in kg; or a covariate
            changes so much in so many subjects that its first value says nothing.
    """
    columns = sheet.columns
    weight = columns.roles.get(Role.WEIGHT)
    kept = {name for name in columns.covariates if chosen or name == weight or not _is_measured(sheet, name, spans)}
    read = {
        name: _read(sheet, name, spans, name == weight) for name in columns.covariates[:MAX_COVARIATES] if name in kept
    }
    values = {name: value for column in read.values() for name, value in column.values.items()}
    notes: list[Text] = [note for column in read.values() for note in column.notes]
    notes += [
        sentence(
            f"{name} is left out: it changes from line to line, as what is measured does. If it is the response, ",
            request(Role.RESPONSE, name),
            ".",
        )
        for name in columns.covariates
        if name not in kept
    ]
    changing = [f"{name} (in {column.changing})" for name, column in read.items() if column.changing]
    if changing:
        notes.append(f"The first value of a subject counts where it changes with time: {', '.join(changing)}.")
    sheet.faults.stop()
    _refuse_changing(sheet.faults, {name: column.much for name, column in read.items()}, len(spans))
    doubts = [doubt for column in read.values() for doubt in column.doubts]
    doubts += [
        f"{name} changes by half or more within {column.much} of {len(spans)} subjects, and only its first value "
        "counts: doses are for people in whom it stays as it is."
        for name, column in read.items()
        if column.much >= SEVERAL * len(spans)
    ]
    if len(columns.covariates) > MAX_COVARIATES:
        notes.append(f"Only the first {MAX_COVARIATES} of {len(columns.covariates)} covariates are read.")
    return Covariates(values, weight if weight in values else None, tuple(notes), tuple(doubts))


def _refuse_changing(faults: Faults, much: Mapping[str, int], n_subjects: int) -> None:
    """Refuse a study in which a covariate changes while people are watched: its first value would decide the dose."""
    name = next((name for name, count in much.items() if 2 * count >= n_subjects), None)
    if name is not None:
        faults.refuse(
            f"{shortened(name)} changes by half or more within {much[name]} of {n_subjects} subjects, and a model here "
            "takes one value a subject: a dose would rest on the first. Let a subject begin anew where it changes "
            f"(EVID 4), and read occasions apart; if {name} does not matter for this drug, take the column out."
        )


def _is_measured(sheet: Sheet, name: str, spans: Sequence[Span]) -> bool:
    cells = sheet.cells(name)
    return is_restless(cells[span.rows.start : span.rows.stop] for span in spans)


def _read(sheet: Sheet, name: str, spans: Sequence[Span], is_weight: bool) -> _Read:
    decimal_comma, lines = sheet.table.decimal_comma, sheet.table.lines
    cells = sheet.cells(name)
    coded = MISSING_CODES.intersection(cells) | _codes_below_0(cells, decimal_comma=decimal_comma)
    cells = ["" if cell in coded else cell for cell in cells]
    notes = (f"{name} is taken as missing where it is {' or '.join(sorted(coded))}.",) if coded else ()
    # A weight may have come in other units than kg.
    numbers = sheet.numbers[Role.WEIGHT] if is_weight else read_numbers(cells, decimal_comma=decimal_comma)
    value = np.where([cell == "" for cell in cells], np.nan, numbers.values)
    words = {cells[row] for row in np.flatnonzero(np.isnan(value)).tolist() if not is_missing(cells[row])}
    is_number = is_weight or len({cells[row] for row in np.flatnonzero(~np.isnan(value)).tolist()}) > len(words)
    if is_number:
        unread = np.flatnonzero(numbers.unread).tolist()
        sheet.faults.add(Fault(lines[row], name, why_unread(cells[row], decimal_comma=decimal_comma)) for row in unread)
        sheet.faults.add(_no_weights(value, lines, name) if is_weight else ())
        present: list[float | str | None] = [None if np.isnan(each) else each for each in value.tolist()]
    else:
        # Among words, "none" is one of them: no alcohol is not an unknown amount of it.
        present = [None if is_missing(cell) and cell.lower() != "none" else cell for cell in cells]
    first = [next((row for row in span.rows if present[row] is not None), None) for span in spans]
    lacking = [span.name for span, row in zip(spans, first, strict=True) if row is None]
    if lacking:
        left_out = f"{name} is left out: it is missing in subject {listed(lacking)}."
        doubtful = (
            f"{name} is {' or '.join(sorted(coded))} in subject {listed(lacking)}, which was taken as missing, and is "
            "left out in all: if the dose depends on it, write what it is.",
        )
        return _Read(notes=(*notes, left_out), doubts=doubtful if coded else ())
    rows = [row for row in first if row is not None]
    changing = sum(len({present[row] for row in span.rows} - {None}) > 1 for span in spans)
    if is_number:
        # What only counts up, as visits and cycles do, says nothing of the subject.
        much = sum(_changes_much(value[span.rows.start : span.rows.stop]) for span in spans)
        return _Read({name: value[rows]}, changing, 0 if _counts_up(value, spans) else much, notes)
    levels, note = _levels(name, [cells[row] for row in rows])
    return _Read(levels, changing if levels else 0, notes=(*notes, note))


def _changes_much(values: Array) -> bool:
    seen = values[~np.isnan(values)]
    return len(seen) > 0 and bool(seen.min() > 0) and bool(seen.max() >= MUCH * seen.min())


def _counts_up(values: Array, spans: Sequence[Span]) -> bool:
    each = [values[span.rows.start : span.rows.stop] for span in spans]
    steps = np.concatenate([np.diff(values_of_one[~np.isnan(values_of_one)]) for values_of_one in each])
    return bool(np.all((steps >= 0) & (steps == np.floor(steps))))


def _codes_below_0(cells: Sequence[str], *, decimal_comma: bool) -> set[str]:
    """Return -1 and -9 where all other numbers are above 0, so that no value can be so."""
    values = {cell: number(cell, decimal_comma=decimal_comma) for cell in set(cells) if not is_missing(cell)}
    coded = {cell for cell, value in values.items() if value in CODES_BELOW_0}
    others = [value for cell, value in values.items() if cell not in coded]
    # Two words for yes and no may be 1 and -1.
    many = len(others) > 1 and all(value is not None and value > 0 for value in others)
    return coded if many else set()


def _levels(name: str, words: Sequence[str]) -> tuple[dict[str, Array], str]:
    levels = sorted(set(words))
    if len(levels) > MAX_LEVELS:
        return {}, f"{name} is left out: it holds {len(levels)} different words, at most {MAX_LEVELS} are read."
    kept = levels[1:] if len(levels) == 2 else levels
    others = f"0 is {shortened(levels[0])}" if len(levels) == 2 else "0 any other"
    columns = {f"{name}: {level}": np.array([float(word == level) for word in words]) for level in kept}
    return columns, f"{name} holds words: 1 is {', '.join(map(shortened, kept))}, {others}."


def _no_weights(weight_kg: Array, lines: Sequence[int], name: str) -> Iterator[Fault]:
    low, high = _WEIGHT_KG
    for row in np.flatnonzero((weight_kg < low) | (weight_kg > high)).tolist():
        yield Fault(lines[row], name, f"{weight_kg[row]:g} is no body weight in kg ({low:g} to {high:g}). Correct it.")
