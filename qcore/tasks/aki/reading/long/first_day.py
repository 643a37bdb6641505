"""The measurements of a long file to checked inputs: who is scored, who is not and why, and what is to be known."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import InvalidValue
from qcore.io.refusals import Places, Refusal, first_refusals
from qcore.tasks.aki.features import SERIES_PARAMETERS, SOURCE, first_day_inputs
from qcore.tasks.aki.inputs import BY_NAME, INPUT_NAMES, canonical_value
from qcore.tasks.aki.reading import icu_names
from qcore.tasks.aki.reading.long.deciding import DECIDING, in_first_day
from qcore.tasks.aki.reading.long.facts import WARD
from qcore.tasks.aki.reading.long.measurements import Measurements
from qcore.tasks.aki.reading.long.people import conflicts
from qcore.tasks.aki.reading.long.remarks import outside_the_day, remarks
from qcore.tasks.aki.reading.naming import may_be_urine
from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.whole_file import check_weights, other_unit_note
from qcore.tasks.aki.urine import DAY, FEWEST_H, LAST

Numbers = npt.NDArray[np.int64]


def first_day(measured: Measurements) -> PatientTable:
    """Take the inputs of the first 24 hours of every patient and check them."""
    count = len(measured.ids)
    first_row = np.full(count, -1)
    first_row[measured.patient[::-1]] = np.arange(len(measured.rows))[::-1]
    inputs = first_day_inputs(measured.series).reindex(pd.RangeIndex(count))
    stated = np.zeros(count, dtype=bool)
    stated[measured.patient[measured.stated & (measured.name == "weight_kg")]] = True
    check_weights(np.where(stated, np.nan, inputs["weight_kg"].to_numpy()))
    rows = np.flatnonzero(measured.refusing)
    contradictions, refused = conflicts(measured)
    refused[measured.patient[rows]] = True
    faults = [
        Places(measured.lines[rows], lambda index: measured.refusal(int(rows[index]))),
        *contradictions,
        *_starts(measured, refused, first_row),
    ]
    accepted = np.array([BY_NAME[name].accepted for name in INPUT_NAMES])
    values = inputs.to_numpy()
    passed = (values >= accepted[:, 0]) & (values <= accepted[:, 1])
    # A patient refused for a cell may lack an input for that very reason, which needs no second sentence.
    missing = ~passed & ~refused[:, None]
    # Where the weight is missing, so is the flow of urine by weight, and naming the weight is enough.
    charted = np.zeros(count, dtype=bool)
    charted[measured.patient[measured.used & (measured.name == SOURCE[DAY])]] = True
    weightless = charted & np.isnan(values[:, INPUT_NAMES.index("weight_kg")])
    for name in (DAY, LAST):
        missing[:, INPUT_NAMES.index(name)] &= ~weightless
    patients, columns = np.nonzero(missing)
    write = partial(_input_refusal, measured, first_row, values, patients, columns)
    faults.append(Places(measured.lines[first_row[patients]], write))
    refusals = first_refusals(faults)
    left = np.flatnonzero(measured.left_out)
    left_out = first_refusals([Places(measured.lines[left], lambda index: measured.refusal(int(left[index])))])
    scored = passed.all(axis=1) & ~refused
    ids = pd.Index(measured.ids, name="patient_id")
    series = measured.series[scored[measured.series["patient_id"].to_numpy()]].reset_index(drop=True)
    remarks_of = remarks(measured, inputs)
    return PatientTable(
        inputs=inputs.set_axis(ids)[scored],
        series=series.assign(patient_id=measured.ids[series["patient_id"].to_numpy()]),
        refused=refusals.kept,
        more_refused=refusals.more,
        left_out=left_out.kept,
        more_left_out=left_out.more,
        ignored=measured.ignored,
        n_patients=count,
        notes=(*_wrong_units(measured), *measured.notes, *outside_the_day(measured), *may_be_urine(measured.ignored)),
        remarks={str(measured.ids[patient]): sentences for patient, sentences in remarks_of.items() if scored[patient]},
        not_scored=tuple(measured.ids[~scored]),
    )


def _starts(measured: Measurements, refused: npt.NDArray[np.bool_], first_row: Numbers) -> list[Places]:
    """Patients of whom it is not clear when the stay began."""
    two, none = measured.times.two_starts, measured.times.no_start
    refused[two], refused[none] = True, True
    advice = "Give each stay an id of its own, with one time of admission."
    kinds = (
        (two, f"Two times of admission under one id. {advice}"),
        (none, "The time of admission is missing or cannot be read: add it, as it is there for other patients."),
    )
    return [
        Places(measured.lines[first_row[patients]], partial(_of_patient, measured, first_row, patients, sentence))
        for patients, sentence in kinds
    ]


def _of_patient(measured: Measurements, first_row: Numbers, patients: Numbers, sentence: str, index: int) -> Refusal:
    patient = int(patients[index])
    line = int(measured.lines[first_row[patient]])
    return Refusal(line, str(measured.ids[patient]), measured.columns["time"], sentence)


def _input_refusal(
    measured: Measurements,
    first_row: Numbers,
    values: npt.NDArray[np.float64],
    patients: Numbers,
    columns: Numbers,
    index: int,
) -> Refusal:
    patient, column = int(patients[index]), int(columns[index])
    name, value, message = INPUT_NAMES[column], float(values[patient, column]), ""
    try:
        canonical_value(BY_NAME[name], value)
    except InvalidValue as error:
        message = str(error)
    row = int(first_row[patient])
    of_patient = np.flatnonzero(measured.patient == patient)
    of_input = of_patient[measured.name[of_patient] == SOURCE[name]]
    if np.isnan(value):
        message += _why_missing(measured, name, of_patient, of_input)
    else:
        used_rows = of_input[measured.used[of_input] & (measured.number[of_input] == value)]
        row = int(used_rows[0]) if len(used_rows) else row
    return Refusal(int(measured.lines[row]), str(measured.ids[patient]), name, message)


def _why_missing(measured: Measurements, name: str, of_patient: Numbers, of_input: Numbers) -> str:
    left = of_input[measured.left_out[of_input] & in_first_day(measured.time_h[of_input])]
    if len(left):
        first = measured.refusal(int(left[0]))
        return f" Left out on line {first.line}: {first.message}"
    wards = of_patient[measured.fact[of_patient] == WARD]
    if name == "icu_type" and len(wards):
        cells = measured.rows.iloc[int(wards[0])]
        return f" On line {cells['line']}: {icu_names.refusal(cells['value'], called=cells['parameter'])}"
    known = of_input[measured.used[of_input]]
    within = known[in_first_day(measured.time_h[known])]
    if name in (DAY, LAST) and len(within):
        until = f"{round(float(measured.time_h[within].max()), 1):g} h"
        return f" Urine is charted until {until}: {FEWEST_H:g} hours are the fewest that say how it flows."
    for row in known[:1]:
        side = "before the start of the stay" if measured.time_h[row] < 0 else "after its first 24 hours"
        return f" The one on line {measured.lines[row]} is {side}, at {round(float(measured.time_h[row]), 1):g} h."
    return ""


def _wrong_units(measured: Measurements) -> list[str]:
    notes: list[str] = []
    for parameter in sorted(DECIDING):
        of_parameter = measured.name == parameter
        numbers = int((of_parameter & ~np.isnan(measured.number)).sum())
        notes += other_unit_note(
            SERIES_PARAMETERS[parameter],
            int((of_parameter & measured.other_unit & measured.outside & ~measured.stated).sum()),
            numbers,
        )
    return notes
