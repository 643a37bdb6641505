"""The files of an upload to records, in this process: `upload` does it in a child, where hostile files do no harm."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from qcore.errors import UnreadableInput
from qcore.io.archives import unpacked
from qcore.io.ecg.formats import xml
from qcore.io.ecg.formats.edf import read_edf
from qcore.io.ecg.formats.ishne import read_ishne
from qcore.io.ecg.formats.scp.reading import read_scp
from qcore.io.ecg.formats.table import CsvReading, read_table
from qcore.io.ecg.formats.wfdb.header import is_header, read_header
from qcore.io.ecg.formats.wfdb.reading import read_wfdb
from qcore.io.ecg.kinds import FileKind, kind_of
from qcore.io.ecg.limits import MAX_BYTES, MAX_FILES
from qcore.io.ecg.record import Ecg
from qcore.io.isolation.messages import File

_log = logging.getLogger(__name__)
DAMAGED = "The file is damaged in a way that is not known here. Export or download it again."


@dataclass(frozen=True, eq=False)
class Record:
    """A recording of an upload, or why there is none.

    Attributes:
        name: of its file; of a WFDB record, that of its header.
        ecg: what was read; None where it was refused.
        refusal: a sentence; empty where it was read.
    """

    name: str
    ecg: Ecg | None
    refusal: str = ""


def read_uploaded(files: Sequence[File], reading: CsvReading | None = None) -> list[Record]:
    """Read files, and what lies in ZIP archives among them; a WFDB header and what it names make one record.

    Args:
        files: names and bytes.
        reading: what tables do not say themselves.
    """
    unread: list[tuple[str, str]] = []
    found = {name.replace("\\", "/"): data for name, data in unpacked(files, unread, MAX_BYTES, MAX_FILES)}
    records = [Record(name, None, reason) for name, reason in unread]
    taken: set[str] = set()
    for name, data in found.items():
        if is_header(data):
            taken |= _named_by(name, data, found) - {name}
    for name, data in found.items():
        if name in taken:
            continue
        if is_header(data):
            near = {PurePosixPath(other).name: found[other] for other in _named_by(name, data, found)}
            records.append(_attempt(name, lambda data=data, near=near: read_wfdb(data, near)))  # type: ignore[misc] # bound now
        else:
            records.append(_attempt(name, lambda data=data: _read(data, reading)))  # type: ignore[misc] # bound now
    return records


def _named_by(name: str, header: bytes, files: dict[str, bytes]) -> set[str]:
    """Return the header and all files that it and its segments name, of those that are there."""
    folder = PurePosixPath(name).parent
    found = {name}
    try:
        head = read_header(header)
    except UnreadableInput:
        return found
    for segment, _ in head.segments:
        path = str(folder / f"{segment}.hea")
        if path in files:
            found.add(path)
            try:
                inner = read_header(files[path])
            except UnreadableInput:
                continue
            found |= {str(folder / file) for file in inner.files} & files.keys()
    # Annotations lie beside a record under its name, and are no recordings.
    stem = PurePosixPath(name).stem
    beside = {path for path in files if path != name and PurePosixPath(path).parent == folder
              and PurePosixPath(path).name.partition(".")[0] == stem and not is_header(files[path])
              and PurePosixPath(path).suffix in ANNOTATIONS}  # fmt: skip
    return found | {str(folder / file) for file in head.files} & files.keys() | beside


ANNOTATIONS = {".atr", ".qrs", ".ann", ".xyz", ".ecg", ".wqrs", ".apn", ".st", ".pu", ".man"}


def _read(data: bytes, reading: CsvReading | None) -> Ecg:
    kind = kind_of(data)
    if kind is FileKind.DICOM:
        # pydicom takes long to import, and most uploads hold none.
        from qcore.io.ecg.formats.dicom import read_dicom

        return read_dicom(data)
    if kind is FileKind.TEXT:
        return read_table(data, reading)
    return BINARY[kind](data)


BINARY: dict[FileKind, Callable[[bytes], Ecg]] = {
    FileKind.EDF: read_edf,
    FileKind.ISHNE: read_ishne,
    FileKind.SCP: read_scp,
    FileKind.XML: xml.read_xml,
}


def _attempt(name: str, read: Callable[[], Ecg]) -> Record:
    try:
        return Record(name, read())
    except UnreadableInput as error:
        return Record(name, None, str(error))
    except MemoryError:
        return Record(name, None, "The file needs more memory than a recording may.")
    except Exception:
        # Parsers meet what nobody foresaw, and one file must not hide the others.
        _log.exception("ecg.unforeseen")
        return Record(name, None, DAMAGED)
