"""A patient of fourteen measurements, and files made of it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.table import read_patients

HEADER = "patient_id,time_h,parameter,value,unit"
PATIENT = (
    ("2", "Creatinine", "1.3", "mg/dL"),
    ("20", "Creatinine", "1.9", "mg/dL"),
    ("2", "BUN", "35", "mg/dL"),
    ("20", "BUN", "41", "mg/dL"),
    ("3", "Urine", "300", "mL"),
    ("10", "Urine", "320", "mL"),
    ("22", "Urine", "20", "mL"),
    ("0", "Age", "71", "years"),
    ("0", "Weight", "84", "kg"),
    ("5", "MAP", "51", "mmHg"),
    ("20", "HCO3", "17", "mmol/L"),
    ("4", "GCS", "13", ""),
    ("6", "Temp", "35.2", "C"),
    ("0", "ICUType", "4", ""),
)
FIRST_EXTRA_LINE = len(PATIENT) + 2


def read(text: str) -> PatientTable:
    return read_patients("series.csv", text.encode())


def rows(
    patient_id: str = "p1",
    without: Collection[str] = (),
    called: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
) -> list[str]:
    """The lines of the patient, some of them left out, called otherwise or of another value."""
    called, values = called or {}, values or {}
    return [
        ",".join([patient_id, time_h, called.get(name, name), values.get(name, value), unit])
        for time_h, name, value, unit in PATIENT
        if name not in without
    ]


def with_rows(*more: str, without: Collection[str] = (), called: Mapping[str, str] | None = None) -> PatientTable:
    """The patient with further rows below."""
    return read("\n".join([HEADER, *rows(without=without, called=called), *more]))


def without_units(*more: str) -> PatientTable:
    """The patient in a file that states no unit, with further rows below."""
    lines = [line.rsplit(",", 1)[0] for line in rows()]
    return read("\n".join([HEADER.removesuffix(",unit"), *lines, *more]))


def stamped(layout: str, start: datetime, header: str = "patient_id,charttime,parameter,value,unit") -> list[str]:
    """A header and the patient with time stamps instead of hours."""
    lines = []
    for time_h, name, value, unit in PATIENT:
        at = (start + timedelta(hours=float(time_h))).strftime(layout)
        lines.append(f"p1,{at},{name},{value},{unit}")
    return [header, *lines]
