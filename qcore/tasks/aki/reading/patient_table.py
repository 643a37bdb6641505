"""What a file of patients becomes: the inputs that passed, and what did not, with its place."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.refusals import Refusal

MAX_ID_CHARACTERS = 64
PATIENT_HEADERS = frozenset(
    (
        *("patient_id", "patient", "patientid", "id", "recordid", "record_id"),
        *("stay_id", "subject_id", "case", "case_id", "mrn"),
    )
)


@dataclass(frozen=True, eq=False)
class PatientTable:
    """Patients of one file.

    Attributes:
        inputs: indexed by patient_id (text), the twelve inputs in canonical units; only patients
            of whom every value passed.
        series: long layout of the same patients, accepted values only; None for a wide file.
        refused: cells and missing inputs because of which a patient is not scored, by line.
        more_refused: how many further refusals are not listed.
        left_out: values of a series outside the accepted range, dropped as artefacts, by line.
        more_left_out: how many further ones are not listed.
        ignored: columns or parameters of the file that the model does not use.
        n_patients: patients in the file, scored or not.
    """

    inputs: pd.DataFrame
    series: pd.DataFrame | None
    refused: tuple[Refusal, ...]
    more_refused: int
    left_out: tuple[Refusal, ...]
    more_left_out: int
    ignored: tuple[str, ...]
    n_patients: int


def find_column(header: Sequence[str], names: frozenset[str]) -> int | None:
    """Return the position of the first column called one of the names, None if there is none."""
    folded = [cell.strip().lower().replace(" ", "_") for cell in header]
    return next((place for place, cell in enumerate(folded) if cell in names), None)


def check_ids(ids: Sequence[str], lines: Sequence[int], column: str) -> None:
    """Check that patient ids are there, short, and safe to open in a spreadsheet.

    Raises:
        UnreadableInput: names the line of the first that is not.
    """
    for patient_id, line in zip(ids, lines, strict=True):
        if not patient_id:
            raise UnreadableInput(f"Line {line}, column {column}: the patient id is empty, add it.")
        if len(patient_id) > MAX_ID_CHARACTERS or patient_id[0] in "=+-@":
            raise UnreadableInput(
                f"Line {line}, column {column}: {shortened(patient_id)} is no patient id. "
                f"Use at most {MAX_ID_CHARACTERS} characters, not beginning with =, +, - or @."
            )
