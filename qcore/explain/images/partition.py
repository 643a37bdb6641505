"""Shapley values of the parts of an image, halved again and again where it matters, with the error that shots leave.

The parts are halves of halves, and coalitions respect them, which makes the values Owen values; the order of the work,
most important first, is that of SHAP's partition explainer. Every value is a known sum of answers, so that its standard
error follows from theirs.
"""

import heapq
from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from torch import Tensor

from qcore.explain.images.attention import Answer, AttentionMap

Array = NDArray[np.float64]
PARTITION = "Shapley values of a partition (Owen values; SHAP, Lundberg and Lee 2017, arXiv:1705.07874)"
UNITS = 16
"""Along a side: the smallest parts."""
N_EVALUATIONS = 200
SPLITS_A_CALL = 8
BLUR = 1 / 6
"""Standard deviation of the blur, as a share of the image's side, that leaves of a head no more than where it is."""


@dataclass(frozen=True, eq=False)
class _Term:
    """What a part adds to what is shown already; counts with a weight, or is halved.

    Attributes:
        part: rows and columns of units.
        shown: ``(UNITS, UNITS)`` whether each unit is shown beforehand.
        without, within: numbers of the answers without the part and with it.
        weight: how much it counts.
    """

    part: tuple[slice, slice]
    shown: NDArray[np.bool_]
    without: int
    within: int
    weight: float

    def halves(self) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
        """Return the two halves of the part, across its longer side."""
        rows, columns = self.part
        if rows.stop - rows.start >= columns.stop - columns.start:
            middle = (rows.start + rows.stop) // 2
            return (slice(rows.start, middle), columns), (slice(middle, rows.stop), columns)
        middle = (columns.start + columns.stop) // 2
        return (rows, slice(columns.start, middle)), (rows, slice(middle, columns.stop))

    @property
    def is_unit(self) -> bool:
        """Whether it cannot be halved."""
        return all(side.stop - side.start == 1 for side in self.part)

    def with_part(self, part: tuple[slice, slice]) -> NDArray[np.bool_]:
        """Return what is shown when a part is shown too."""
        shown = self.shown.copy()
        shown[part] = True
        return shown


def without_lesion(image: Tensor) -> Tensor:
    """Return the image ``(1, 1, h, w)`` so blurred that of a head no more is left than where it is."""
    return torch.from_numpy(gaussian_filter(image[0, 0].numpy(), BLUR * image.shape[-1]))[None, None].to(image.dtype)


def partition_shapley(
    image: Tensor, background: Tensor, answer: Answer, n_evaluations: int = N_EVALUATIONS
) -> AttentionMap:
    """Share the answer among the parts of an image.

    Args:
        image: ``(1, 1, h, w)`` in [0, 1].
        background: ``(1, 1, h, w)`` what is seen where a part is hidden.
        answer: of a model, on any backend.
        n_evaluations: of the model, about; more make finer parts.

    Returns:
        ``(h, w)`` in log odds, which add up.
    """
    nothing = np.zeros((UNITS, UNITS), dtype=bool)
    logits, errors = _answers(image, background, answer, [nothing, ~nothing])
    whole = _Term((slice(0, UNITS), slice(0, UNITS)), nothing, 0, 1, 1.0)
    order, done = count(), []
    waiting = [(-np.inf, next(order), whole)]
    while waiting and len(logits) < n_evaluations:
        split = [heapq.heappop(waiting)[-1] for _ in range(min(SPLITS_A_CALL, len(waiting)))]
        coalitions = [term.with_part(half) for term in split for half in term.halves()]
        more, more_errors = _answers(image, background, answer, coalitions)
        first = len(logits)
        logits, errors = np.append(logits, more), np.append(errors, more_errors)
        for term, alone in zip(split, range(first, len(logits), 2), strict=True):
            (one, other), half = term.halves(), term.weight / 2
            for new in (
                _Term(one, term.shown, term.without, alone, half),
                _Term(one, term.with_part(other), alone + 1, term.within, half),
                _Term(other, term.shown, term.without, alone + 1, half),
                _Term(other, term.with_part(one), alone, term.within, half),
            ):
                if new.is_unit:
                    done.append(new)
                else:
                    importance = new.weight * abs(float(logits[new.within] - logits[new.without]))
                    heapq.heappush(waiting, (-importance, next(order), new))
    counts = np.zeros((len(logits), UNITS, UNITS))
    for term in [*done, *(each[-1] for each in waiting)]:
        rows, columns = term.part
        share = term.weight / ((rows.stop - rows.start) * (columns.stop - columns.start))
        counts[term.within][term.part] += share
        counts[term.without][term.part] -= share
    per_unit = np.einsum("e,ehw->hw", logits, counts)
    scatter = np.sqrt(np.einsum("e,ehw->hw", errors**2, counts**2))
    base, reached = float(logits[0]), float(logits[1])
    return AttentionMap(
        PARTITION,
        _per_pixel(per_unit, image.shape[-2:]),
        # Pixels of a unit are one sum of answers: their errors do not average out, and share as the values do.
        _per_pixel(scatter, image.shape[-2:]),
        base,
        reached - base - float(per_unit.sum()),
    )


def _answers(
    image: Tensor, background: Tensor, answer: Answer, coalitions: list[NDArray[np.bool_]]
) -> tuple[Array, Array]:
    shown = torch.from_numpy(np.stack([_spread(each, image.shape[-2:]) for each in coalitions]))[:, None]
    return answer(torch.where(shown, image, background))


def _places(shape: torch.Size) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return in which row and column of units the rows and columns of an image lie."""
    rows, columns = (np.arange(side) * UNITS // side for side in shape)
    return rows, columns


def _spread(units: NDArray[np.generic], shape: torch.Size) -> NDArray[np.generic]:
    rows, columns = _places(shape)
    return units[rows[:, None], columns[None, :]]


def _per_pixel(units: Array, shape: torch.Size) -> Array:
    """Return ``(h, w)`` of which each unit's pixels share its value evenly."""
    rows, columns = _places(shape)
    n_pixels = np.outer(np.bincount(rows, minlength=UNITS), np.bincount(columns, minlength=UNITS))
    return np.asarray(_spread(units / np.maximum(n_pixels, 1), shape), np.float64)
