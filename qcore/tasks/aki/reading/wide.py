"""A file with one row a patient and the twelve inputs in its columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.delimited import Delimited, shortened
from qcore.io.refusals import Refusal, first_refusals
from qcore.tasks.aki.inputs import BY_NAME, INPUT_NAMES, check_urine
from qcore.tasks.aki.reading.cells import read_cell, read_cells
from qcore.tasks.aki.reading.naming import named
from qcore.tasks.aki.reading.patient_table import PATIENT_HEADERS, PatientTable, check_ids, find_column
from qcore.units import Unit


@dataclass(frozen=True)
class _Column:
    place: int
    header: str
    unit: Unit


def read_wide(table: Delimited) -> PatientTable:
    """Read one row a patient; a row with a bad cell is listed and not scored.

    Raises:
        UnreadableInput: an input has no column or two, or a patient id is missing or there twice.
    """
    id_place = find_column(table.header, PATIENT_HEADERS)
    columns = _columns(table.header, id_place)
    cells = list(zip(*table.rows, strict=True))
    ids = _ids(table, cells, id_place)
    values, places = {}, []
    for name in INPUT_NAMES:
        column = columns[name]
        texts = cells[column.place]
        checked = read_cells(BY_NAME[name], texts, column.unit, decimal_comma=table.decimal_comma)
        values[name] = checked.canonical
        places += [
            (table.lines[row], partial(_refusal, table, ids, name, column, row))
            for row in np.flatnonzero(np.isnan(checked.canonical)).tolist()
        ]
    inputs = pd.DataFrame(values, index=pd.Index(ids, name="patient_id"))
    conflicts = inputs["urine_last_ml"] > inputs["urine_total_ml"]
    places += [
        (table.lines[row], partial(_urine_refusal, table.lines[row], inputs.iloc[row], columns["urine_last_ml"].header))
        for row in np.flatnonzero(conflicts).tolist()
    ]
    refusals = first_refusals(places)
    used = {column.place for column in columns.values()} | {id_place}
    return PatientTable(
        inputs=inputs[~conflicts].dropna(),
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
        read_cell(BY_NAME[name], text, column.unit, decimal_comma=table.decimal_comma)
    except InvalidValue as error:
        return Refusal(table.lines[row], ids[row], column.header, str(error))
    raise AssertionError(f"read_cells refused what read_cell accepts: {name}")


def _urine_refusal(line: int, patient: pd.Series, header: str) -> Refusal:
    try:
        check_urine(patient["urine_last_ml"], patient["urine_total_ml"])
    except InvalidValue as error:
        return Refusal(line, str(patient.name), header, str(error))
    raise AssertionError("a conflict of urine that is none")


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
                f"{BY_NAME[name].label}: remove one."
            )
        columns[name] = _Column(place, text, unit)
    missing = [name for name in INPUT_NAMES if name not in columns]
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
