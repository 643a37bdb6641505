"""A file with one row a patient and the twelve inputs in its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.delimited import Delimited, shortened
from qcore.io.refusals import Refusal, first_refusals
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.reading.cells import read_cell, read_cells
from qcore.tasks.aki.reading.naming import named
from qcore.tasks.aki.reading.patient_table import PATIENT_HEADERS, PatientTable, check_ids, find_column
from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, KNOWN, LAST_HOURS, LAST_ML, URINE_FIELDS, Urine
from qcore.tasks.aki.urine import DAY, DAY_H, LAST
from qcore.units import Unit

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Column:
    place: int
    header: str
    unit: Unit
    hours: float = float("nan")


def read_wide(table: Delimited, last_urine_hours: float = float("nan")) -> PatientTable:
    """Read one row a patient; a row with a bad cell is listed and not scored.

    Args:
        table: the file.
        last_urine_hours: in which the last amount of urine was collected, where the file has no column for it.

    Raises:
        UnreadableInput: an input has no column or two, or a patient id is missing or there twice.
    """
    id_place = find_column(table.header, PATIENT_HEADERS)
    columns = _columns(table.header, id_place)
    cells = list(zip(*table.rows, strict=True))
    ids = _ids(table, cells, id_place)
    values, places = {}, []
    said = np.zeros(len(ids), dtype=bool)
    for name, column in columns.items():
        texts = cells[column.place]
        checked = read_cells(KNOWN[name], texts, column.unit, decimal_comma=table.decimal_comma)
        values[name] = checked.canonical
        # Of urine a cell may be empty: what it says may stand in another one.
        refused = np.isnan(checked.canonical) & ~(checked.missing & (name in URINE_FIELDS))
        said |= refused & (name in URINE_FIELDS)
        places += [
            (table.lines[row], partial(_refusal, table, ids, name, column, row))
            for row in np.flatnonzero(refused).tolist()
        ]
    urine = _urine(columns, values, last_urine_hours)
    values[DAY], values[LAST] = urine.day, urine.last
    unclear = (np.isnan(urine.day) | np.isnan(urine.last) | ~urine.fits) & ~said
    places += [
        (table.lines[row], partial(_urine_refusal, table.lines[row], ids[row], urine, row))
        for row in np.flatnonzero(unclear).tolist()
        if urine.fault(row)
    ]
    inputs = pd.DataFrame({name: values[name] for name in INPUT_NAMES}, index=pd.Index(ids, name="patient_id"))
    refusals = first_refusals(places)
    used = {column.place for column in columns.values()} | {id_place}
    return PatientTable(
        inputs=inputs[urine.fits & ~said].dropna(),
        series=None,
        refused=refusals.kept,
        more_refused=refusals.more,
        left_out=(),
        more_left_out=0,
        ignored=tuple(h for place, h in enumerate(table.header) if h and place not in used),
        n_patients=len(ids),
    )


def _refusal(table: Delimited, ids: Sequence[str], name: str, column: _Column, row: int) -> Refusal:
    text = table.rows[row][column.place]
    try:
        read_cell(KNOWN[name], text, column.unit, decimal_comma=table.decimal_comma)
    except InvalidValue as error:
        return Refusal(table.lines[row], ids[row], column.header, str(error))
    raise AssertionError(f"read_cells refused what read_cell accepts: {name}")


def _urine(columns: Mapping[str, _Column], values: Mapping[str, Array], last_hours: float) -> Urine:
    """Bring together what the columns say of urine; an amount of the day is of 24 hours where nothing else is said."""
    nothing = np.full(len(values["weight_kg"]), np.nan)
    known = {name: values.get(name, nothing) for name in URINE_FIELDS}
    if LAST_ML in columns:
        written = columns[LAST_ML].hours
        last_hours = last_hours if np.isnan(written) else written
    return Urine(
        weight_kg=values["weight_kg"],
        day_ml_kg_h=known[DAY],
        last_ml_kg_h=known[LAST],
        day_ml=known[DAY_ML],
        day_h=known[DAY_HOURS] if DAY_HOURS in columns else np.full_like(nothing, DAY_H),
        last_ml=known[LAST_ML],
        last_h=known[LAST_HOURS] if LAST_HOURS in columns else np.full_like(nothing, last_hours),
    )


def _urine_refusal(line: int, patient_id: str, urine: Urine, row: int) -> Refusal:
    return Refusal(line, patient_id, "urine", urine.fault(row))


def _columns(header: Sequence[str], id_place: int | None) -> dict[str, _Column]:
    columns: dict[str, _Column] = {}
    unclear = []
    for place, text in enumerate(header):
        if place == id_place:
            continue
        try:
            meaning = named(text)
            if meaning is None or not meaning.quantity.inputs:
                continue
            name, unit = meaning.input_name(), meaning.input_unit()
        except InvalidValue as error:
            unclear.append(str(error))
            continue
        if name in columns:
            raise UnreadableInput(
                f"The columns {shortened(columns[name].header)} and {shortened(text)} are both "
                f"{KNOWN[name].label}: remove one."
            )
        columns[name] = _Column(place, text, unit, meaning.hours)
    amounts = {DAY: DAY_ML, LAST: LAST_ML}
    missing = [name for name in INPUT_NAMES if name not in columns and amounts.get(name) not in columns]
    if missing:
        reasons = " ".join(unclear[:3])
        raise UnreadableInput(
            f"The header has no column for {', '.join(missing)}: add what is missing, "
            f"as in the template. {reasons}".rstrip()
        )
    return columns


def _ids(table: Delimited, cells: list[tuple[str, ...]], id_place: int | None) -> list[str]:
    if id_place is None:
        return [str(number) for number in range(1, len(table.rows) + 1)]
    ids = [text.strip() for text in cells[id_place]]
    column = table.header[id_place]
    check_ids(ids, table.lines, column)
    seen: dict[str, int] = {}
    for patient_id, line in zip(ids, table.lines, strict=True):
        if patient_id in seen:
            raise UnreadableInput(
                f"Line {line}, column {column}: patient {shortened(patient_id)} is also on line "
                f"{seen[patient_id]}. Keep one row a patient."
            )
        seen[patient_id] = line
    return ids
