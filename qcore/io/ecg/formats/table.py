"""Tables of voltages as text: rate, unit and leads are found where the file states them, and asked for where not."""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg.channels import Channel, assembled
from qcore.io.ecg.formats.table_columns import SECONDS, Column, columns_of
from qcore.io.ecg.leads import lead_name
from qcore.io.ecg.limits import MAX_LEADS, check_rate, check_size
from qcore.io.ecg.record import Ecg, Stated
from qcore.io.ecg.units import microvolts

PREAMBLE_LINES = 60
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?$|nan$|$", re.IGNORECASE)
_RATE = re.compile(
    r"(?i)(?:sampl\w*|abtast\w*|frequen\w*|fréquence\w*|rate)[^0-9\n]*?(\d[\d.,]*)\s*(?:hz|hertz|sps)?\b"
)
_UNIT = re.compile(r"(?i)^\s*\W*(?:unit|units|einheit|unité|unidad)\W+\s*(\S+?)\W*$")
_LEAD = re.compile(r"(?i)^\s*\W*(?:lead|ableitung|dérivation|derivación)\W+\s*(.+?)\W*$")
_FILTERED = re.compile(r"(?i)^\s*device\W+\s*(.+?)\W*$")


@dataclass(frozen=True)
class CsvReading:
    """What a person says of a table that does not say it itself.

    Attributes:
        rate_hz: samples a second.
        unit: of the voltages: ``µV``, ``mV`` or ``V``.
        leads: name of the lead of each column, by the column's name or, where there is no header, ``column 1`` and on;
            columns that are not named are left out. Empty: all columns, as they are called.
    """

    rate_hz: float | None = None
    unit: str = ""
    leads: tuple[tuple[str, str], ...] = ()


def read_table(data: bytes, reading: CsvReading | None = None) -> Ecg:
    """Return a table of voltages as a recording.

    Args:
        data: text with commas, semicolons or tabs between columns and a point or a comma in numbers.
        reading: what the file does not say itself; it goes before what the file says.

    Raises:
        UnreadableInput: it is no table of numbers, or says too little; the sentence says what to state.
    """
    reading = reading or CsvReading()
    text = _decoded(data)
    lines = text.splitlines()
    start, separator, comma = _layout(lines)
    before = lines[:start]
    header = _header(before, separator)
    values = _numbers(lines, start, separator, comma)
    if header is not None and len(header) != values.shape[1]:
        header = None
    said = before if header is None else before[:-1]
    named = columns_of(header) if header else [Column(k, f"column {k + 1}", "") for k in range(values.shape[1])]
    time = next((column for column in named if column.is_time), None)
    leads = _leads([column for column in named if column is not time and not column.is_count], said, reading)
    rate_hz, times = _rate(values, time, said, reading)
    units = [reading.unit or column.unit or _stated(_UNIT, said) for column, _ in leads]
    scales = [microvolts(unit) for unit in units]
    if any(scale is None for scale in scales):
        unknown = ", ".join(name for (_, name), scale in zip(leads, scales, strict=True) if scale is None)
        raise UnreadableInput(f"The table does not say in which unit {unknown} is: state µV, mV or V.")
    where = None if times is None else np.round((times - times[0]) * rate_hz).astype(np.int64)
    length = len(values) if where is None else int(where[-1]) + 1
    check_size(len(leads), length)
    channels = []
    for (column, name), scale in zip(leads, scales, strict=True):
        own = (values[:, column.position] * (scale or 1.0)).astype(np.float32)
        row = np.full(length, np.nan, np.float32)
        row[slice(None) if where is None else where] = own
        channels.append(Channel(name, row, rate_hz))
    return assembled(channels, "CSV", stated=Stated(device=_stated(_FILTERED, said)))


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _layout(lines: Sequence[str]) -> tuple[int, str, bool]:
    """Return the first line of numbers, what separates columns, and whether numbers have a decimal comma."""
    for start in range(min(len(lines), PREAMBLE_LINES)):
        probe = [line for line in lines[start : start + 5] if line.strip()]
        above = lines[start - 1] if start else ""
        for separator in ("\t", ";", ",", " "):
            rows = [_cells(line, separator) for line in probe]
            width = len(rows[0]) if rows else 0
            # 1,5 alone is one number, not two, unless the line above names two columns.
            one_number = separator == "," and width == 2 and above and len(_cells(above, separator)) != width
            same = len(probe) >= 2 and width > 1 and {len(row) for row in rows} == {width}
            if same and not one_number and all(map(_are_numbers, rows)):
                return start, separator, separator != "," and any("," in line for line in lines[start : start + 2000])
        if len(probe) >= 2 and all(_are_numbers([line.strip()]) for line in probe):
            return start, ";", any("," in line for line in lines[start : start + 2000])
    raise UnreadableInput(
        "The file is no format of electrocardiograms that is known here, and no table of numbers either."
    )


