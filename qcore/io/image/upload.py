"""The files of an upload to series, in this process: `isolated` runs it in a child, where hostile files do no harm."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from qcore.errors import UnreadableInput
from qcore.io.archives import unpacked
from qcore.io.image.dicom import Frame, frames_of
from qcore.io.image.kinds import FileKind, kind_of
from qcore.io.image.limits import MAX_BYTES, MAX_FILES, MAX_PIXELS
from qcore.io.image.nifti import read_nifti
from qcore.io.image.raster import read_raster
from qcore.io.image.series import Series
from qcore.io.image.stacks import stacked
from qcore.io.isolation.messages import File

_log = logging.getLogger(__name__)
OWN_SERIES = {FileKind.NIFTI: read_nifti, FileKind.RASTER: read_raster}


@dataclass(frozen=True, eq=False)
class Upload:
    """What was in an upload.

    Attributes:
        series: the images, those of the most slices first.
        names: file of each series; of several files, the first.
        unread: files that were passed over, each with a sentence.
    """

    series: tuple[Series, ...]
    names: tuple[str, ...]
    unread: tuple[tuple[str, str], ...]


def read_upload(files: Sequence[File]) -> Upload:
    """Read files, and what lies in ZIP archives among them; DICOM files make up series, whatever their order.

    Args:
        files: names and bytes.

    Raises:
        UnreadableInput: no image among them; of a single file, the reason.
    """
    found: list[tuple[Series, str]] = []
    frames: list[Frame] = []
    sources: dict[str, str] = {}
    unread: list[tuple[str, str]] = []
    n_pixels = 0
    for name, data in unpacked(files, unread, MAX_BYTES, MAX_FILES):
        try:
            kind = kind_of(data)
            if kind is FileKind.DICOM:
                several = frames_of(data)
                frames += several
                sources |= {frame.series: name for frame in several if frame.series not in sources}
                n_pixels += sum(frame.pixels.size for frame in several)
            else:
                series = OWN_SERIES[kind](data)
                found += [(one, name) for one in series]
                n_pixels += sum(one.pixels.size for one in series)
        except UnreadableInput as error:
            unread.append((name, str(error)))
        except MemoryError:
            unread.append((name, "The file needs more memory than an image may."))
        except Exception:
            # Decoders raise what they like, and one file must not hide the others.
            _log.exception("image.unforeseen")
            unread.append((name, "The file is damaged in a way that is not known here. Export or download it again."))
        if n_pixels > MAX_PIXELS:
            raise UnreadableInput(f"Together the images hold more than {MAX_PIXELS // 1_000_000} million pixels.")
    for key, name in sources.items():
        found += [(series, name) for series in stacked([frame for frame in frames if frame.series == key])]
    if not found:
        raise UnreadableInput(_reason(unread))
    found.sort(key=lambda pair: len(pair[0]), reverse=True)
    return Upload(tuple(series for series, _ in found), tuple(name for _, name in found), tuple(unread))


def _reason(unread: Sequence[tuple[str, str]]) -> str:
    if len(unread) == 1:
        return unread[0][1]
    if not unread:
        return "There is no image in it."
    return f"None of {len(unread)} files is an image that can be read. The first, {unread[0][0]}: {unread[0][1]}"
