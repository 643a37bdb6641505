"""A file with one row a measurement: patient, time, parameter, value, and maybe a unit."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.delimited import Delimited, shortened
from qcore.io.refusals import Refusal
from qcore.tasks.aki.features import SERIES_COLUMNS, SERIES_PARAMETERS
from qcore.tasks.aki.reading.cells import read_cell, read_cells
from qcore.tasks.aki.reading.naming import named, unit_of
from qcore.tasks.aki.reading.patient_table import PATIENT_HEADERS, check_ids, find_column
from qcore.tasks.aki.reading.physionet_layout import clock_hours
from qcore.units import Unit

_TIME = frozenset({"time_h", "time", "time_(h)", "hour", "hours", "time_hours"})
_PARAMETER = frozenset({"parameter", "variable", "measurement", "test", "analyte"})
_VALUE = frozenset({"value", "result"})
_UNIT = frozenset({"unit", "units", "uom", "valueuom"})
PHYSIONET_MISSING = ("-1", "-1.0", "-1.00")
MAX_PARAMETERS = 1_000


@dataclass(frozen=True, eq=False)
class Measurements:
    """The rows of a long file. All arrays have one entry a row.

    Attributes:
        rows: text of patient_id, time, parameter, value and unit, and the line.
        columns: what the file calls these.
        decimal_comma: numbers in the file use the decimal comma.
        time_h: hours since the start of the stay, NaN where unreadable.
        name: series parameter, None where the row is not used.
        value: in the canonical unit, NaN where not accepted.
        unreadable: a used row of which the unit, the time or the value cannot be read.
        outside: a used row with a value outside the accepted range.
        ignored: parameters that are not used.
    """

    rows: pd.DataFrame
    columns: dict[str, str]
    decimal_comma: bool
    time_h: npt.NDArray[np.float64]
    name: npt.NDArray[np.object_]
    value: npt.NDArray[np.float64]
    unreadable: npt.NDArray[np.bool_]
    outside: npt.NDArray[np.bool_]
    ignored: tuple[str, ...]

    @cached_property
    def series(self) -> pd.DataFrame:
        """The accepted values in the long layout, in order of rows."""
        used = ~np.isnan(self.value) & ~np.isnan(self.time_h)
        columns = (self.rows["patient_id"].to_numpy(), self.time_h, self.name, self.value)
        filled = {key: column[used] for key, column in zip(SERIES_COLUMNS, columns, strict=True)}
        return pd.DataFrame(filled)

    def refusal(self, row: int) -> Refusal:
        """Write why a row is unreadable or left out."""
        cells = self.rows.iloc[row]
        column, message = "value", ""
        try:
            column = "unit" if "unit" in self.columns else "parameter"
            meaning = _meaning(cells["parameter"], cells["unit"])
            column = "time"
            if np.isnan(self.time_h[row]):
                clock = shortened(cells["time"])
                message = f"The time {clock} cannot be read: write hours or hh:mm."
            elif meaning is not None:
                column = "value"
                item, unit = SERIES_PARAMETERS[meaning[0]], meaning[1]
                read_cell(item, cells["value"], unit, decimal_comma=self.decimal_comma)
        except InvalidValue as error:
            message = str(error)
        return Refusal(int(cells["line"]), cells["patient_id"], self.columns[column], message)


def is_long(header: tuple[str, ...]) -> bool:
    """Tell whether a header is of one row a measurement."""
    return None not in (find_column(header, _PARAMETER), find_column(header, _VALUE))


def read_measurements(table: Delimited) -> Measurements:
    """Read every row of a long file.

    Without a patient column all rows are of patient 1. In the PhysioNet layout (a column or a
    parameter RecordID) the value -1 means missing. Empty values are no measurements.

    Raises:
        UnreadableInput: no time column, a patient id is missing, or too many parameters.
    """
    rows, columns = _rows(table)
    count = len(rows)
    time_h = clock_hours(rows["time"])
    name, value = np.full(count, None, dtype=object), np.full(count, np.nan)
    unreadable, outside = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    ignored: dict[str, None] = {}
    physionet = columns["patient_id"].lower() == "recordid" or "RecordID" in set(rows["parameter"])
    groups = rows.groupby(["parameter", "unit"], sort=False).indices
    if len(groups) > MAX_PARAMETERS:
        raise UnreadableInput(
            f"The column {columns['parameter']} holds {len(groups)} different parameters, at most "
            f"{MAX_PARAMETERS} are read: are the columns in the right order?"
        )
    for key, places in groups.items():
        parameter, unit_text = key if isinstance(key, tuple) else (key, "")
        try:
            meaning = _meaning(parameter, unit_text)
        except InvalidValue:
            unreadable[places] = True
            continue
        if meaning is None:
            ignored[parameter] = None
            continue
        item, unit = SERIES_PARAMETERS[meaning[0]], meaning[1]
        texts = list(rows["value"].iloc[places])
        checked = read_cells(item, texts, unit, decimal_comma=table.decimal_comma)
        absent = checked.missing | (physionet & np.isin(texts, PHYSIONET_MISSING))
        name[places], value[places] = meaning[0], checked.canonical
        unreadable[places] = (checked.unreadable | np.isnan(time_h[places])) & ~absent
        outside[places] = checked.outside & ~absent & ~unreadable[places]
    return Measurements(rows, columns, table.decimal_comma, time_h, name, value, unreadable, outside, tuple(ignored))


def _meaning(parameter: str, unit_text: str) -> tuple[str, Unit] | None:
    """Series parameter and unit of a row; None for what is not used.

    Raises:
        InvalidValue: the unit is unknown, missing where it is needed, or given twice and differs.
    """
    meaning = named(parameter)
    # A maximum or a total charted with a time is not a value of that time.
    if meaning is None or meaning.qualifier or not meaning.quantity.parameter:
        return None
    if not unit_text:
        return meaning.quantity.parameter, meaning.input_unit()
    unit = unit_of(meaning.quantity, unit_text)
    if meaning.unit not in (None, unit):
        raise InvalidValue(
            f"{shortened(parameter)} names one unit and the unit column another, "
            f"{shortened(unit_text)}: correct one of them."
        )
    return meaning.quantity.parameter, unit


def _rows(table: Delimited) -> tuple[pd.DataFrame, dict[str, str]]:
    wanted = {
        "patient_id": PATIENT_HEADERS,
        "time": _TIME,
        "parameter": _PARAMETER,
        "value": _VALUE,
        "unit": _UNIT,
    }
    places = {key: find_column(table.header, names) for key, names in wanted.items()}
    if places["time"] is None:
        raise UnreadableInput("The header has no column time_h: add hours since the start of the stay.")
    cells = list(zip(*table.rows, strict=True))
    rows, columns = {}, {"patient_id": ""}
    for key, place in places.items():
        if place is not None:
            rows[key] = [text.strip() for text in cells[place]]
            columns[key] = table.header[place]
    if "patient_id" in rows:
        check_ids(rows["patient_id"], table.lines, columns["patient_id"])
    count = len(table.rows)
    rows = {"patient_id": ["1"] * count, "unit": [""] * count} | rows
    return pd.DataFrame(rows, dtype=object).assign(line=table.lines), columns
