"""The rows of a long file once they are understood: what each says, and why one is not used."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import InvalidValue
from qcore.io.delimited import shortened
from qcore.io.refusals import Refusal
from qcore.tasks.aki.features import SERIES_COLUMNS, SERIES_PARAMETERS
from qcore.tasks.aki.reading.cells import read_cell
from qcore.tasks.aki.reading.long.deciding import DECIDING, artefacts, in_first_day, is_one_of, would_decide
from qcore.tasks.aki.reading.long.facts import PERSON_HEADER
from qcore.tasks.aki.reading.long.times import Times
from qcore.tasks.aki.reading.naming import Named, named, named_without_unit, unit_of
from qcore.tasks.aki.reading.vocabulary import ICU
from qcore.units import Unit

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measurements:
    """The rows of a long file. All arrays have one entry a row.

    Attributes:
        rows: text of patient_id, time, parameter, value and unit, the line, and whether the row stands for a column
            that says the same of a patient in every line.
        columns: what the file calls these.
        decimal_comma: numbers in the file use the decimal comma.
        ids: ``(n_patients,)`` distinct ids in order of appearance.
        patient: position of the row's patient in ``ids``.
        times: how times were read.
        time_h: hours since the start of the stay, NaN where unreadable.
        name: series parameter, None where the row is not used.
        fact: what else a row tells of: ``sex``, ``dialysis``, ...; None for nothing.
        number: in the canonical unit, NaN where there is none.
        accepted: a number inside the accepted range.
        other_unit: a number outside it that another unit would bring inside, or one of which the unit is unclear.
        stated: the row or its parameter states a unit.
        unread: a used row of which the unit, the time or the value cannot be read.
        ignored: parameters that are not used.
        notes: sentences about how the file was understood.
    """

    rows: pd.DataFrame
    columns: dict[str, str]
    decimal_comma: bool
    ids: npt.NDArray[np.object_]
    patient: npt.NDArray[np.int64]
    times: Times
    time_h: npt.NDArray[np.float64]
    name: npt.NDArray[np.object_]
    fact: npt.NDArray[np.object_]
    number: npt.NDArray[np.float64]
    accepted: Flags
    other_unit: Flags
    stated: Flags
    unread: Flags
    ignored: tuple[str, ...]
    notes: tuple[str, ...]

    @cached_property
    def lines(self) -> npt.NDArray[np.int64]:
        """Line of the file on which each row stands, ``(n_rows,)``."""
        return self.rows["line"].to_numpy(dtype=np.int64)

    @cached_property
    def used(self) -> Flags:
        """Rows whose value is taken into the series."""
        return self.accepted & ~np.isnan(self.time_h)

    @cached_property
    def outside(self) -> Flags:
        """Numbers outside the accepted range."""
        return ~np.isnan(self.number) & ~self.accepted & ~self.unread

    @cached_property
    def refusing(self) -> Flags:
        """Rows because of which their patient is not scored."""
        faulty = (self.unread | self.outside) & ~artefacts(self.name, self.number) & in_first_day(self.time_h)
        decides = would_decide(self.patient, self.time_h, self.name, self.number, faulty, faulty | self.used)
        return decides | (faulty & self.other_unit & is_one_of(self.name, DECIDING))

    @cached_property
    def left_out(self) -> Flags:
        """Rows that are not used and do not matter, but should be known."""
        day = in_first_day(self.time_h) | self.outside
        return (self.unread | self.outside) & day & ~self.refusing

    @cached_property
    def series(self) -> pd.DataFrame:
        """The accepted values in the long layout, in order of rows; patient_id is the position in ``ids``."""
        columns = (self.patient, self.time_h, self.name, self.number)
        return pd.DataFrame({key: column[self.used] for key, column in zip(SERIES_COLUMNS, columns, strict=True)})

    def column(self, row: int, key: str) -> str:
        """Return what the file calls a column of a row."""
        if not self.rows["static"].iloc[row]:
            return self.columns[key]
        return str(self.rows["parameter"].iloc[row]).removeprefix(PERSON_HEADER)

    def refusal(self, row: int) -> Refusal:
        """Write why a row is unreadable or left out."""
        cells = self.rows.iloc[row]
        key, message = "value", ""
        try:
            key = "unit" if "unit" in self.columns else "parameter"
            meaning = charted(cells["parameter"], cells["unit"])
            key = "time"
            if np.isnan(self.time_h[row]):
                message = (
                    f"The time {shortened(cells['time'])} cannot be read: write hours, hh:mm since the start of the "
                    "stay, or a time stamp such as 2024-03-05 14:30."
                )
            elif meaning is not None:
                key = "value"
                item, unit = SERIES_PARAMETERS[meaning.parameter], meaning.unit
                read_cell(item, cells["value"], unit, decimal_comma=self.decimal_comma, codes=meaning.codes)
        except InvalidValue as error:
            message = str(error)
        return Refusal(int(cells["line"]), cells["patient_id"], self.column(row, key), message)


@dataclass(frozen=True)
class Charted:
    """What a charted parameter is.

    Attributes:
        parameter: name of the series that it belongs to.
        unit: unit in which its values are stated.
        stated: the unit was written, not understood.
        codes: a number may be the code of a category.
        ward: it may be the name of a ward that is no intensive care unit.
    """

    parameter: str
    unit: Unit
    stated: bool
    codes: bool
    ward: bool


def parameter_of(text: str) -> str | None:
    """Return the series parameter of a charted name, whatever its unit; None for what is not used."""
    meaning = named_without_unit(text)
    return meaning.quantity.parameter if meaning is not None and _is_charted(meaning) else None


def charted(parameter: str, unit_text: str) -> Charted | None:
    """Return what a row measures; None for what is not used.

    Raises:
        InvalidValue: the unit is unknown, missing where it is needed, or given twice and differs.
    """
    meaning = named(parameter)
    if meaning is None or not _is_charted(meaning):
        return None
    # A type of intensive care unit has no unit of measurement, whatever stands beside it.
    unit_text = "" if meaning.quantity.name == ICU else unit_text
    unit = unit_of(meaning.quantity, unit_text) if unit_text else meaning.input_unit()
    if unit_text and meaning.unit not in (None, unit):
        raise InvalidValue(
            f"{shortened(parameter)} names one unit and the unit column another, "
            f"{shortened(unit_text)}: correct one of them."
        )
    stated = bool(unit_text) or meaning.unit is not None or len(meaning.quantity.units) == 1
    return Charted(meaning.quantity.parameter, unit, stated, meaning.holds_codes, meaning.is_ward)


def _is_charted(meaning: Named) -> bool:
    # A maximum or a total charted with a time is not a value of that time; a first weight is.
    once = "" in meaning.quantity.inputs and meaning.qualifier == "first" and "first" in meaning.quantity.inputs
    return bool(meaning.quantity.parameter) and (not meaning.qualifier or once)