def _cells(line: str, separator: str | None) -> list[str]:
    return [cell.strip().strip('"') for cell in line.strip("\r\n").split(separator if separator != " " else None)]


def _are_numbers(cells: Sequence[str]) -> bool:
    return any(cells) and all(_NUMBER.match(cell) for cell in cells)


def _header(before: Sequence[str], separator: str) -> list[str] | None:
    """Return the names of the columns, from the line above the numbers, if that is one of names."""
    if not before or not before[-1].strip():
        return None
    cells = _cells(before[-1].lstrip("#% "), separator)
    # A lone column has a header only where it is not one of the lines that describe the recording.
    if len(cells) == 1 and (":" in cells[0] or _UNIT.match(cells[0]) or _LEAD.match(cells[0])):
        return None
    return cells


def _numbers(lines: Sequence[str], start: int, separator: str, comma: bool) -> NDArray[np.float64]:
    try:
        frame = pd.read_csv(
            io.StringIO("\n".join(lines[start:])),
            sep=r"\s+" if separator == " " else separator,
            decimal="," if comma else ".",
            header=None,
            skip_blank_lines=True,
            dtype=np.float64,
            quotechar='"',
        )
    except (ValueError, pd.errors.ParserError, OverflowError) as error:
        raise UnreadableInput("Some rows of the table hold something else than numbers: correct them.") from error
    values = frame.to_numpy()
    check_size(min(values.shape[1], MAX_LEADS), len(values))
    return values


def _leads(columns: Sequence[Column], said: Sequence[str], reading: CsvReading) -> list[tuple[Column, str]]:
    if reading.leads:
        by_name = {column.name: column for column in columns}
        missing = [name for name, _ in reading.leads if name not in by_name]
        if missing:
            raise UnreadableInput(f"The table has no column {missing[0]!r}: it has {', '.join(list(by_name)[:20])}.")
        return [(by_name[name], lead) for name, lead in reading.leads]
    if not columns:
        raise UnreadableInput("The table has a column of times and no column of voltages.")
    unnamed = [column.name for column in columns if column.name.startswith("column ")]
    if unnamed and len(columns) == 1 and (stated := _stated(_LEAD, said)):
        return [(columns[0], stated)]
    if unnamed:
        raise UnreadableInput(
            f"The table does not say which lead is in which of its {len(columns)} columns: state the lead of each."
        )
    return [(column, lead_name(column.name)) for column in columns]


def _rate(
    values: NDArray[np.float64], time: Column | None, said: Sequence[str], reading: CsvReading
) -> tuple[float, NDArray[np.float64] | None]:
    """Return samples a second, and when each was taken where a column says so and times are missing between."""
    times = None
    if time is not None:
        scale = SECONDS.get(time.unit.lower())
        steps = np.diff(values[:, time.position])
        if steps.size and np.all(np.isfinite(steps)) and np.all(steps > 0):
            if scale is None and reading.rate_hz is None:
                raise UnreadableInput(
                    f"The table does not say in which unit its column {time.name!r} is: state the samples a second."
                )
            # Rounded times jitter, so the rate is that of the whole stretch without its gaps.
            step = float(np.median(steps))
            regular = steps[np.abs(steps - step) < step * 0.75]
            rate_hz = reading.rate_hz or 1 / (float(regular.mean()) * (scale or 1.0))
            near = round(rate_hz)
            if reading.rate_hz is None and near and abs(rate_hz - near) < 1e-4 * near:
                rate_hz = float(near)
            times = values[:, time.position] * (1 / (float(regular.mean()) * rate_hz))
            return check_rate(rate_hz), times if regular.size < steps.size else None
    stated = _stated(_RATE, said).replace(",", ".") if reading.rate_hz is None else ""
    try:
        rate = reading.rate_hz if reading.rate_hz is not None else float(stated)
    except ValueError as error:
        raise UnreadableInput(
            "The table does not say how many samples a second it has: state the rate in Hz."
        ) from error
    return check_rate(rate), None


def _stated(pattern: re.Pattern[str], lines: Sequence[str]) -> str:
    """Return what the lines above the table say; of a rate, the number alone."""
    for line in lines:
        found = pattern.search(line)
        if found:
            return found[1].strip().strip('"')
    return ""
