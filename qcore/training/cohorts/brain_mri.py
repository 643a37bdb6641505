"""Slices of brain MRI with and without tumours, from all public sources at hand, framed and with what is known where.

Sources: a collection of Kaggle, most of whose tumours are those of Cheng et al. (figshare 1512427, CC BY 4.0); BRATS
2013, a metastasis and a TCGA glioma with masks; healthy heads of IXI (CC BY-SA 3.0) and of a label-fusion challenge.
The folder's README says what is known of each. Patients are named in the volumes and healthy heads alone; elsewhere
blocks of neighbouring slices stand in for them.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qcore.errors import MissingAsset
from qcore.tasks.tumor.framing import SIDE, cut_out, framed

Split = Literal["train", "val", "test"]
KINDS = ("none", "glioma", "meningioma", "pituitary", "metastasis")
"""What a slice shows, by its number; the last is a tumour none of whose kinds is asked for."""
HEALTHY, TUMOUR, UNKNOWN = 0, 1, 2
"""Values of `Slices.where`."""
EVERY_NTH = 6
"""Every so many-th healthy person, and one volume with a tumour, calibrate and do not train."""
CALIBRATING_VOLUME = "brats_2013_pat0003_1"
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Source:
    """A slice that lies in a file, with what is known of it.

    Attributes:
        file: the picture.
        kind: number of what it shows in `KINDS`.
        source: collection it comes from.
        person: whose it is, or the block of slices that stands in for that.
        split: the part of the data that it belongs to.
        box: centre and size of the box around the tumour, as shares of width and height, where one was drawn.
        mask: picture of the tumour's pixels, where there is one.
    """

    file: Path
    kind: int
    source: str
    person: str
    split: str
    box: Box | None = None
    mask: Path | None = None


@dataclass(frozen=True, eq=False)
class Slices:
    """Framed slices.

    Attributes:
        images: ``(n, 1, SIDE, SIDE)`` uint8, 255 is bright.
        where: ``(n, SIDE, SIDE)`` uint8: each pixel healthy, tumour, or unknown.
        kind: ``(n,)`` number of what it shows in `KINDS`.
        source, person, split: ``(n,)`` see `Source`.
    """

    images: NDArray[np.uint8]
    where: NDArray[np.uint8]
    kind: NDArray[np.int64]
    source: NDArray[np.str_]
    person: NDArray[np.str_]
    split: NDArray[np.str_]

    def __len__(self) -> int:
        """Count the slices."""
        return len(self.images)

    def part(self, chosen: NDArray[np.bool_]) -> "Slices":
        """Return some of them."""
        return Slices(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))


def sources(data: Path) -> list[Source]:
    """List all slices that may train, calibrate or test.

    Args:
        data: folder of the public data sets.

    Raises:
        MissingAsset: a table is missing.
    """
    return [*_collection(data / "brain_mri"), *_figshare(data), *_healthy(data), *_volumes(data)]


def read_slices(
    data: Path, cache: Path, split: str, on_progress: Callable[[int, int], object] = lambda _done, _all: None
) -> Slices:
    """Read and frame the slices of a split; what was read is kept in a file.

    Args:
        data: folder of the public data sets.
        cache: folder of that file.
        split: train, val or test.
        on_progress: is told how many of how many slices are framed.

    Raises:
        MissingAsset: a table or a picture is missing.
    """
    listed = [each for each in sources(data) if each.split == split]
    file = cache / f"brain_mri-{split}.npz"
    if file.is_file():
        with np.load(file, allow_pickle=False) as kept:
            if kept["files"].tolist() == [str(each.file.relative_to(data)) for each in listed]:
                return Slices(*(kept[name] for name in Slices.__dataclass_fields__))
    images = np.empty((len(listed), 1, SIDE, SIDE), np.uint8)
    where = np.empty((len(listed), SIDE, SIDE), np.uint8)
    for number, each in enumerate(listed):
        images[number, 0], where[number] = _read(each)
        on_progress(number + 1, len(listed))
    slices = Slices(
        images,
        where,
        np.array([each.kind for each in listed]),
        np.array([each.source for each in listed]),
        np.array([each.person for each in listed]),
        np.array([each.split for each in listed]),
    )
    cache.mkdir(parents=True, exist_ok=True)
    files = np.array([str(each.file.relative_to(data)) for each in listed])
    np.savez(file, files=files, **{name: getattr(slices, name) for name in Slices.__dataclass_fields__})
    return slices


def _read(each: Source) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    image = _grey(each.file)
    where = np.full(image.shape, HEALTHY if each.kind == 0 else UNKNOWN, np.uint8)
    if each.mask is not None:
        where = np.where(_grey(each.mask) > 127, TUMOUR, HEALTHY).astype(np.uint8)
    elif each.box is not None:
        where = _boxed(image.shape, each.box)
    found = framed(image)
    known = cut_out(where, found.box, nearest=True).astype(np.uint8)
    return np.rint(255 * found.pixels).astype(np.uint8), known


def _boxed(shape: tuple[int, ...], box: Box) -> NDArray[np.uint8]:
    """Return tumour in the ellipse that touches the sides of a box, unknown in its corners, healthy outside."""
    height, width = shape
    x, y, w, h = box
    across = np.abs((np.arange(width) + 0.5) / width - x)[None, :] / (w / 2)
    down = np.abs((np.arange(height) + 0.5) / height - y)[:, None] / (h / 2)
    inside = np.where(across**2 + down**2 <= 1, TUMOUR, UNKNOWN)
    return np.where((across <= 1) & (down <= 1), inside, HEALTHY).astype(np.uint8)


def _grey(file: Path) -> NDArray[np.float32]:
    try:
        picture = Image.open(file)
        return np.asarray(picture if picture.mode.startswith("I") else picture.convert("L"), np.float32)
    except OSError as error:
        raise MissingAsset(
            f"{file} is missing or damaged. Set QLINICAL_DATA to the folder of the data sets."
        ) from error


def _rows(file: Path) -> list[dict[str, str]]:
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. Set QLINICAL_DATA to the folder of the data sets.")
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def _box_of(row: dict[str, str]) -> Box:
    return float(row["cx"]), float(row["cy"]), float(row["w"]), float(row["h"])


def _collection(folder: Path) -> Iterator[Source]:
    boxes = {row["file"]: _box_of(row) for row in _rows(folder / "boxes.csv")}
    for row in _rows(folder / "index.csv"):
        if row["split"] in {"train", "val", "test"}:
            kind, box = KINDS.index(row["label"]), boxes.get(row["file"])
            source = "figshare" if box else "kaggle healthy" if kind == 0 else "kaggle tumours"
            yield Source(folder / row["file"], kind, source, f"kaggle {row['group']}", row["split"], box)


def _figshare(data: Path) -> Iterator[Source]:
    folder = data / "mri_more" / "figshare_cheng"
    for row in _rows(folder / "boxes.csv"):
        # Most of these slices lie in the collection above; the rows of those name no file.
        if row["file"] and row["split"] in {"train", "val", "test"}:
            yield Source(
                folder / row["file"],
                KINDS.index(row["label"]),
                "figshare",
                f"figshare {row['run']}",
                row["split"],
                _box_of(row),
            )


def _healthy(data: Path) -> Iterator[Source]:
    folder = data / "mri_more" / "healthy_heads"
    rows = _rows(folder / "labels.csv")
    calibrating = set(sorted({row["subject"] for row in rows})[::EVERY_NTH])
    for row in rows:
        split = "val" if row["subject"] in calibrating else "train"
        yield Source(folder / row["file"], 0, row["file"].split("/")[0], row["subject"], split)


def _volumes(data: Path) -> Iterator[Source]:
    folder = data / "mri_more" / "tumour_volumes"
    for row in _rows(folder / "labels.csv"):
        kind = 0 if row["label"] == "none" else KINDS.index(row["type"])
        split = "val" if row["patient"] == CALIBRATING_VOLUME else "train"
        mask = folder / row["mask"] if row["mask"] else None
        yield Source(folder / row["file"], kind, row["patient"].split("_")[0], row["patient"], split, mask=mask)
