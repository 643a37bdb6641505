"""A file with one row a measurement: patient, time, parameter, value, and maybe a unit, to checked values."""

from collections.abc import Mapping
from dataclasses import InitVar, dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.delimited import Delimited, shortened
from qcore.tasks.aki.features import SERIES_PARAMETERS
from qcore.tasks.aki.reading import icu_names
from qcore.tasks.aki.reading.cells import is_missing, read_cells
from qcore.tasks.aki.reading.long.deciding import is_one_of
from qcore.tasks.aki.reading.long.facts import ADMISSION, DIALYSIS, PERSON, WARD, fact_of, value_tells_of_dialysis
from qcore.tasks.aki.reading.long.measurements import Charted, Measurements, charted, parameter_of
from qcore.tasks.aki.reading.long.rows import long_rows
from qcore.tasks.aki.reading.long.times import Times, read_times

PHYSIONET_MISSING = ("-1", "-1.0", "-1.00")
MAX_PARAMETERS = 1_000
TIMELESS = "age_years"
STATIC = ("icu_type", "weight_kg")
"""Where no time is written at all, these are of the start of the stay."""


@dataclass(eq=False)
class _Read:
    """What is filled in, one parameter after another, for a number of rows."""

    rows: InitVar[int]
    name: npt.NDArray[np.object_] = field(init=False)
    fact: npt.NDArray[np.object_] = field(init=False)
    number: npt.NDArray[np.float64] = field(init=False)
    accepted: npt.NDArray[np.bool_] = field(init=False)
    other_unit: npt.NDArray[np.bool_] = field(init=False)
    stated: npt.NDArray[np.bool_] = field(init=False)
    unread: npt.NDArray[np.bool_] = field(init=False)
    ignored: dict[str, None] = field(default_factory=dict)
    understood: dict[str, str] = field(default_factory=dict)

    def __post_init__(self, rows: int) -> None:
        self.name, self.fact = (np.full(rows, None, dtype=object) for _ in range(2))
        self.number = np.full(rows, np.nan)
        self.accepted, self.other_unit, self.stated, self.unread = (np.zeros(rows, dtype=bool) for _ in range(4))


def read_measurements(table: Delimited) -> Measurements:
    """Read every row of a long file.

    Without a patient column all rows are of patient 1. In the PhysioNet layout (a column or a
    parameter RecordID) the value -1 means missing. Empty values are no measurements.

    Raises:
        UnreadableInput: no time column, a patient id is missing, too many parameters, or times that can be read in
            two ways.
    """
    rows, columns, notes = long_rows(table)
    codes, ids = pd.factorize(rows["patient_id"].to_numpy())
    patient = np.asarray(codes, dtype=np.int64)
    times = _times(rows, columns, patient)
    time_h = times.hours / 60.0 if columns.get("minutes") and not times.stamped else times.hours.copy()
    physionet = columns["patient_id"].lower() == "recordid" or "RecordID" in set(rows["parameter"])
    outcome = _Read(len(rows))
    groups = rows.groupby(["parameter", "unit"], sort=False).indices
    if len(groups) > MAX_PARAMETERS:
        raise UnreadableInput(
            f"The column {columns['parameter']} holds {len(groups)} different parameters, at most "
            f"{MAX_PARAMETERS} are read: are the columns in the right order?"
        )
    values = rows["value"].to_numpy()
    for key, row_numbers in groups.items():
        parameter, unit_text = key if isinstance(key, tuple) else (key, "")
        where = np.asarray(row_numbers, dtype=np.int64)
        _read_group(
            outcome, parameter, unit_text, where, values, decimal_comma=table.decimal_comma, physionet=physionet
        )
    unused = np.flatnonzero((outcome.name == None) & (outcome.fact == None))  # noqa: E711 - of every element
    outcome.fact[unused[value_tells_of_dialysis(values[unused])]] = DIALYSIS
    # An age, or a column about the patient, holds for the whole stay, whenever it is charted.
    static = rows["static"].to_numpy(dtype=bool) & (outcome.name != None)  # noqa: E711 - of every element
    timeless = is_one_of(outcome.name, STATIC) & np.array([is_missing(text) for text in rows["time"]], dtype=bool)
    time_h[static | timeless | (outcome.name == TIMELESS)] = 0.0
    # Where the stay of a patient has no beginning, that is said of the patient and not of every row.
    begun = ~np.isin(patient, times.no_start)
    outcome.unread |= ~np.isnan(outcome.number) & np.isnan(time_h) & begun
    if not physionet and not times.stamped and any(":" in text for text in set(rows["time"])):
        notes.append("Times such as 14:30 were taken as hours and minutes since the start of the stay.")
    notes += [*times.notes, *_without_repeats(outcome, rows, patient, time_h), *_understood(outcome, physionet)]
    return Measurements(
        rows=rows,
        columns=columns,
        decimal_comma=table.decimal_comma,
        ids=np.asarray(ids, dtype=object),
        patient=patient,
        times=times,
        time_h=time_h,
        name=outcome.name,
        fact=outcome.fact,
        number=outcome.number,
        accepted=outcome.accepted,
        other_unit=outcome.other_unit,
        stated=outcome.stated,
        unread=outcome.unread,
        ignored=tuple(outcome.ignored),
        notes=tuple(notes),
    )


