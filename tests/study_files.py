"""Small PK/PD data files, read line by line: what a test says of a file is all that is in it."""

from collections.abc import Sequence

from qcore.io.nonmem.columns.roles import parse_roles
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.study import Doses, Observations


def read(header: str, *rows: str, say: Sequence[str] = (), options: Options | None = None) -> ReadStudy:
    return read_study("study.csv", "\n".join([header, *rows]).encode(), parse_roles(say), options)


def doses_of(header: str, *rows: str, options: Options | None = None) -> Doses:
    """Doses of the one subject of a file, to which a late sample is added."""
    sample = ",".join({"ID": "1", "TIME": "900", "DV": "1", "CMT": "2"}.get(name, "0") for name in header.split(","))
    (subject,) = read(header, *rows, sample, options=options).study.subjects
    return subject.doses


def observed(header: str, *rows: str, options: Options | None = None) -> Observations:
    (subject,) = read(header, *rows, options=options).study.subjects
    return subject.observations


def noted(found: ReadStudy, text: str) -> bool:
    return any(text in note for note in map(str, found.notes))
