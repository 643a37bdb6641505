"""A file of patients, wide or long, to checked inputs: nothing is imputed, every refusal is listed."""

import csv
import io
from collections.abc import Mapping
from functools import partial

import numpy as np

from qcore.errors import InvalidValue
from qcore.io.delimited import read_delimited
from qcore.io.refusals import Refusal, first_refusals
from qcore.tasks.aki.features import FIRST_DAY_H, SOURCE, first_day_inputs
from qcore.tasks.aki.inputs import BY_NAME, INPUT_NAMES, canonical_value
from qcore.tasks.aki.reading.long import Measurements, is_long, read_measurements
from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.wide import read_wide

# In the order of INPUT_NAMES.
_TEMPLATE_PATIENTS: Mapping[str, tuple[float, ...]] = {
    "synthetic-1": (0.9, 0.8, 16, 1.15, 1.1, 54, 78, 68, 24, 15, 36.4, 3),
    "synthetic-2": (1.3, 1.9, 41, 0.32, 0.19, 71, 84, 51, 17, 13, 35.2, 4),
}


def read_patients(name: str, data: bytes, last_urine_hours: float = float("nan")) -> PatientTable:
    """Read a CSV or tab-separated file of patients.

    Wide: one row a patient with a column for each input, its unit in the header; of urine the two rates, or amounts
    with their hours. Long: columns
    patient_id, time_h, parameter, value and maybe unit, or the PhysioNet layout; the inputs are
    taken from the first 24 hours.

    Args:
        name: file name; only its ending is used.
        data: the bytes as uploaded, at most ``delimited.MAX_BYTES``.
        last_urine_hours: in which the last amount of urine of a wide file was collected, where the file does not say.

    Raises:
        UnreadableInput: the file as a whole cannot be read. Bad cells are no error: they are listed
            in the table and their patients are not scored.
    """
    table = read_delimited(name, data)
    if is_long(table.header):
        return _first_day(read_measurements(table))
    return read_wide(table, last_urine_hours)


def template_csv() -> str:
    """Write a wide file with a header and two synthetic patients."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["patient_id", *INPUT_NAMES])
    for patient_id, values in _TEMPLATE_PATIENTS.items():
        writer.writerow([patient_id, *(f"{value:g}" for value in values)])
    return text.getvalue()


def _first_day(measured: Measurements) -> PatientTable:
    rows = measured.rows
    first_line = rows.groupby("patient_id", sort=False)["line"].first()
    inputs = first_day_inputs(measured.series).reindex(first_line.index)
    unreadable = set(rows["patient_id"][measured.unreadable])
    places = [
        (int(rows["line"].iloc[row]), partial(measured.refusal, row))
        for row in np.flatnonzero(measured.unreadable).tolist()
    ]
    accepted = np.array([BY_NAME[name].accepted for name in INPUT_NAMES])
    values = inputs.to_numpy()
    passed = (values >= accepted[:, 0]) & (values <= accepted[:, 1])
    dropped = _dropped(measured)
    for row, column in np.argwhere(~passed):
        patient_id = inputs.index[row]
        if patient_id not in unreadable:
            line, name = int(first_line.iloc[row]), INPUT_NAMES[column]
            left_out_row = dropped.get((patient_id, SOURCE[name]))
            value = float(values[row, column])
            write = partial(_input_refusal, measured, line, patient_id, name, value, left_out_row)
            places.append((line, write))
    scored = passed.all(axis=1) & ~inputs.index.isin(list(unreadable))
    inputs = inputs[scored]
    refusals = first_refusals(places)
    left_out = first_refusals(
        (int(rows["line"].iloc[row]), partial(measured.refusal, row))
        for row in np.flatnonzero(measured.outside).tolist()
    )
    series = measured.series
    return PatientTable(
        inputs=inputs,
        series=series[series["patient_id"].isin(inputs.index)].reset_index(drop=True),
        refused=refusals.kept,
        more_refused=refusals.more,
        left_out=left_out.kept,
        more_left_out=left_out.more,
        ignored=measured.ignored,
        n_patients=len(first_line),
    )


def _dropped(measured: Measurements) -> dict[tuple[str, str], int]:
    """Row of the first value that was left out in the first day, by patient and parameter."""
    first_day = (measured.time_h >= 0.0) & (measured.time_h <= FIRST_DAY_H)
    dropped: dict[tuple[str, str], int] = {}
    ids = measured.rows["patient_id"].to_numpy()
    for row in np.flatnonzero(measured.outside & first_day):
        dropped.setdefault((ids[row], measured.name[row]), int(row))
    return dropped


def _input_refusal(
    measured: Measurements, line: int, patient_id: str, name: str, value: float, left_out: int | None
) -> Refusal:
    message = ""
    try:
        canonical_value(BY_NAME[name], value)
    except InvalidValue as error:
        message = str(error)
    if np.isnan(value) and left_out is not None:
        first = measured.refusal(left_out)
        message += f" Left out on line {first.line}: {first.message}"
    return Refusal(line, patient_id, name, message)
