"""Framed slices of MRI as the tumour question's training reads them, made up of discs."""

import numpy as np

from qcore.tasks.tumor.framing import SIDE
from qcore.training.cohorts.brain_mri import HEALTHY, TUMOUR, UNKNOWN, Slices


def slices(n: int = 12) -> Slices:
    """Discs; every other one with a bright tumour, one of them in a place that nobody marked."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    disc = (rows - 128) ** 2 + (columns - 128) ** 2 < 100**2
    images = np.where(disc, 120, 0)[None].repeat(n, 0).astype(np.uint8)
    where = np.full((n, SIDE, SIDE), HEALTHY, np.uint8)
    kind = np.zeros(n, np.int64)
    for number in range(0, n, 2):
        tumour = (rows - 90) ** 2 + (columns - 150 + number) ** 2 < 20**2
        images[number][tumour], where[number][tumour], kind[number] = 240, TUMOUR, 1 + number % 3
    where[0], kind[0] = UNKNOWN, 1
    source = np.array(["a" if number < n - 2 else "b" for number in range(n)])
    text = np.array([""] * n)
    return Slices(images[:, None], where, kind, source, text, text)
