"""What a file of patients becomes: the inputs that passed, and what did not, with its place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.refusals import Refusal

MAX_ID_CHARACTERS = 64
# In order: a stay tells apart what a person with two stays would mix.
PATIENT_HEADERS = (
    *("stay_id", "icustay_id", "patientunitstayid", "hadm_id", "encounter_id", "encounter", "visit_id"),
    *("visit_occurrence_id", "case_id", "case", "fallnummer", "patient_id", "patient", "patientid", "id"),
    *("recordid", "record_id", "subject_id", "pat_id", "mrn", "person_id"),
)


@dataclass(frozen=True, eq=False)
class PatientTable:
    """The patients that one file holds, and what in it is not used.

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
        notes: sentences about how the file as a whole was understood.
        remarks: patient_id to what is to be known about the answer for this patient, as sentences.
        not_scored: ids of the patients that are not scored, in the order of the file.
        lacks_urine_hours: nothing in the file says in how many hours its last amounts of urine were collected.
    """

    inputs: pd.DataFrame
    series: pd.DataFrame | None
    refused: tuple[Refusal, ...]
    more_refused: int
    left_out: tuple[Refusal, ...]
    more_left_out: int
    ignored: tuple[str, ...]
    n_patients: int
    notes: tuple[str, ...] = ()
    remarks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    not_scored: tuple[str, ...] = ()
    lacks_urine_hours: bool = False


def find_column(header: Sequence[str], names: Sequence[str]) -> int | None:
    """Return the position of the column called by the first of the names that there is, None if there is none."""
    folded = [cell.strip().lower().replace(" ", "_") for cell in header]
    return next((folded.index(name) for name in names if name in folded), None)


def check_ids(ids: Sequence[str], lines: Sequence[int], column: str) -> None:
    """Check that patient ids are there, short, and safe to open in a spreadsheet.

    Raises:
        UnreadableInput: names the line of the first that is not.
    """
    fine = [0 < len(patient_id) <= MAX_ID_CHARACTERS and patient_id[0] not in "=+-@" for patient_id in ids]
    if all(fine):
        return
    index = fine.index(False)
    if not ids[index]:
        raise UnreadableInput(f"Line {lines[index]}, column {column}: the patient id is empty, add it.")
    raise UnreadableInput(
        f"Line {lines[index]}, column {column}: {shortened(ids[index])} is no patient id. "
        f"Use at most {MAX_ID_CHARACTERS} characters, not beginning with =, +, - or @."
    )
