"""Pasted text cut into entries of label, value and unit, before anything is understood."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from qcore.errors import InvalidValue
from qcore.io.numerals import readings
from qcore.tasks.aki.reading.age_and_sex import age_alone
from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.icu_names import types_named
from qcore.tasks.aki.reading.naming import named, named_without_unit
from qcore.tasks.aki.reading.vocabulary import UNIT_SPELLINGS

MAX_LINE_CHARACTERS = 300
# A label with commas in it is in few pieces, and the name of an ICU type follows few words.
_MAX_PIECES = 3
_MAX_LABEL_WORDS = 5
_ENDS = 2
"""Of a range of reference."""
_NUMBER = r"[<>≤≥]?\s?[-+−]?[0-9][0-9.,'’\u00a0\u202f]*"
_ENTRY = re.compile(rf"(?P<label>\S.*?)[\s:=]+(?P<value>{_NUMBER})\s*(?P<unit>[^0-9]*|/\s*15)")
_ARROW = re.compile(rf"(?P<label>\S.*?)[\s:=]+(?P<first>{_NUMBER})[^0-9]*?(?:->|→|=>)(?P<rest>.+)")
# "(0.6 - 1.2)" or "[ref < 1.2]" after a value.
_REFERENCE = re.compile(r"[(\[]\s*(?:ref\.?:?\s*)?[<>≤≥]?\s*[0-9][^()\[\]]*[)\]]\s*$", re.I)
# "645 mL in 24 h", "96 mL / 6h": the hours in which urine was collected.
_COLLECTED = re.compile(r"\s*(?:/|\b(?:in|per|over|pro))\s*(?P<hours>[0-9]{1,2})\s*(?:h|hr|hrs|hours?|std)\.?$", re.I)
_COMMA = re.compile(r",\s+(?=[^\W\d])")
# "(55)", "(1.9 mg/dL)": another value, no range of reference.
_BRACKETED = re.compile(r"[(\[]\s*(?P<value>[0-9][0-9.,]*)\s*(?P<unit>[^0-9()\[\]]*)[)\]]\s*$")
# No hours ("last 6h"), no time of day (08:30), and not the 15 of a score (14/15).
_VALUE = re.compile(
    rf"(?<![\w.,:])(?!(?<=/)\s?15\b){_NUMBER}(?!:?[0-9])(?!\s?(?:h|hr|hrs|hours?|std)\b)", re.IGNORECASE
)
_BETWEEN = " \t/,;:=|-–("


@dataclass(frozen=True)
class Entry:
    """One pasted value, all text as written; ``line`` is what a message shows.

    Attributes:
        line: that it stands on, or its part of it.
        label: what it is called.
        value: a number or a name, empty where there is none.
        unit: behind the value, empty where there is none.
        also: further values and their units under the same label.
    """

    line: str
    label: str
    value: str
    unit: str
    also: tuple[tuple[str, str], ...] = ()


def entries(text: str) -> list[Entry]:
    """Cut a text into entries; one without a value has it empty.

    Raises:
        InvalidValue: a header with several lines of values below it.
    """
    lines = [line.strip("\r\n") for line in text.splitlines() if line.strip()]
    table = _below_header(lines)
    if table:
        return table
    return [entry for line in lines for entry in _line_entries(line)]


def _below_header(lines: list[str]) -> list[Entry]:
    """Read a header and one line of values; empty if the text is something else."""
    if len(lines) < 2:
        return []
    delimiter = next((sign for sign in "\t;," if sign in lines[0]), ",")
    header, *rows = (list(cells) for cells in csv.reader(lines, delimiter=delimiter))
    if any(readings(cell, decimal_comma=False) for cell in header):
        return []
    if sum(_names_something(cell) for cell in header) < 2:
        return []
    if len(rows) != 1:
        raise InvalidValue("There are several lines below a header: paste one patient, or upload.")
    if len(rows[0]) != len(header):
        raise InvalidValue(f"The header has {len(header)} columns and the line below it {len(rows[0])}: paste again.")
    pairs = zip(header, rows[0], strict=True)
    return [Entry(f"{label}: {value}", label, value.strip(), "") for label, value in pairs]


def _names_something(cell: str) -> bool:
    try:
        return named(cell) is not None
    except InvalidValue:
        return True


def _line_entries(line: str) -> Iterator[Entry]:
    """Entries of one line: "Age 65, weight 80 kg" holds two, "Creatinine, last 1.9" one."""
    if len(line) > MAX_LINE_CHARACTERS:
        yield Entry(line[:MAX_LINE_CHARACTERS] + "…", "", "", "")
        return
    if "\t" in line:
        label, *cells = (cell.strip() for cell in line.split("\t") if cell.strip())
        # Further columns are flags and reference ranges, in one column or in two; any other number is a value.
        further = [cell for cell in cells[2:] if readings(cell, decimal_comma=True)]
        line = f"{label}: {' '.join([*cells[:2], *([] if len(further) == _ENDS else further)])}"
    for part in filter(str.strip, line.split(";")):
        yield from _comma_separated(part)


def _comma_separated(part: str) -> Iterator[Entry]:
    """A comma ends an entry once there is a value; before that it belongs to the label."""
    waiting = before = ""
    count = 0
    for piece in _COMMA.split(part.strip()):
        waiting, count = f"{waiting}, {piece}" if waiting else piece, count + 1
        read_entries = [replace(each, label=_whole_name(each.label, before)) for each in _read(waiting)]
        if read_entries or count == _MAX_PIECES:
            yield from read_entries or [Entry(waiting, waiting, "", "")]
            before = read_entries[-1].label if read_entries else before
            waiting, count = "", 0
    if waiting:
        yield Entry(waiting, waiting, "", "")


def _read(text: str) -> list[Entry]:
    bracketed = _BRACKETED.search(text)
    if bracketed:
        return [
            replace(each, line=text, also=(*each.also, (bracketed["value"].strip(" .,"), bracketed["unit"].strip())))
            for each in _read(text[: bracketed.start()])
        ]
    plain = _REFERENCE.sub("", text).strip().rstrip(".,")
    alone = age_alone(plain)
    if alone:
        return [Entry(text, "age", *alone)]
    arrow = _ARROW.fullmatch(plain)
    if arrow:
        last = _ENTRY.fullmatch(f"{arrow['label']}: {arrow['rest']}")
        if last:
            label, unit = arrow["label"], last["unit"].strip()
            values = (arrow["first"], last["value"])
            return [Entry(text, label, value.strip(" .,"), unit) for value in values]
    collected = _COLLECTED.search(plain)
    match = _ENTRY.fullmatch(plain[: collected.start()] if collected else plain)
    several = [] if match and _names_something(match["label"]) else _several(plain)
    if several:
        return several
    if match:
        value, unit = match["value"].strip(" .,"), match["unit"].strip()
        label = f"{match['label']} {collected['hours']}h" if collected else match["label"]
        return [Entry(text, label, value, unit)]
    words = re.split(r"[\s:=]+", plain)
    for count in range(1, min(len(words), _MAX_LABEL_WORDS)):
        label, name = " ".join(words[:count]), " ".join(words[count:])
        if types_named(name) and _names_something(label):
            return [Entry(text, label, name, "")]
    return []


def _several(text: str) -> list[Entry]:
    """Read several numbers of one line, each with its name ("BUN 45 weight 80 kg") or under that of the one before.

    Nothing where no name among them is known.
    """
    numbers = list(_VALUE.finditer(text))
    label = text[: numbers[0].start()].strip(_BETWEEN) if len(numbers) > 1 else ""
    if not label:
        return []
    found: list[Entry] = []
    start = 0
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        end = following.start() if following else len(text)
        between = text[number.end() : end]
        unit, name = _unit_and_name(between) if following else (between, "")
        value = number.group().strip(" .,"), unit.strip(f"{_BETWEEN})")
        if label:
            found.append(Entry(text[start : end - len(name)].strip(_BETWEEN), label, *value))
        else:
            found[-1] = replace(found[-1], line=text, also=(*found[-1].also, value))
        label, start = _whole_name(name.strip(_BETWEEN), found[-1].label), end - len(name)
    return found if any(map(_names_something, (each.label for each in found))) else []


def _unit_and_name(between: str) -> tuple[str, str]:
    """Divide what stands between two numbers into the unit of the first and the name of the second; each may be ""."""
    ends = [word.end() for word in re.finditer(r"\S+", between)]
    for end in reversed(ends):
        if folded(between[:end]) in UNIT_SPELLINGS or not between[:end].strip(_BETWEEN):
            return between[:end], between[end:]
    return "", between


def _whole_name(name: str, before: str) -> str:
    """Return a name; where it only says which value of the day, as "last" does, with that of the value before it."""
    meaning = named_without_unit(before)
    if not name or meaning is None or _names_something(name):
        return name
    whole = f"{meaning.quantity.name} {name}"
    return whole if _names_something(whole) else name
