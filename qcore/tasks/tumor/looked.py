"""A series as the models see it: slices framed, and their cells described, once for every family and backend."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from qcore.io.image.series import Series
from qcore.tasks.classification.preparation import IMAGES_A_CALL, InCells
from qcore.tasks.tumor.framing import Box, Pixels, framed, put_back, square_pixels
from qcore.tasks.tumor.whole_series import n_averaged

MOST_JUDGED = 80
"""Slices of a series: of a longer one every second or third is judged, which a tumour does not slip through."""

SLICES_TOGETHER = 32
"""Of several series, described at once."""
Told = Callable[[int, int], object]
"""Is told how many of how many slices are done."""


@dataclass(frozen=True, eq=False)
class Looked:
    """What is known of a series before any model has answered.

    Attributes:
        slices: numbers, in the series, of the slices that are judged.
        images: ``(n_judged, 1, SIDE, SIDE)`` framed, in [0, 1].
        x: ``(n_judged, n_features, h, w)`` the features of their cells.
        summary: ``(n_judged, N_SUMMARY)`` what kind of picture each is.
        boxes: where each framed square lies in its slice, with square pixels.
        shape: height and width of a slice.
        square_shape: the same with pixels as high as wide.
        n_averaged: over how many neighbouring judged slices answers are averaged.
    """

    slices: NDArray[np.int64]
    images: Tensor
    x: Tensor
    summary: Tensor
    boxes: tuple[Box, ...]
    shape: tuple[int, int]
    square_shape: tuple[int, int]
    n_averaged: int

    @property
    def head_side(self) -> NDArray[np.float64]:
        """``(n_judged,)`` side of the framed square, pixels."""
        return np.array([box.side for box in self.boxes], dtype=np.float64)

    def nearest(self, number: int) -> int:
        """Return the place, among those judged, of the slice that is nearest to a slice of the series."""
        return int(np.abs(self.slices - number).argmin())

    def placed(self, place: int, values: NDArray[np.floating]) -> Pixels:
        """Return a map over a framed slice in the geometry of its series, 0 outside the head.

        Args:
            place: of the slice among those judged.
            values: ``(h, w)`` of any size.
        """
        square = put_back(np.asarray(values, np.float32), self.boxes[place], self.square_shape)
        if self.square_shape == self.shape:
            return square
        return np.asarray(Image.fromarray(square).resize(self.shape[::-1], Image.Resampling.BILINEAR))


def look(series: Series, preparation: InCells, on_progress: Told = lambda _done, _all: None) -> Looked:
    """Frame the slices of a series and describe their cells.

    Args:
        series: as it was read.
        preparation: of the trained models.
        on_progress: is told how many of how many slices are done.
    """
    return _looked([series], preparation, on_progress)[0]


def look_at_all(several: Iterable[Series], preparation: InCells) -> Iterator[Looked]:
    """Do what `look` does for several series, in their order; short ones together, which is quicker.

    Args:
        several: as they were read.
        preparation: of the trained models.
    """
    group: list[Series] = []
    for series in several:
        if group and sum(map(len, group)) + len(series) > SLICES_TOGETHER:
            yield from _looked(group, preparation)
            group = []
        group.append(series)
    if group:
        yield from _looked(group, preparation)


def _looked(
    several: Sequence[Series], preparation: InCells, on_progress: Told = lambda _done, _all: None
) -> list[Looked]:
    cut = [_Framed.of(series) for series in several]
    images = torch.cat([each.images for each in cut])
    cells, summaries = [], []
    for part in images.split(IMAGES_A_CALL):
        described, kind_of_picture = preparation.with_summary(part)
        cells.append(described)
        summaries.append(kind_of_picture)
        on_progress(min(len(cells) * IMAGES_A_CALL, len(images)), len(images))
    n = [len(each.images) for each in cut]
    shares = zip(several, cut, torch.cat(cells).split(n), torch.cat(summaries).split(n), strict=True)
    return [each.looked(series, x, summary) for series, each, x, summary in shares]


@dataclass(frozen=True, eq=False)
class _Framed:
    """The judged slices of a series, framed.

    Attributes:
        step: of how many slices one is judged.
        slices, images, boxes, square_shape: see `Looked`.
    """

    step: int
    slices: NDArray[np.int64]
    images: Tensor
    boxes: tuple[Box, ...]
    square_shape: tuple[int, int]

    @classmethod
    def of(cls, series: Series) -> "_Framed":
        step = -(-len(series) // MOST_JUDGED)
        slices = np.arange(len(series))[(len(series) - 1) % step // 2 :: step]
        spacing = series.geometry.spacing_mm if series.geometry else series.spacing_mm
        images, boxes = [], []
        square: Pixels = np.empty((0, 0), np.float32)
        for number in slices:
            square = square_pixels(series.pixels[number].astype(np.float32), spacing)
            found = framed(square)
            images.append(torch.from_numpy(found.pixels))
            boxes.append(found.box)
        return cls(step, slices, torch.stack(images)[:, None], tuple(boxes), (square.shape[0], square.shape[1]))

    def looked(self, series: Series, x: Tensor, summary: Tensor) -> Looked:
        between = series.geometry.slice_spacing_mm if series.geometry else None
        return Looked(
            self.slices,
            self.images,
            x,
            summary,
            self.boxes,
            series.pixels.shape[1:3],
            self.square_shape,
            n_averaged(None if between is None else between * self.step),
        )
