"""Which question a file belongs to, and what speaks against asking it: a network answers whatever it is given."""

import numpy as np
from numpy.typing import NDArray

from qcore.io.image.modalities import MODALITIES
from qcore.io.image.series import Series
from qcore.tasks.classification.medmnist import ADRENAL
from qcore.tasks.imaging.familiar import FARTHEST, IMAGES, load
from qcore.tasks.imaging.preparation import BLOCK_SIDES, EDGE_MM, SIDE, as_stored, gland, grey, prepared
from qcore.tasks.imaging.subjects import SUBJECTS, Subject

FEWEST_LEVELS = 8
LONGEST_SHAPE = 3.0
"""Long over short side: no image of the data sets is longer."""
LEAST_ML, MOST_ML = 0.2, 25.0
"""Of a gland; those that trained have 0.4 to 15 mL."""
FURTHEST_MM = 14.0
"""From the middle of the block to that of the gland; in the training set 13 mm at most."""
EDGE_TOLERANCE = 0.15
PLACEHOLDER_MM = 1.0
"""Spacing that programs write where they know none."""


def said_by_file(series: Series) -> str:
    """Return the name of the question that a file itself says it belongs to; empty where it does not say."""
    for name, subject in SUBJECTS.items():
        named = any(part in _part(series) for part in subject.parts)
        if subject.question is ADRENAL:
            if is_mask_block(series):
                return name
        elif series.modality in subject.modalities and (named or not (_part(series) or subject.part_needed)):
            return name
    return ""


def may_be(series: Series) -> list[str]:
    """Return the names of the questions that would be answered of a file, and of those its modality points at."""
    return [
        name
        for name, subject in SUBJECTS.items()
        if (series.modality in subject.modalities and not _by_part(series, subject)) or not refusal(series, subject)
    ]


def is_mask_block(series: Series) -> bool:
    """Tell whether a file holds a cube of the right size with two values: what a segmented gland is given as."""
    return series.pixels.shape in {(side,) * 3 for side in BLOCK_SIDES} and len(np.unique(series.pixels)) == 2


def refusal(series: Series, subject: Subject) -> str:
    """Return why a question is not answered of a file, in whole sentences; empty where it is.

    Args:
        series: as it was read.
        subject: what it is said to show.
    """
    by_shape = _no_block(series) if subject.question is ADRENAL else _no_image(series)
    what = _by_modality(series, subject) or _by_part(series, subject) or by_shape or _by_looks(series, subject)
    return f"This is not {subject.named} that the model can judge: {what}. {subject.needs}" if what else ""


def _part(series: Series) -> str:
    return series.body_part.upper().replace(" ", "")


def _by_modality(series: Series, subject: Subject) -> str:
    if series.modality in subject.modalities or series.modality not in MODALITIES:
        return ""
    return f"the file says that it is {MODALITIES[series.modality]}"


def _by_part(series: Series, subject: Subject) -> str:
    if not _part(series) or any(part in _part(series) for part in subject.parts):
        return ""
    return f"the file says that it shows another part of the body ({series.body_part.lower()})"


def _no_image(series: Series) -> str:
    if len(series) > 1:
        return f"it holds {len(series):,} images, and the model judges one"
    height, width = series.pixels.shape[1:]
    if min(height, width) < SIDE:
        return f"it is {width} x {height} pixels, and the model needs {SIDE} a side at least"
    if max(height, width) > LONGEST_SHAPE * min(height, width):
        return "it is too long and narrow"
    if series.colour:
        return "it has colours"
    if len(np.unique(grey(series))) < FEWEST_LEVELS:
        return "it is empty, or nearly of one grey"
    return ""


def _by_looks(series: Series, subject: Subject) -> str:
    """Compare an image with those that trained the model, and with those that trained another."""
    if subject.question.name not in IMAGES:
        return ""
    far = {name: float(load(name)(prepared(series, SUBJECTS[name]).x)[0]) for name in IMAGES}
    nearest = min(far, key=far.__getitem__)
    if nearest != subject.question.name and far[nearest] < FARTHEST:
        return f"it looks more like {SUBJECTS[nearest].named}"
    if nearest != subject.question.name or far[nearest] > FARTHEST:
        return "it looks like nothing that trained the model"
    return ""


def _no_block(series: Series) -> str:
    if series.pixels.shape not in {(side,) * 3 for side in BLOCK_SIDES}:
        return f"it is no such cube, but {' x '.join(map(str, as_stored(series.pixels).shape))} voxels"
    if not is_mask_block(series):
        return "it holds grey values, and not a segmentation"
    return _no_place(series) or _no_gland(gland(series))


def _no_place(series: Series) -> str:
    """Compare what a file states of the place of its voxels with the block that trained the model."""
    if series.geometry is None:
        return ""
    # The first axis of the file runs along the rows of a slice.
    if int(np.abs(series.geometry.along_row).argmax()) != 0:
        return "the file says that its first axis does not run from side to side"
    down, across = series.geometry.spacing_mm
    steps = np.array([series.geometry.slice_spacing_mm or across, down, across])
    edges = steps * len(series)
    known = not np.allclose(steps, PLACEHOLDER_MM)
    if known and (np.abs(edges / EDGE_MM - 1) > EDGE_TOLERANCE).any():
        return f"the file says that it is {edges.max():.0f} mm wide, and not {EDGE_MM:.0f} mm"
    return ""


def _no_gland(mask: NDArray[np.bool_]) -> str:
    voxel_mm = EDGE_MM / SIDE
    ml = float(mask.sum()) * voxel_mm**3 / 1000
    if not LEAST_ML <= ml <= MOST_ML:
        return f"what is marked in it has {ml:.1f} mL, which no adrenal gland has that the model knows"
    off_mm = np.abs(np.argwhere(mask).mean(axis=0) - (SIDE - 1) / 2).max() * voxel_mm
    if off_mm > FURTHEST_MM:
        return f"the middle of the gland lies {off_mm:.0f} mm beside that of the cube"
    return ""
