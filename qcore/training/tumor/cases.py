"""The cases of the tumour question: many changed views of the training slices, and slices as they are."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.settings import CACHE
from qcore.tasks.classification.preparation import resized
from qcore.tasks.tumor.framing import SIDE
from qcore.training.cohorts.brain_mri import TUMOUR, UNKNOWN, Slices, read_slices
from qcore.training.tumor.batches import Batches, cell_labels, shares

N_VIEWS = 4000
"""Of the training slices: each is drawn with another change, and about as often as its source and kind ask for."""
SEED = 11
A_DRAW = 50


@dataclass(frozen=True, eq=False)
class TumorCases:
    """Framed images with what is known of them.

    Attributes:
        x: ``(n, 1, SIDE, SIDE)`` in [0, 1].
        y: ``(n, 4)`` shares of no tumour and of each kind, as in `Batch.y`.
        cells: ``(n, n_cells, n_cells)`` as in `Batch.cells`.
        people: ``(n,)`` whose they are; None of views, of which many show the same slice.
        name: what they are called in evidence.
    """

    x: Tensor
    y: Tensor
    cells: Tensor
    people: NDArray[np.str_] | None
    name: str


def tumor_cases(split: str, data: Path, n_cells: int) -> TumorCases:
    """Read the slices of a split, framed: for training, views of them.

    Args:
        split: train, val or test; the test part is of the collection and figshare, the others have more sources.
        data: folder of the public data sets.
        n_cells: along a side of the image.

    Raises:
        MissingAsset: a table or a picture is missing.
    """
    slices = read_slices(data, CACHE / "training", split)
    if split == "train":
        return views(slices, n_cells)
    y = shares(slices.kind)
    # A metastasis is a tumour of none of the kinds: no model can be right about it.
    named = (y.max(1).values == 1).numpy()
    return as_they_are(slices.part(named), n_cells, f"brain_mri and figshare, {split} split")


def as_they_are(slices: Slices, n_cells: int, name: str) -> TumorCases:
    """Return slices as cases, unchanged."""
    tumour, unknown = (torch.from_numpy(slices.where == value).float() for value in (TUMOUR, UNKNOWN))
    cells = cell_labels(tumour, unknown, n_cells)
    return TumorCases(torch.from_numpy(slices.images).float() / 255, shares(slices.kind), cells, slices.person, name)


def views(slices: Slices, n_cells: int, n: int = N_VIEWS) -> TumorCases:
    """Return views of training slices: changed and pasted into, each once.

    Args:
        slices: to draw from.
        n_cells: along a side of the image.
        n: how many views.
    """
    batches = Batches(slices, SIDE, SEED, n_cells)
    drawn = [batches.draw(min(A_DRAW, n - done)) for done in range(0, n, A_DRAW)]
    return TumorCases(
        # Half precision: thousands of images are kept.
        torch.cat([batch.x.clamp(0, 1).half() for batch in drawn]),
        torch.cat([batch.y for batch in drawn]),
        torch.cat([batch.cells for batch in drawn]),
        None,
        "changed views of the training slices",
    )


def certain(cases: TumorCases, side: int) -> TumorCases:
    """Return the cases of which the kind is certain, resized: what models learn from that judge whole images.

    Args:
        cases: some of them with a tumour whose kind nobody knows, such as one that was pasted, or not to be judged.
        side: of the images that are returned, pixels.
    """
    known = cases.y.max(1).values == 1
    people = None if cases.people is None else cases.people[known.numpy()]
    return replace(cases, x=resized(cases.x[known], side), y=cases.y[known], cells=cases.cells[known], people=people)
