"""A file with one row a patient and the twelve inputs in its columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.delimited import Delimited, shortened
from qcore.io.refusals import Places, Refusal, first_refusals
from qcore.tasks.aki.inputs import BY_NAME, INPUT_NAMES
from qcore.tasks.aki.reading import icu_names
from qcore.tasks.aki.reading.cells import is_missing, read_cell, read_cells
from qcore.tasks.aki.reading.dialysis import names_dialysis, remark, was_given
from qcore.tasks.aki.reading.naming import named
from qcore.tasks.aki.reading.patient_table import PATIENT_HEADERS, PatientTable, check_ids, find_column
from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, KNOWN, LAST_HOURS, LAST_ML, URINE_FIELDS, Urine
from qcore.tasks.aki.reading.vocabulary import ICU
from qcore.tasks.aki.reading.whole_file import check_weights, other_unit_note
from qcore.tasks.aki.urine import DAY, DAY_H, LAST
from qcore.units import Unit

Array = NDArray[np.float64]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class _Column:
    index: int
    header: str
    unit: Unit
    hours: float = float("nan")
    stated: bool = True
    codes: bool = True


def read_wide(table: Delimited, last_urine_hours: float = float("nan")) -> PatientTable:
    """Read one row a patient; a row with a bad cell is listed and not scored.

    Args:
        table: the file as header and rows of text.
        last_urine_hours: in which the last amount of urine was collected, where the file has no column for it.

    Raises:
        UnreadableInput: an input has no column or two, or a patient id is missing or there twice.
    """
    id_index = find_column(table.header, PATIENT_HEADERS)
    columns = _columns(table, id_index)
    ids = _ids(table, id_index)
    lines = np.array(table.lines)
    values: dict[str, Array] = {}
    faults: list[Places] = []
    notes: list[str] = []
    urine_refused = np.zeros(len(ids), dtype=bool)
    for name, column in columns.items():
        texts = table.column(column.index)
        checked = read_cells(KNOWN[name], texts, column.unit, decimal_comma=table.decimal_comma, codes=column.codes)
        if not column.stated:
            n = int((~np.isnan(checked.number)).sum())
            notes += other_unit_note(KNOWN[name], int(checked.other_unit.sum()), n)
        values[name] = checked.canonical
        # A cell on urine may be empty, because another column may give the same amount or rate.
        refused = np.isnan(checked.canonical) & ~(checked.missing & (name in URINE_FIELDS))
        urine_refused |= refused & (name in URINE_FIELDS)
        rows = np.flatnonzero(refused)
        faults.append(Places(lines[rows], partial(_refusal, table, ids, name, column, rows)))
    if not columns["weight_kg"].stated:
        check_weights(values["weight_kg"])
    if DAY_ML in columns and DAY_HOURS not in columns and np.isnan(columns[DAY_ML].hours):
        notes.append(f"The amounts of {shortened(columns[DAY_ML].header)} are taken as those of {DAY_H:g} hours.")
    urine = _urine(columns, values, last_urine_hours)
    values[DAY], values[LAST] = urine.day, urine.last
    unclear = (np.isnan(urine.day) | np.isnan(urine.last) | ~urine.fits) & ~urine_refused
    rows = np.flatnonzero(unclear & urine.faulty)
    faults.append(Places(lines[rows], partial(_urine_refusal, table, ids, urine, rows)))
    inputs = pd.DataFrame({name: values[name] for name in INPUT_NAMES}, index=pd.Index(ids, name="patient_id"))
    refusals = first_refusals(faults)
    used = {column.index for column in columns.values()} | {id_index}
    scored = inputs[urine.fits & ~urine_refused].dropna()
    return PatientTable(
        inputs=scored,
        series=None,
        refused=refusals.kept,
        more_refused=refusals.more,
        left_out=(),
        more_left_out=0,
        ignored=tuple(h for index, h in enumerate(table.header) if h and index not in used),
        n_patients=len(ids),
        notes=tuple(notes),
        remarks=_dialysis(table, ids, used),
        not_scored=tuple(inputs.index[~inputs.index.isin(scored.index)]),
        lacks_urine_hours=LAST_ML in columns and LAST_HOURS not in columns and np.isnan(columns[LAST_ML].hours),
    )


def _refusal(table: Delimited, ids: Sequence[str], name: str, column: _Column, rows: Rows, index: int) -> Refusal:
    row = int(rows[index])
    text = table.rows[row][column.index]
    try:
        read_cell(KNOWN[name], text, column.unit, decimal_comma=table.decimal_comma, codes=column.codes)
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


def _urine_refusal(table: Delimited, ids: Sequence[str], urine: Urine, rows: Rows, index: int) -> Refusal:
    row = int(rows[index])
    return Refusal(table.lines[row], ids[row], "urine", urine.fault(row))


def _dialysis(table: Delimited, ids: Sequence[str], used: set[int | None]) -> dict[str, tuple[str, ...]]:
    remarks: dict[str, tuple[str, ...]] = {}
    for index, header in enumerate(table.header):
        if index not in used and names_dialysis(header):
            given = (was_given(text, empty=False) for text in table.column(index))
            remarks |= {patient: (remark(),) for patient, yes in zip(ids, given, strict=True) if yes}
    return remarks


def _columns(table: Delimited, id_index: int | None) -> dict[str, _Column]:
    columns: dict[str, _Column] = {}
    unclear = []
    wards: list[int] = []
    for index, text in enumerate(table.header):
        if index == id_index:
            continue
        try:
            meaning = named(text)
            if meaning is None or not meaning.quantity.inputs:
                continue
            if meaning.quantity.name == ICU and not meaning.holds_codes:
                wards.append(index)
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
        stated = meaning.unit is not None or len(meaning.quantity.units) == 1
        columns[name] = _Column(index, text, unit, meaning.hours, stated)
    if "icu_type" not in columns and wards:
        of_ward = _of_ward(table, wards, unclear)
        columns |= {"icu_type": of_ward} if of_ward else {}
    amounts = {DAY: DAY_ML, LAST: LAST_ML}
    missing = [name for name in INPUT_NAMES if name not in columns and amounts.get(name) not in columns]
    if missing:
        reasons = " ".join(unclear[:3])
        raise UnreadableInput(
            f"The header has no column for {', '.join(missing)}: add what is missing, "
            f"as in the template. {reasons}".rstrip()
        )
    return columns


def _of_ward(table: Delimited, wards: Sequence[int], unclear: list[str]) -> _Column | None:
    """Return the column that names types of intensive care unit; one of numbers of wards is none."""
    for index in wards:
        texts, header = table.column(index), table.header[index]
        meaning = named(header)
        if meaning is not None and any(icu_names.may_be_meant(text, ward=meaning.is_ward) for text in set(texts)):
            return _Column(index, header, BY_NAME["icu_type"].unit, codes=False)
        filled = next((text for text in texts if not is_missing(text)), "")
        unclear.append(str(icu_names.refusal(filled, called=header)))
    return None


def _ids(table: Delimited, id_index: int | None) -> list[str]:
    if id_index is None:
        return [str(number) for number in range(1, len(table.rows) + 1)]
    ids = table.column(id_index)
    column = table.header[id_index]
    check_ids(ids, table.lines, column)
    twice = np.flatnonzero(pd.Index(ids).duplicated())
    if len(twice):
        row = int(twice[0])
        raise UnreadableInput(
            f"Line {table.lines[row]}, column {column}: patient {shortened(ids[row])} is also on line "
            f"{table.lines[ids.index(ids[row])]}. Keep one row a patient."
        )
    return ids
