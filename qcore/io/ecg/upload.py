"""The front door: files of electrocardiograms to records, parsed in a child process with limits of memory and time."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from qcore.errors import UnreadableInput
from qcore.io.ecg import wire
from qcore.io.ecg.formats.table import CsvReading
from qcore.io.ecg.formats.wfdb.header import MAX_HEADER_BYTES, Header, is_header, read_header
from qcore.io.ecg.limits import MAX_BYTES, MAX_FILES
from qcore.io.ecg.record import Ecg
from qcore.io.ecg.uploaded import Record
from qcore.io.isolation.child import PATIENCE_S, Child
from qcore.io.isolation.messages import File

TOO_MUCH = f"At most {MAX_FILES:,} files and {MAX_BYTES // 1_000_000} MB are read at a time."


class EcgReader(Child):
    """Reads uploads one after another in one child process, which is replaced after a file that broke it.

    A context manager: the child ends with it.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        super().__init__("qcore.io.ecg.child", patience_s)

    def read(self, files: Sequence[File], reading: CsvReading | None = None) -> list[Record]:
        """Read one upload: files that may belong together.

        Args:
            files: names and bytes.
            reading: what tables do not say themselves: rate, unit, leads.

        Returns:
            A record, or a sentence why there is none, for every file or group of files.

        Raises:
            UnreadableInput: too much, or more than the limits of the child.
        """
        if sum(len(data) for _, data in files) > MAX_BYTES or len(files) > MAX_FILES:
            raise UnreadableInput(TOO_MUCH)
        return wire.to_records(self.ask(wire.from_request(files, reading)))

    def read_one(self, path: Path) -> Ecg:
        """Read one recording, with the files that its header names if it is of the WFDB format.

        Args:
            path: of the file; of a WFDB record its bare name does.

        Raises:
            UnreadableInput: it is not there, cannot be read, or is not one recording.
        """
        (file,) = _files(path)
        if not file.is_file():
            raise UnreadableInput(f"There is no recording at {path}.")
        records = self.read([(each.name, each.read_bytes()) for each in _group(file)])
        found = [record.ecg for record in records if record.ecg is not None]
        if len(found) != 1:
            refusal = next((record.refusal for record in records if record.refusal), "")
            raise UnreadableInput(refusal or f"{path} holds {len(found)} recordings: one is wanted.")
        return found[0]


def read_ecg(files: Sequence[File], reading: CsvReading | None = None) -> list[Record]:
    """Read one upload in a child process of its own; see `EcgReader.read`."""
    with EcgReader() as reader:
        return reader.read(files, reading)


def read_paths(paths: Sequence[Path], reading: CsvReading | None = None) -> Iterator[Record]:
    """Read files and folders one after another; what a WFDB header names is taken from its folder.

    Args:
        paths: of files, or of folders whose files are read, those in folders inside too. The samples or the bare name
            of a WFDB record stand for its header.
        reading: what tables do not say themselves.

    Returns:
        Records as they are read, named by the path of their file.
    """
    done: set[Path] = set()
    with EcgReader() as reader:
        for path in (file for given in paths for file in _files(given)):
            if path in done:
                continue
            group = _group(path)
            done |= set(group)
            try:
                records = reader.read([(file.name, file.read_bytes()) for file in group], reading)
            except UnreadableInput as error:
                records = [Record(path.name, None, str(error))]
            for record in records:
                own = next((file for file in group if file.name == record.name), path)
                yield Record(str(own) if len(group) > 1 or own.name == record.name else f"{path}: {record.name}",
                             record.ecg, record.refusal)  # fmt: skip


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        inside = [file for file in sorted(path.rglob("*")) if file.is_file() and not file.name.startswith(".")]
        # Records of several segments first: they take their segments' headers with them.
        return sorted(inside, key=lambda file: _rank(file))
    header = path.with_name(f"{path.name}.hea") if not path.exists() else path.with_suffix(".hea")
    return [header if header.exists() else path]


def _rank(path: Path) -> int:
    head = _header(path)
    return 2 if head is None else 0 if head.segments else 1


def _header(path: Path) -> Header | None:
    if not path.is_file() or path.stat().st_size > MAX_HEADER_BYTES:
        return None
    with path.open("rb") as stream:
        if not is_header(stream.read(5000)):
            return None
    try:
        return read_header(path.read_bytes())
    except UnreadableInput:
        return None


def _group(path: Path) -> list[Path]:
    """Return a file, and those that it names if it is the header of a WFDB record, and that lie in its folder."""
    head = _header(path)
    if head is None:
        return [path]
    names = list(head.files)
    for segment, _ in head.segments:
        inner = _header(path.with_name(f"{Path(segment).name}.hea"))
        names += [f"{segment}.hea", *(inner.files if inner else ())]
    # A header cannot reach out of its folder.
    near = [path.with_name(name) for name in dict.fromkeys(names) if name not in ("", "~") and Path(name).name == name]
    return [path, *(file for file in near if file.is_file())]
