"""A file of patients, wide or long, to checked inputs: nothing is imputed, every refusal is listed."""

import csv
import io
from collections.abc import Mapping

from qcore.io.delimited import read_delimited
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.reading.long.columns import is_long
from qcore.tasks.aki.reading.long.first_day import first_day
from qcore.tasks.aki.reading.long.understanding import read_measurements
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
        return first_day(read_measurements(table))
    return read_wide(table, last_urine_hours)


def template_csv() -> str:
    """Write a wide file with a header and two synthetic patients."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["patient_id", *INPUT_NAMES])
    for patient_id, values in _TEMPLATE_PATIENTS.items():
        writer.writerow([patient_id, *(f"{value:g}" for value in values)])
    return text.getvalue()
