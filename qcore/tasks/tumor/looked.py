"""A series as the models see it: slices framed, and their cells described, once for every family and backend."""

from collections.abc import Callable
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


def look(
    series: Series, preparation: InCells, on_progress: Callable[[int, int], object] = lambda _done, _all: None
) -> Looked:
    """Frame the slices of a series and describe their cells.

    Args:
        series: as it was read.
        preparation: of the trained models.
        on_progress: is told how many of how many slices are done.
    """
    step = -(-len(series) // MOST_JUDGED)
    slices = np.arange(len(series))[(len(series) - 1) % step // 2 :: step]
    spacing = series.geometry.spacing_mm if series.geometry else series.spacing_mm
    images, boxes, features, summaries = [], [], [], []
    square: Pixels = np.empty((0, 0), np.float32)
    for start in range(0, len(slices), IMAGES_A_CALL):
        part = []
        for number in slices[start : start + IMAGES_A_CALL]:
            square = square_pixels(series.pixels[number].astype(np.float32), spacing)
            found = framed(square)
            part.append(torch.from_numpy(found.pixels))
            boxes.append(found.box)
        images.append(torch.stack(part)[:, None])
        cells, kind_of_picture = preparation.with_summary(images[-1])
        features.append(cells)
        summaries.append(kind_of_picture)
        on_progress(min(start + IMAGES_A_CALL, len(slices)), len(slices))
    between = series.geometry.slice_spacing_mm if series.geometry else None
    return Looked(
        slices,
        torch.cat(images),
        torch.cat(features),
        torch.cat(summaries),
        tuple(boxes),
        series.pixels.shape[1:3],
        (square.shape[0], square.shape[1]),
        n_averaged(None if between is None else between * step),
    )
