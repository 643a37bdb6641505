"""Do the explanations point at the tumour? Measured on slices whose tumour was outlined by hand."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import Localisation
from qcore.evidence.metrics import Estimate, estimate
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import preparation
from qcore.tasks.tumor.attention import METHODS, Attended
from qcore.tasks.tumor.framing import SIDE, Box, head_mask
from qcore.tasks.tumor.looked import Looked
from qcore.training.cohorts.brain_mri import HEALTHY, TUMOUR, Slices
from qcore.training.tumor.cases import as_they_are

Array = NDArray[np.float64]
DIGITS = 4
SLOW = ("integrated gradients", "occlusion", "shapley")
FEW = 30
"""Slices on which methods that take seconds are measured, evenly among all."""


def outlined(slices: Slices) -> Slices:
    """Return the slices on which a tumour is outlined."""
    return slices.part((slices.where == TUMOUR).reshape(len(slices), -1).any(axis=1))


def localisation(model: Model, slices: Slices, method: str, backend: Backend) -> Localisation:
    """Measure one method on slices that are all `outlined`.

    Args:
        model: trained.
        slices: framed, with outlines.
        method: a key of `METHODS`.
        backend: where the circuit runs.
    """
    if method in SLOW and len(slices) > FEW:
        every = np.zeros(len(slices), dtype=bool)
        every[np.linspace(0, len(slices) - 1, FEW).astype(int)] = True
        slices = slices.part(every)
    x = as_they_are(slices, 1, "").x
    (features, summary), n = preparation(model).with_summary(x), len(slices)
    looked = Looked(np.arange(n), x, features, summary, (Box(0, 0, SIDE),) * n, (SIDE, SIDE), (SIDE, SIDE), 1)
    hits, overlaps, inside, in_head = np.zeros((4, n))
    for number, where in enumerate(slices.where):
        # The corners of a box are not known to be tumour, and to point at them is not wrong.
        outline = where != HEALTHY
        drawn = METHODS[method](Attended(model, looked, number, backend)).values
        over = np.asarray(Image.fromarray(drawn.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BICUBIC))
        positive = np.clip(over, 0, None)
        hits[number] = outline.flat[int(over.argmax())]
        whole = max(float(positive.sum()), 1e-12)
        overlaps[number] = positive[outline].sum() / whole
        in_head[number] = positive[head_mask(x[number, 0].numpy())].sum() / whole
        inside[number] = outline.mean()
    return Localisation(
        method=method,
        n=n,
        pointing=_mean(hits, slices),
        overlap=_mean(overlaps, slices),
        inside=round(float(inside.mean()), DIGITS),
        in_head=_mean(in_head, slices),
    )


def _mean(values: Array, slices: Slices) -> Estimate:
    return estimate(lambda measured, _: float(measured.mean()), values, values, people=slices.person)
