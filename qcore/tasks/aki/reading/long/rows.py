"""The cells of a long file as rows of the same seven things, whatever the file calls them."""

import numpy as np
import pandas as pd

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.delimited import Delimited
from qcore.tasks.aki.reading.cells import is_missing
from qcore.tasks.aki.reading.loinc import code_in, coded
from qcore.tasks.aki.reading.long.columns import LongColumns, long_columns
from qcore.tasks.aki.reading.long.facts import PERSON_HEADER, fact_of
from qcore.tasks.aki.reading.long.times import joined_dates
from qcore.tasks.aki.reading.naming import named
from qcore.tasks.aki.reading.patient_table import check_ids

_LIMITS = ("<", ">", "≤", "≥")
_ONCE = frozenset(("age_years", "weight_kg", "icu_type"))
"""Parameters that a column may give of a patient beside every measurement."""


def long_rows(table: Delimited) -> tuple[pd.DataFrame, dict[str, str], list[str]]:
    """Bring a long file into one layout.

    Returns:
        Rows with patient_id, time, parameter, value, unit and admission (where the file has it) as text, their line,
        and ``static`` for what columns say of a patient in every line; what the file calls these; and notes.

    Raises:
        UnreadableInput: no time, or an id that is missing or too long.
    """
    layout = long_columns(table.header)
    cells = {key: table.column(index) for key, index in layout.indices.items() if index is not None}
    columns = {"patient_id": ""} | {
        key: table.header[index] for key, index in layout.indices.items() if index is not None
    }
    notes: list[str] = []
    if "time" not in cells and "minutes" in cells:
        cells["time"], columns["time"] = cells["minutes"], columns["minutes"]
    else:
        columns.pop("minutes", None)
    if "time" not in cells:
        raise UnreadableInput("The header has no column time_h: add hours since the start of the stay.")
    if "date" in cells:
        cells["time"] = joined_dates(cells["date"], cells["time"]) or cells["time"]
    if "value" not in cells:
        cells["value"], columns["value"] = cells["number"], columns["number"]
    elif "number" in cells:
        # The text beside a number is a name for it ("Spontaneously"), or says that it is a limit.
        pairs = zip(cells["value"], cells["number"], strict=True)
        cells["value"] = [text if is_missing(number) or text.startswith(_LIMITS) else number for text, number in pairs]
    if "unit" in cells:
        cells["unit"] = ["" if is_missing(text) else text for text in cells["unit"]]
    _name_parameters(cells, columns, notes)
    count = len(table.rows)
    keys = ("patient_id", "time", "parameter", "value", "unit", "admission")
    blank = {"patient_id": "1", "unit": ""}
    kept = {key: cells.get(key, [blank[key]] * count if key in blank else None) for key in keys}
    rows = pd.DataFrame(
        {key: np.array(texts, dtype=object) for key, texts in kept.items() if texts is not None}, dtype=object
    )
    rows = rows.assign(line=table.lines, static=False)
    rows = _with_ids(table, layout, rows, columns, notes)
    return _with_static(table, layout, rows), columns, notes


def _name_parameters(cells: dict[str, list[str]], columns: dict[str, str], notes: list[str]) -> None:
    """Let a LOINC code say what a row measures; a label beside a code that is not known here says nothing."""
    if "loinc" not in cells:
        return
    if "parameter" not in cells:
        cells["parameter"], columns["parameter"] = cells["loinc"], columns["loinc"]
        return
    names: dict[tuple[str, str], str] = {}
    for label, text in set(zip(cells["parameter"], cells["loinc"], strict=True)):
        code = code_in(text)
        foreign = bool(code) and coded(code) is None and fact_of(label) is None
        names[label, text] = code if code and coded(code) else f"{label}, LOINC {code}" if foreign else label
        if foreign and _is_an_input(label):
            notes.append(
                f"{label} with the LOINC code {code} is not used: it is not one of serum, plasma or blood here."
            )
    cells["parameter"] = [names[pair] for pair in zip(cells["parameter"], cells["loinc"], strict=True)]


def _is_an_input(label: str) -> bool:
    try:
        meaning = named(label)
    except InvalidValue:
        return True
    return meaning is not None and bool(meaning.quantity.inputs)


def _with_ids(
    table: Delimited, layout: LongColumns, rows: pd.DataFrame, columns: dict[str, str], notes: list[str]
) -> pd.DataFrame:
    """Check the ids; rows without a stay, where people are told apart by another column, belong to none."""
    if layout["patient_id"] is None:
        return rows
    if layout.people:
        others = ", ".join(table.header[index] for index in layout.people)
        empty = np.array([is_missing(text) for text in rows["patient_id"]])
        left = f" Rows without one are not used: {int(empty.sum()):,}." if empty.any() else ""
        if not empty.all():
            notes.append(f"Patients are told apart by {columns['patient_id']}, not by {others}.{left}")
            rows = rows[~empty].reset_index(drop=True)
    check_ids(list(rows["patient_id"]), list(rows["line"]), columns["patient_id"])
    return rows


def _with_static(table: Delimited, layout: LongColumns, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what further columns say of a patient, once for everything that is said."""
    lines = {line: index for index, line in enumerate(table.lines)} if layout.unrecognised or layout.people else {}
    parts = [rows]
    for index in (*layout.unrecognised, *layout.people):
        header = table.header[index]
        if index not in layout.people and not _is_static(header):
            continue
        cells = table.column(index)
        values = np.array([cells[lines[line]] for line in rows["line"]], dtype=object)
        part = pd.DataFrame(
            {"patient_id": rows["patient_id"], "time": rows["time"], "value": values, "line": rows["line"]}
        )
        part = part[[not is_missing(text) for text in values]].drop_duplicates(["patient_id", "value"])
        named_by = f"{PERSON_HEADER}{header}" if index in layout.people else header
        parts.append(part.assign(parameter=named_by, unit="", static=True))
    if len(parts) == 1:
        return rows
    joined = pd.concat(parts, ignore_index=True)
    return joined.assign(admission=joined["admission"].fillna("")) if "admission" in joined else joined


def _is_static(header: str) -> bool:
    try:
        meaning = named(header)
    except InvalidValue:
        return False
    if meaning is not None and meaning.quantity.parameter in _ONCE:
        return meaning.qualifier in ("", "first")
    return fact_of(header) is not None
