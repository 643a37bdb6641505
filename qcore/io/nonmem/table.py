"""The text of a study's file to a table: comments above the header, columns apart by blanks, NONMEM's own tables."""

import re

from qcore.io.delimited import MAX_BYTES, Delimited, read_delimited

_ENDS = re.compile(r"(\r\n|\r|\n)")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_TABLE = re.compile(r"TABLE NO\.", re.IGNORECASE)
_MARKS = ("#", ";")
_WORD = re.compile(r'"[^"]*"|[^\s"]+')
_NUMBER = re.compile(r"[+-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?")
# Fewer words may be a name with blanks in it.
_FEWEST_WORDS = 3


def read_table(name: str, data: bytes) -> Delimited:
    """Read a file whose cells are separated by comma, semicolon, tab or blanks.

    Lines of comment above the header (``#``, ``;``), headings of NONMEM's tables (``TABLE NO.``) and a separator that
    ends every row and not the header are no part of the table.

    Args:
        name: file name; only its ending is used.
        data: the bytes: UTF-8, UTF-16 with its mark, or Latin-1.

    Raises:
        UnreadableInput: as for ``read_delimited``.
    """
    return read_delimited(name, _plain(data) if len(data) <= MAX_BYTES else data)


def _plain(data: bytes) -> bytes:
    """Return a table that ``read_delimited`` reads, its rows on the lines they stood on."""
    parts = _ENDS.split(_text(data))
    lines, ends = parts[::2], [*parts[1::2], ""]
    lines = _without_headings(_without_comments(lines))
    header = next((line for line in lines if line.strip()), "")
    if not set(header) & set(",;\t") and len(_WORD.findall(header)) >= _FEWEST_WORDS:
        lines = _with_row_names(["\t".join(_WORD.findall(line)) for line in lines])
    lines = _without_last_separator(lines)
    return "".join(line + end for line, end in zip(lines, ends, strict=True)).encode()


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-16" if data.startswith(_UTF16) else "utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _without_comments(lines: list[str]) -> list[str]:
    """Blank what stands above the header; a marked line right above numbers is the header, as in ``#ID,TIME``."""
    written = [position for position, line in enumerate(lines) if line.strip()]
    marked = next((count for count, position in enumerate(written) if not _is_marked(lines[position])), 0)
    if marked and any(_NUMBER.fullmatch(cell.strip(' "')) for cell in re.split(r"[,;\s]+", lines[written[marked]])):
        marked -= 1
    comments = set(written[:marked])
    return ["" if position in comments else line for position, line in enumerate(lines)]


def _is_marked(line: str) -> bool:
    # A semicolon may also end an empty name of a column.
    return line.lstrip().startswith(_MARKS) and not re.match(r"\s*;[^;]+;", line)


def _without_headings(lines: list[str]) -> list[str]:
    """Blank the headings of NONMEM's tables, and the names that stand again below each but the first."""
    if not any(_TABLE.match(line.strip()) for line in lines[:1]):
        return lines
    kept = ["" if _TABLE.match(line.strip()) else line for line in lines]
    position, header = next(((position, line) for position, line in enumerate(kept) if line.strip()), (0, ""))
    return ["" if number != position and line == header else line for number, line in enumerate(kept)]


def _with_row_names(lines: list[str]) -> list[str]:
    """Name the first column where R left it nameless: every row has a cell more than the header, and its own first."""
    cells = [line.split("\t") for line in lines if line]
    firsts = [row[0] for row in cells[1:]]
    if not firsts or len(set(firsts)) < len(firsts) or any(len(row) != len(cells[0]) + 1 for row in cells[1:]):
        return lines
    position = next(position for position, line in enumerate(lines) if line)
    return [*lines[:position], f"\t{lines[position]}", *lines[position + 1 :]]


def _without_last_separator(lines: list[str]) -> list[str]:
    """Cut the separator off the end of rows where it gives every row a cell more than the header."""
    written = [line.rstrip(" ") for line in lines if line.strip()]
    mark = written[1][-1] if written[1:] else ""
    ends = mark in (",", ";", "\t") and all(line[-1] == mark for line in written[1:])
    if not ends or any(line.count(mark) != written[0].count(mark) + 1 for line in written[1:]):
        return lines
    header = next(position for position, line in enumerate(lines) if line.strip())
    return [line if position <= header else line.rstrip(" ")[:-1] for position, line in enumerate(lines)]
