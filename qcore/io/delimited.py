"""Hostile bytes to rows of text: a delimited file with a header, every row with its line number."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import PurePath

from qcore.errors import UnreadableInput
from qcore.io.numerals import has_decimal_comma, readings

MAX_BYTES = 20_000_000
MAX_COLUMNS = 500
_EMPTY = "The file is empty: it needs a header and rows below it."
# Excel writes and reads this first line; it still counts as a line.
_SEPARATOR_HINT = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
_CONTROL = bytes(set(range(32)) - set(b"\t\r\n"))
_MAGIC = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x1f\x8b", "a compressed file"),
    (b"%PDF", "a PDF"),
    (b"\xff\xfe", "UTF-16 text"),
    (b"\xfe\xff", "UTF-16 text"),
    (b"<", "a web page or XML"),
)
_SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Delimited:
    """A table of text cells with a header, and the line of the file on which each row starts.

    Attributes:
        header: column names as written.
        rows: cells, each row as long as the header.
        lines: line on which each row starts, as a text editor counts it.
        decimal_comma: numbers in it use the decimal comma.
    """

    header: tuple[str, ...]
    rows: list[list[str]]
    lines: list[int]
    decimal_comma: bool

    def column(self, position: int) -> list[str]:
        """Return the cells of a column, without blanks around them."""
        return [row[position].strip() for row in self.rows]


def read_delimited(name: str, data: bytes) -> Delimited:
    """Read a file whose cells are separated by comma, semicolon or tab.

    Args:
        name: file name; only its ending is used.
        data: the bytes as uploaded, UTF-8 (with or without BOM) or Latin-1.

    Raises:
        UnreadableInput: too large, empty, not text, ragged, or with a formula in a cell.
    """
    text = _decoded(name, data)
    hint = _SEPARATOR_HINT.match(text)
    delimiter = hint.group(1) if hint else _delimiter(text)
    records, lines = _records(text, delimiter)
    if hint:
        records, lines = records[1:], lines[1:]
    if not records:
        raise UnreadableInput(_EMPTY)
    header = tuple(cell.strip() for cell in records[0])
    _check_header(header, lines[0])
    _check_records(header, records, lines, may_hold_formulas="=" in text or "@" in text)
    if len(records) == 1:
        raise UnreadableInput("The file has a header and no rows below it.")
    # In a comma-separated file a number with a comma stands in quotation marks.
    decimal_comma = delimiter != "," and has_decimal_comma(text)
    return Delimited(header, records[1:], lines[1:], decimal_comma)


def _delimiter(text: str) -> str:
    """Tab or semicolon where the header has one: a comma may then be part of a name or number."""
    header = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    return "\t" if "\t" in header else ";" if ";" in header else ","


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise UnreadableInput(
            f"The file has {len(data) / 1e6:.0f} MB, the limit is {MAX_BYTES / 1e6:.0f} MB: split it."
        )
    for magic, kind in _MAGIC:
        if data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(magic) or data.startswith(magic):
            raise UnreadableInput(f"The file is {kind}: save the table as CSV (UTF-8) instead.")
    if not data.strip(b"\xef\xbb\xbf \r\n\t,;"):
        raise UnreadableInput(_EMPTY)
    if len(data.translate(None, _CONTROL)) != len(data):
        raise UnreadableInput("The file is not plain text: save the table as CSV (UTF-8) instead.")
    if PurePath(name).suffix.lower() in {".xls", ".xlsx", ".ods", ".html", ".htm", ".json", ".xml"}:
        raise UnreadableInput("Only CSV or tab-separated text is read: save the table as CSV.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _records(text: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    """Rows that are not blank, and the line on which each starts."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    lines: list[int] = []
    start = 1
    try:
        for record in reader:
            if record and (record[0].strip() or any(map(str.strip, record))):
                records.append(record)
                lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableInput(
            f"Line {start} has a quotation mark that is not closed or misplaced: correct it."
        ) from error
    return records, lines


def _check_header(header: tuple[str, ...], line: int) -> None:
    if len(header) > MAX_COLUMNS:
        raise UnreadableInput(f"Line {line} has {len(header)} columns, at most {MAX_COLUMNS} are read.")
    folded = [cell.lower() for cell in header if cell]
    twice = next((cell for cell in folded if folded.count(cell) > 1), None)
    numbers = sum(bool(readings(cell, decimal_comma=False)) for cell in folded)
    if (twice and 2 * numbers >= len(folded)) or 1 < numbers == len([cell for cell in folded if cell != "."]):
        raise UnreadableInput(
            f"Line {line} holds numbers where names of columns are expected: the file seems to have no header. Add a "
            "line above it that names each column."
        )
    if twice:
        raise UnreadableInput(f"Line {line}: the column {shortened(twice)} is there twice, remove one.")


def _check_records(
    header: tuple[str, ...], records: list[list[str]], lines: list[int], *, may_hold_formulas: bool
) -> None:
    width = len(header)
    for record, line in zip(records, lines, strict=True):
        if len(record) != width:
            cells = "1 cell" if len(record) == 1 else f"{len(record)} cells"
            raise UnreadableInput(f"Line {line} has {cells} and the header has {width}: correct the line.")
        if may_hold_formulas:
            _check_formulas(header, record, line)


def _check_formulas(header: tuple[str, ...], record: list[str], line: int) -> None:
    for column, cell in zip(header, record, strict=True):
        # Such a cell runs as a command when the table is opened in a spreadsheet.
        if cell[:1] in ("=", "@") or (cell[:1].isspace() and cell.lstrip()[:1] in ("=", "@")):
            raise UnreadableInput(
                f"Line {line}, column {shortened(column)}: the cell holds a formula, {shortened(cell)}. "
                "Save values, not formulas."
            )


def shortened(text: str) -> str:
    """Quote a cell for a sentence, cut to a length that fits one line."""
    text = text.strip()
    return repr(text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "…")
