"""What hospitals and public databases call the columns of a file with one row a measurement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qcore.tasks.aki.reading.patient_table import PATIENT_HEADERS, find_column

# In order: of two columns the one that comes first here is taken.
TIME = (
    *("time_h", "time_(h)", "hours", "hour", "time_hours", "hours_since_admission", "hours_since_icu_admission"),
    *("hr", "stunde", "stunden", "time", "charttime", "chart_time", "datetime", "date_time", "timestamp", "time_stamp"),
    *("observation_time", "observation_datetime", "effective_datetime", "effectivedatetime", "measurement_datetime"),
    *("measurement_time", "collected", "collection_time", "collection_datetime", "collected_at", "sample_time"),
    *("specimen_datetime", "specimen_taken_time", "result_time", "result_datetime", "recorded", "recorded_time"),
    *("recorded_at", "recordtime", "zeit", "zeitpunkt", "uhrzeit", "zeitstempel", "starttime", "storetime"),
)
MINUTES = (
    *("time_min", "time_(min)", "minutes", "time_minutes", "offset_min", "offset_minutes", "observationoffset"),
    *("labresultoffset", "nursingchartoffset", "chartoffset", "intakeoutputoffset"),
)
DATE = ("date", "chartdate", "chart_date", "datum", "observation_date", "result_date", "measurement_date")
ADMISSION = (
    *("icu_intime", "icu_admission", "icu_admission_time", "icu_admit_time", "icu_admittime", "icu_admit"),
    *("icu_start", "icu_in", "intime", "in_time", "unitadmittime", "unit_admission", "admission_icu"),
    *("admittime", "admit_time", "admission", "admission_time", "admission_datetime", "admission_date_time"),
    *("admitted", "admitted_at", "admit", "aufnahme", "aufnahmezeit", "aufnahmezeitpunkt"),
)
_PARAMETER = (
    *("parameter", "variable", "measurement", "test", "analyte", "label", "item", "test_name", "lab_name"),
    *("labname", "component", "observation", "measure", "concept_name", "description", "lab", "vital"),
    *("parametername", "parameter_name", "messwert", "concept"),
)
_LOINC = ("loinc", "loinc_code", "loinc_num", "loincnum", "loinc_cd", "code", "concept_code", "observation_code")
_VALUE = (
    *("value", "result", "wert", "result_value", "test_result", "value_text", "observation_value", "labresult"),
    *("valuestr", "ergebnis"),
)
_NUMBER = (
    *("valuenum", "value_num", "numeric_value", "valuenumeric", "value_numeric", "value_as_number", "valuequantity"),
    *("result_numeric", "value_number"),
)
_UNIT = (
    *("unit", "units", "uom", "valueuom", "value_uom", "unit_of_measure", "unit_of_measurement", "result_unit"),
    *("result_units", "value_unit", "units_of_measure", "einheit", "labmeasurenamesystem", "unit_source_value"),
)


@dataclass(frozen=True)
class LongColumns:
    """Positions of the columns of a long file, None for what it does not have.

    Attributes:
        indices: ``patient_id``, ``time``, ``minutes``, ``date``, ``admission``, ``parameter``, ``loinc``, ``value``,
            ``number`` and ``unit``.
        people: further columns that tell people apart, the finer ones first; a stay is of one person.
        unrecognised: columns that are none of these.
    """

    indices: Mapping[str, int | None]
    people: tuple[int, ...]
    unrecognised: tuple[int, ...]

    def __getitem__(self, key: str) -> int | None:
        return self.indices[key]


def long_columns(header: Sequence[str]) -> LongColumns:
    """Find the columns of a header."""
    names = {
        "patient_id": PATIENT_HEADERS,
        "time": TIME,
        "minutes": MINUTES,
        "date": DATE,
        "admission": ADMISSION,
        "parameter": _PARAMETER,
        "loinc": _LOINC,
        "value": _VALUE,
        "number": _NUMBER,
        "unit": _UNIT,
    }
    indices = {key: find_column(header, choices) for key, choices in names.items()}
    people = [index for name in PATIENT_HEADERS if (index := find_column(header, (name,))) is not None]
    used = {*indices.values(), *people}
    times = {*TIME, *MINUTES, *DATE}
    unrecognised = tuple(
        index
        for index, name in enumerate(header)
        if index not in used and name.strip().lower().replace(" ", "_") not in times
    )
    return LongColumns(indices, tuple(index for index in people if index != indices["patient_id"]), unrecognised)


def is_long(header: tuple[str, ...]) -> bool:
    """Tell whether a header is of one row a measurement."""
    columns = long_columns(header)
    names, values = ("parameter", "loinc"), ("value", "number")
    return all(any(columns[key] is not None for key in keys) for keys in (names, values))