def _read_group(
    outcome: _Read,
    parameter: str,
    unit_text: str,
    group_rows: npt.NDArray[np.int64],
    values: npt.NDArray[np.object_],
    *,
    decimal_comma: bool,
    physionet: bool,
) -> None:
    """Read the rows of one parameter in one unit."""
    texts = values[group_rows]
    fact = fact_of(parameter)
    if fact is not None:
        outcome.fact[group_rows] = fact
        if fact not in (ADMISSION, DIALYSIS, PERSON):
            outcome.ignored[parameter] = None
        return
    try:
        meaning = charted(parameter, unit_text)
    except InvalidValue:
        absent = np.array([is_missing(text) for text in texts])
        outcome.name[group_rows] = parameter_of(parameter)
        outcome.unread[group_rows] = outcome.other_unit[group_rows] = ~absent
        return
    if meaning is None:
        outcome.ignored[parameter] = None
        return
    if not meaning.codes and meaning.parameter == "icu_type":
        group_rows = _wards(outcome, parameter, meaning, group_rows, texts)
        texts = values[group_rows]
    item = SERIES_PARAMETERS[meaning.parameter]
    checked = read_cells(item, list(texts), meaning.unit, decimal_comma=decimal_comma, codes=meaning.codes)
    present = ~checked.missing & ~(physionet & np.isin(texts.astype(str), PHYSIONET_MISSING))
    outcome.name[group_rows[present]] = meaning.parameter
    outcome.number[group_rows] = np.where(present, checked.number, np.nan)
    outcome.accepted[group_rows] = ~np.isnan(checked.canonical) & present
    outcome.other_unit[group_rows] = checked.other_unit & present
    outcome.unread[group_rows] = checked.unreadable & present
    outcome.stated[group_rows] = meaning.stated or physionet
    _remember(outcome, parameter, meaning, texts)


def _wards(
    outcome: _Read,
    parameter: str,
    meaning: Charted,
    group_rows: npt.NDArray[np.int64],
    texts: npt.NDArray[np.object_],
) -> npt.NDArray[np.int64]:
    """Set aside what is no name of an intensive care unit, e.g. the number of a ward; return the other rows."""
    known = {text: icu_names.may_be_meant(text, ward=meaning.ward) for text in set(texts)}
    named = np.fromiter((known[text] for text in texts), dtype=bool, count=len(texts))
    if not named.all():
        outcome.ignored[parameter] = None
    aside = group_rows[~named]
    outcome.fact[aside] = WARD
    return np.asarray(group_rows[named])


def _remember(outcome: _Read, parameter: str, meaning: Charted, texts: npt.NDArray[np.object_]) -> None:
    item = SERIES_PARAMETERS[meaning.parameter]
    if item.choices:
        for text in dict.fromkeys(texts):
            if icu_names.needs_telling(text):
                outcome.understood[text] = item.choices[int(icu_names.icu_type(text) or 0)]
    elif not meaning.stated and len(item.units) > 1:
        outcome.understood[parameter] = meaning.unit.symbol


def _times(rows: pd.DataFrame, columns: Mapping[str, str], patient: npt.NDArray[np.int64]) -> Times:
    called, admissions = columns.get("admission", ""), None
    if "admission" in rows:
        admissions = rows["admission"].to_numpy()
    distinct = {text for text in set(rows["parameter"]) if fact_of(text) == ADMISSION}
    if admissions is None and distinct:
        of_admission = rows["parameter"].isin(list(distinct)).to_numpy()
        called = min(distinct)
        # Where the value is no time, as in a list of events, the time of the row counts.
        stamps = rows["value"].where(rows["value"].str.contains(r"[0-9].*[:.].*[0-9]", regex=True), rows["time"])
        admissions = np.where(of_admission, stamps.to_numpy(), "")
    return read_times(list(rows["time"]), patient, None if admissions is None else list(admissions), called)


def _without_repeats(
    outcome: _Read, rows: pd.DataFrame, patient: npt.NDArray[np.int64], time_h: npt.NDArray[np.float64]
) -> list[str]:
    """Count a row that is there twice once: an amount of urine would be summed twice."""
    used = np.flatnonzero(outcome.accepted & ~np.isnan(time_h))
    key = pd.DataFrame(
        {
            "patient": patient[used],
            "time_h": time_h[used],
            "parameter": rows["parameter"].to_numpy()[used],
            "number": outcome.number[used],
        }
    )
    repeated = used[key.duplicated().to_numpy()]
    static = rows["static"].to_numpy(dtype=bool)
    shown = repeated[~static[repeated] & (outcome.name[repeated] != TIMELESS)]
    outcome.accepted[repeated], outcome.number[repeated], outcome.name[repeated] = False, np.nan, None
    if not len(shown):
        return []
    example = rows.iloc[shown[0]]
    verb = "counts" if len(shown) == 1 else "count"
    return [
        f"{_counted(len(shown), 'row')} said again what an earlier row had said and {verb} once, the first on line "
        f"{example['line']}: {shortened(example['parameter'])} {shortened(example['value'])}."
    ]


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _understood(outcome: _Read, physionet: bool) -> list[str]:
    if physionet or not outcome.understood:
        return []
    units = {text: symbol for text, symbol in outcome.understood.items() if symbol not in _ICU_LABELS}
    names = {text: label for text, label in outcome.understood.items() if label in _ICU_LABELS}
    notes = []
    if units:
        listed = ", ".join(f"{text} in {symbol}" for text, symbol in list(units.items())[:12])
        notes.append(f"Where no unit was stated, values were taken as usual: {listed}.")
    if names:
        listed = ", ".join(f"{text} as {label}" for text, label in list(names.items())[:12])
        notes.append(f"Read as types of intensive care unit: {listed}.")
    return notes


_ICU_LABELS = frozenset((SERIES_PARAMETERS["icu_type"].choices or {}).values())
