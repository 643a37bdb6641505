"""The risks of a file as a table in which no patient is missing: who is not scored stands there with the reason."""

import pandas as pd

from qcore.tasks.aki.reading.patient_table import PatientTable

REMARKS = "remarks"


def with_every_patient(risks: pd.DataFrame, patients: PatientTable) -> pd.DataFrame:
    """Add what is to be known about each patient, and a row without a risk for each that is not scored.

    Args:
        risks: a row a scored patient, indexed by patient_id, with a column ``note``.
        patients: the file that they are from.

    Returns:
        The rows of ``risks`` with the column ``remarks``; below them one for each patient who is not scored, of which
        ``note`` says why where the reason was kept.
    """
    reasons: dict[str, str] = {}
    for refusal in patients.refused:
        reasons.setdefault(refusal.patient_id, f"line {refusal.line}, {refusal.column}: {refusal.message}")
    remarks = [" ".join(patients.remarks.get(patient, ())) for patient in risks.index]
    why = [f"not scored: {reasons.get(patient, 'a value is not accepted')}" for patient in patients.not_scored]
    table = risks.reindex(pd.Index([*risks.index, *patients.not_scored], name="patient_id"))
    return table.assign(note=[*risks["note"], *why], **{REMARKS: [*remarks, *("" for _ in why)]})
