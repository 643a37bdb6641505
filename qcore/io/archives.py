"""The files of an upload, and those in ZIP archives among them, one level deep and within limits."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from qcore.errors import UnreadableInput
from qcore.io.isolation.messages import File


def is_zip(data: bytes) -> bool:
    """Tell whether a file is a ZIP archive, be it an empty one."""
    return data[:4] in {b"PK\x03\x04", b"PK\x05\x06"}


def unpacked(files: Sequence[File], unread: list[tuple[str, str]], max_bytes: int, max_files: int) -> Iterator[File]:
    """Return the files, and those inside archives; hidden files are passed over.

    Args:
        files: names and bytes.
        unread: receives the names of what is passed over, each with a sentence.
        max_bytes: of all archives together, unpacked.
        max_files: in one archive.
    """
    left = max_bytes
    for name, data in files:
        if not is_zip(data):
            yield name, data
            continue
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in _entries(archive, max_files):
                    content = _extracted(archive, entry, left, max_bytes)
                    left -= len(content)
                    if is_zip(content):
                        unread.append((entry.filename, "Archives inside an archive are not opened."))
                    else:
                        yield entry.filename, content
        except UnreadableInput as error:
            unread.append((name, str(error)))
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, ValueError):
            unread.append((name, "The archive is damaged or cut off. Pack or download it again."))
        except RuntimeError:
            unread.append((name, "The archive is locked by a password. Unpack it first."))


def _entries(archive: zipfile.ZipFile, max_files: int) -> list[zipfile.ZipInfo]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
    if len(entries) > max_files:
        raise UnreadableInput(f"The archive holds more than {max_files:,} files.")
    return entries


def _extracted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, max_bytes: int) -> bytes:
    with archive.open(entry) as stream:
        content = stream.read(left + 1)
    if len(content) > left:
        raise UnreadableInput(f"Unpacked, the archive is larger than {max_bytes // 1_000_000} MB.")
    return content


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.split("/")) or name.endswith("DICOMDIR")
