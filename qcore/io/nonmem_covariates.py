"""What a PK/PD data file says of a subject before the first dose: one number a covariate."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from qcore.io.delimited import Delimited, shortened
from qcore.io.nonmem_cells import MISSING_CODES, Fault, is_missing, numbers, refuse
from qcore.io.nonmem_columns import Columns, Role
from qcore.io.nonmem_looks import is_restless
from qcore.io.nonmem_notes import listed
from qcore.io.nonmem_occasions import Span
from qcore.io.study import Array

MAX_LEVELS = 10
MAX_COVARIATES = 50
_WEIGHT_KG = (0.2, 650.0)


@dataclass(frozen=True, eq=False)
class Covariates:
    """Covariates of all subjects.

    Attributes:
        values: of each covariate, ``(n_subjects,)``, in order of the file.
        weight: name of the body weight in kg; None where it is not known of all.
        notes: what was left out or changed.
    """

    values: Mapping[str, Array]
    weight: str | None
    notes: tuple[str, ...]

    def of(self, place: int) -> dict[str, float]:
        """Return those of one subject."""
        return {name: float(values[place]) for name, values in self.values.items()}


@dataclass(frozen=True)
class _Read:
    """What a column gives: covariates by name, in how many subjects it changes, and what is to be said of it."""

    values: Mapping[str, Array] = field(default_factory=dict)
    changing: int = 0
    notes: tuple[str, ...] = ()


def covariates(table: Delimited, columns: Columns, spans: Sequence[Span], *, said: bool = False) -> Covariates:
    """Read covariates: the first value of each subject.

    A column of words becomes 0 or 1 where it has two, else one column of 0 and 1 for each of them. Nothing is
    imputed: a covariate that a subject lacks is left out.

    Args:
        table: the file.
        columns: which of its columns are covariates.
        spans: the lines of each subject.
        said: the user chose the covariates: none is left out because it looks like a measurement.

    Raises:
        UnreadableInput: a cell among numbers is none, or a weight cannot be one in kg.
    """
    weight = columns.roles.get(Role.WEIGHT)
    kept = {name for name in columns.covariates if said or name == weight or not _is_measured(table, name, spans)}
    read = {
        name: _read(table, name, spans, name == weight) for name in columns.covariates[:MAX_COVARIATES] if name in kept
    }
    values = {name: found for column in read.values() for name, found in column.values.items()}
    notes = [note for column in read.values() for note in column.notes]
    notes += [
        f"{name} is left out: it changes from line to line, as what is measured does. If it is the response, say "
        f"--map response={name}."
        for name in columns.covariates
        if name not in kept
    ]
    changing = [f"{name} (in {column.changing})" for name, column in read.items() if column.changing]
    if changing:
        notes.append(f"The first value of a subject counts where it changes with time: {', '.join(changing)}.")
    if len(columns.covariates) > MAX_COVARIATES:
        notes.append(f"Only the first {MAX_COVARIATES} of {len(columns.covariates)} covariates are read.")
    return Covariates(values, weight if weight in values else None, tuple(notes))


def _is_measured(table: Delimited, name: str, spans: Sequence[Span]) -> bool:
    place = table.header.index(name)
    return is_restless([table.rows[row][place].strip() for row in span.rows] for span in spans)


def _read(table: Delimited, name: str, spans: Sequence[Span], is_weight: bool) -> _Read:
    place = table.header.index(name)
    cells = [row[place].strip() for row in table.rows]
    coded = MISSING_CODES.intersection(cells)
    cells = ["" if cell in coded else cell for cell in cells]
    notes = (f"{name} is taken as missing where it is {' or '.join(sorted(coded))}.",) if coded else ()
    found, unread = numbers(cells, table.lines, name, decimal_comma=table.decimal_comma)
    words = {cells[row] for row in np.flatnonzero(np.isnan(found)).tolist() if not is_missing(cells[row])}
    is_number = is_weight or len({cells[row] for row in np.flatnonzero(~np.isnan(found)).tolist()}) > len(words)
    if is_number:
        refuse([*unread, *(_no_weights(found, table.lines, name) if is_weight else ())])
        cells = ["" if np.isnan(value) else cell for cell, value in zip(cells, found.tolist(), strict=True)]
    else:
        # Among words, "none" is one of them: no alcohol is not an unknown amount of it.
        cells = ["" if is_missing(cell) and cell.lower() != "none" else cell for cell in cells]
    first = [next((row for row in span.rows if cells[row]), None) for span in spans]
    lacking = [span.name for span, row in zip(spans, first, strict=True) if row is None]
    if lacking:
        return _Read(notes=(*notes, f"{name} is left out: it is missing in subject {listed(lacking)}."))
    rows = [row for row in first if row is not None]
    changing = sum(len({cells[row] for row in span.rows} - {""}) > 1 for span in spans)
    if is_number:
        return _Read({name: found[rows]}, changing, notes)
    levels, note = _levels(name, [cells[row] for row in rows])
    return _Read(levels, changing if levels else 0, (*notes, note))


def _levels(name: str, words: Sequence[str]) -> tuple[dict[str, Array], str]:
    levels = sorted(set(words))
    if len(levels) > MAX_LEVELS:
        return {}, f"{name} is left out: it holds {len(levels)} different words, at most {MAX_LEVELS} are read."
    kept = levels[1:] if len(levels) == 2 else levels
    others = f"0 is {shortened(levels[0])}" if len(levels) == 2 else "0 any other"
    columns = {f"{name}: {level}": np.array([float(word == level) for word in words]) for level in kept}
    return columns, f"{name} holds words: 1 is {', '.join(map(shortened, kept))}, {others}."


def _no_weights(found: Array, lines: Sequence[int], name: str) -> Iterator[Fault]:
    low, high = _WEIGHT_KG
    for row in np.flatnonzero((found < low) | (found > high)).tolist():
        yield Fault(lines[row], name, f"{found[row]:g} is no body weight in kg ({low:g} to {high:g}). Correct it.")
