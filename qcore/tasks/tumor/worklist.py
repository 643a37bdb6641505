"""Many images at once: files to series, series to answers, in the order of the files, and nobody is lost."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from qcore.backends.protocol import Backend
from qcore.errors import MissingAsset, UnreadableInput
from qcore.io.image.isolated import ImageReader
from qcore.io.image.kinds import FileKind, kind_of
from qcore.io.image.limits import MAX_BYTES, MAX_FILES
from qcore.io.image.series import Series
from qcore.io.isolation.messages import File
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import Answer, answers, preparation
from qcore.tasks.tumor.known import refusal
from qcore.tasks.tumor.looked import Looked, look_at_all

PICTURES_A_READ = 32
HEADER_BYTES = 1024


@dataclass(frozen=True, eq=False)
class Item:
    """A series, or a file that is none.

    Attributes:
        file: where it lies; of several files, the first.
        answer: what the model says; None where it was refused.
        slice: number, in the series, of the slice that the answer rests on, from 0.
        rejected: why there is no answer, a sentence; empty where there is one.
        series: number of the series among those that begin in this file, from 1.
    """

    file: str
    answer: Answer | None = None
    slice: int = 0
    rejected: str = ""
    series: int = 1


def read_at_once(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """Return files in groups that are read together: all DICOM files of a folder, which may be one series, or others.

    Args:
        paths: files, and folders with everything in them.

    Raises:
        MissingAsset: there is nothing at a path.
    """
    dicom: dict[Path, list[Path]] = {}
    others: list[Path] = []
    for file in _files(paths):
        if _is_dicom(file):
            dicom.setdefault(file.parent, []).append(file)
        else:
            others.append(file)
    for several in dicom.values():
        yield from _limited(several, MAX_FILES)
    yield from _limited(others, PICTURES_A_READ)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith("."))
        elif path.is_file():
            yield path
        else:
            raise MissingAsset(f"There is nothing at {path}.")


def _is_dicom(file: Path) -> bool:
    with file.open("rb") as opened:
        try:
            return kind_of(opened.read(HEADER_BYTES)) is FileKind.DICOM
        except UnreadableInput:
            return False


def _limited(files: Sequence[Path], most: int) -> Iterator[list[Path]]:
    """Return groups of no more files and bytes than are read at a time; a file that is too large stands alone."""
    group: list[Path] = []
    n_bytes = 0
    for file in files:
        size = file.stat().st_size
        if group and (len(group) == most or n_bytes + size > MAX_BYTES):
            yield group
            group, n_bytes = [], 0
        group.append(file)
        n_bytes += size
    if group:
        yield group


def from_paths(paths: Iterable[Path], model: Model, backend: Backend) -> Iterator[Item]:
    """Answer for every series in files and folders.

    Args:
        paths: files, and folders with everything in them.
        model: trained.
        backend: where the circuit runs.

    Raises:
        MissingAsset: there is nothing at a path.
    """
    with ImageReader() as reader:
        for group in read_at_once(paths):
            files = [(os.fspath(file), file.read_bytes()) for file in group]
            yield from from_files(files, model, backend, reader)


def from_files(files: Sequence[File], model: Model, backend: Backend, reader: ImageReader) -> Iterator[Item]:
    """Answer for every series in files that are read together.

    Args:
        files: names and bytes.
        model: trained.
        backend: where the circuit runs.
        reader: parses them in a process of its own.
    """
    try:
        upload = reader.read(files)
    except UnreadableInput as error:
        if len(files) == 1:
            yield Item(files[0][0], rejected=str(error))
            return
        # One file may have broken the process that read all of them.
        for file in files:
            yield from from_files([file], model, backend, reader)
        return
    for name, sentence in upload.unread:
        yield Item(name, rejected=sentence)
    looks = look_at_all(upload.series, preparation(model))
    seen = list(zip(upload.names, map(_judged, upload.series, looks), strict=True))
    found = iter(answers(model, [looked for _, (looked, rejected) in seen if not rejected], backend))
    n_series: Counter[str] = Counter()
    for name, (looked, rejected) in seen:
        n_series[name] += 1
        if rejected:
            yield Item(name, rejected=rejected, series=n_series[name])
        else:
            said = next(found)
            yield Item(name, said, int(looked.slices[said.place]), series=n_series[name])


def _judged(series: Series, looked: Looked) -> tuple[Looked, str]:
    """Return what the models see of a series, without the images, and why there is no answer: empty where there is."""
    return replace(looked, images=torch.empty(0)), refusal(series, looked)
