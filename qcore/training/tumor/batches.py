"""Batches for the tumour model: sources weighted, tumours pasted, images changed, and what every cell shows."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from qcore.models.images.cells import STRIDE
from qcore.tasks.tumor.question import LABELS
from qcore.training.cohorts.brain_mri import KINDS, TUMOUR, UNKNOWN, Slices
from qcore.training.tumor.changes import otherwise_recorded, placements
from qcore.training.tumor.pasting import Paster
from qcore.training.tumor.spots import with_spots

TUMOUR_PASTED, HEALTHY_PASTED = 0.4, 0.15
"""Share of the healthy slices that a tumour, or a piece of another head, is pasted into."""
SPOTTED = 0.12
"""Share of all slices that are given small spots which are no tumour."""
SHARES = {"none": 0.5, "glioma": 0.19, "meningioma": 0.15, "pituitary": 0.13, "metastasis": 0.03}
"""Of the slices that are drawn; the metastasis is a single patient's."""
COVERED, TOUCHED = 0.3, 0.05
"""Share of a cell from which it is one of the tumour, and up to which it is none; in between nothing is said."""
SMALL, LEAST_VISIBLE_PX = 0.02, 20
VARIED, MORE_OFTEN = ("kaggle healthy", "kaggle tumours"), 2.5
"""Collections from many hospitals, sequences and planes, and how much more often each of their slices is drawn: in the
others hundreds of slices look alike."""


@dataclass(frozen=True, eq=False)
class Batch:
    """Images with what is known of them.

    Attributes:
        x: ``(batch, 1, side, side)`` in [0, 1.2].
        cells: ``(batch, h, w)`` 1 where the tumour lies, 0 where none lies, -1 where nothing is said.
        y: ``(batch, 4)`` shares of no tumour, glioma, meningioma and pituitary tumour, the same of each kind where it
            is another or not told any more; 0 where the image as a whole may not be judged: its tumour was moved out.
    """

    x: Tensor
    cells: Tensor
    y: Tensor


class Batches:
    """An endless supply of batches.

    Args:
        slices: the training slices.
        side: of the images that are made, pixels.
        seed: of everything that is drawn.
        n_cells: along a side, of which it is said what they show; as many as a network has at this side if 0.
    """

    def __init__(self, slices: Slices, side: int, seed: int, n_cells: int = 0) -> None:
        self.slices, self.side, self.n_cells = slices, side, n_cells or side // STRIDE
        self.rng, self.generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
        self.paster, self.weight = Paster.of(slices), weights(slices)

    def draw(self, n: int) -> Batch:
        """Return a batch of that many images."""
        chosen = self.rng.choice(len(self.slices), n, p=self.weight)
        kind = self.slices.kind[chosen].copy()
        images = torch.from_numpy(self.slices.images[chosen]).float() / 255
        where = torch.from_numpy(self.slices.where[chosen])
        for number in np.flatnonzero(kind == 0):
            drawn = self.rng.random()
            if drawn > TUMOUR_PASTED + HEALTHY_PASTED:
                continue
            tumour = bool(drawn < TUMOUR_PASTED)
            pasted = self.paster.pasted(images[number, 0], tumour, self.rng)
            if pasted is not None:
                images[number, 0] = pasted[0]
                if tumour:
                    where[number] = torch.where(pasted[1] > 0, TUMOUR, where[number])
                    # Where it came from and what lies around it no longer tell its kind.
                    kind[number] = len(KINDS) - 1
        for number in np.flatnonzero(self.rng.random(n) < SPOTTED):
            images[number, 0] = with_spots(images[number, 0], self.rng)
        grid = placements(n, self.side, self.generator)
        x = functional.grid_sample(images, grid, align_corners=False)
        known = torch.stack([where == TUMOUR, where == UNKNOWN], 1).float()
        tumour_px, unknown_px = functional.grid_sample(known, grid, align_corners=False).unbind(1)
        visible = tumour_px.flatten(1).sum(1) > LEAST_VISIBLE_PX
        nowhere_known = (where == UNKNOWN).flatten(1).all(1)
        return Batch(
            otherwise_recorded(x, self.generator),
            cell_labels(tumour_px, unknown_px, self.n_cells),
            shares(kind) * (torch.from_numpy(kind == 0) | nowhere_known | visible)[:, None],
        )


def shares(kind: NDArray[np.int64]) -> Tensor:
    """Return ``(n, 4)`` shares of what is asked for: see `Batch.y`.

    Args:
        kind: ``(n,)`` number of what is shown in `KINDS`.
    """
    table = np.eye(len(KINDS), len(LABELS))
    table[len(LABELS) :, 1:] = 1 / (len(LABELS) - 1)
    return torch.from_numpy(table[kind]).float()


def weights(slices: Slices) -> NDArray[np.float64]:
    """Return the probability of each slice to be drawn: sources by the root of their size, kinds by fixed shares."""
    keys = np.array([f"{source}/{kind > 0}" for source, kind in zip(slices.source, slices.kind, strict=True)])
    counts = Counter(keys.tolist())
    weight = np.array([counts[key] ** -0.5 for key in keys])
    weight[np.isin(slices.source, VARIED)] *= MORE_OFTEN
    for name, share in SHARES.items():
        shown = slices.kind == KINDS.index(name)
        if shown.any():
            weight[shown] *= share / weight[shown].sum()
    return np.asarray(weight / weight.sum())


def cell_labels(tumour: Tensor, unknown: Tensor, n_cells: int) -> Tensor:
    """Return what is said of every cell, ``(batch, n_cells, n_cells)``: 1 tumour, 0 none, -1 nothing.

    Args:
        tumour: ``(batch, side, side)`` share of each pixel that is tumour.
        unknown: ``(batch, side, side)`` share of each pixel of which nothing is known.
        n_cells: along a side.
    """
    covered = functional.adaptive_avg_pool2d(tumour, n_cells)
    labels = torch.where(covered > COVERED, 1.0, torch.where(covered < TOUCHED, 0.0, -1.0))
    labels[(functional.adaptive_avg_pool2d(unknown, n_cells) > COVERED) & (covered < COVERED)] = -1
    # A tumour smaller than a cell still is one: in the cell that holds most of it.
    flat, most = labels.flatten(1), covered.flatten(1).max(1)
    small = (most.values > SMALL).nonzero()[:, 0]
    flat[small, most.indices[small]] = 1
    return flat.view_as(labels)
