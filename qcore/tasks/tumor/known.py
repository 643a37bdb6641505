"""What the models were never shown: other modalities, other parts of the body, pictures of anything else.

A network answers whatever it is given, and often with certainty. So an image must first look like those that trained
it: by what its file says, by its grey values, and by the features of its cells.
"""

import numpy as np
import torch

from qcore.io.image.modalities import MODALITIES
from qcore.io.image.series import Series
from qcore.tasks.classification.question import entry_of
from qcore.tasks.classification.store import folder_of
from qcore.tasks.tumor.familiarity import load
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.question import TUMOR
from qcore.tasks.tumor.whole_series import LEAST_HEAD

HEAD = ("HEAD", "BRAIN", "SKULL", "CRANI", "NEURO", "PITUIT", "SELLA", "ORBIT", "IAC", "FACE", "CEREB", "KOPF")
ELSEWHERE = (
    "CHEST", "THORAX", "ABDOMEN", "PELVIS", "SPINE", "KNEE", "SHOULDER", "HIP", "ANKLE", "FOOT", "WRIST", "HAND",
    "ELBOW", "BREAST", "HEART", "CARDIAC", "LIVER", "PROSTATE", "UTERUS", "KIDNEY", "LEG", "ARM", "WHOLEBODY",
    "EXTREMITY", "LUNG", "PANCREAS", "RECTUM", "THIGH", "CALF",
)  # fmt: skip
"""Parts of words by which files name parts of the body."""
MRI = "MR"
AIR_HU = -800.0
LEAST_AIR = 0.02
"""Share of the voxels below that from which they are Hounsfield units: no MRI has air at minus a thousand."""
FEWEST_LEVELS = 8


def refusal(series: Series, looked: Looked) -> str:
    """Return why the models do not answer, a sentence; empty where they do.

    Args:
        series: as it was read.
        looked: the same, as the models see it.
    """
    what = by_file(series) or _by_looks(looked)
    return f"This is not a brain MRI that the model knows: {what}." if what else ""


def by_file(series: Series) -> str:
    """Return what header and grey values say against a series, the end of a sentence; empty for nothing."""
    return _by_header(series) or _by_values(series)


def _by_looks(looked: Looked) -> str:
    """Judge a series by its slices that hold most of what is shown: the ends of a volume look like nothing."""
    counts = looked.head_side >= LEAST_HEAD * looked.head_side.max()
    like_brains = load(folder_of(entry_of(TUMOR)))(looked.summary)[torch.from_numpy(counts)]
    if float(like_brains.median()) < 0:
        return "it looks unlike every MRI of a brain that trained it"
    return ""


def _by_header(series: Series) -> str:
    if series.modality in MODALITIES and series.modality != MRI:
        return f"its file says that it is {MODALITIES[series.modality]}"
    part = series.body_part.upper().replace(" ", "")
    if any(word in part for word in ELSEWHERE) and not any(word in part for word in HEAD):
        return f"its file says that it shows another part of the body ({series.body_part.lower()})"
    return ""


def _by_values(series: Series) -> str:
    if series.colour:
        return "it is a picture in colours"
    middle = series.pixels[len(series) // 2]
    if len(np.unique(middle)) < FEWEST_LEVELS:
        return "it is empty, or nearly of one grey"
    if float(np.mean(series.pixels < AIR_HU)) > LEAST_AIR and float(series.pixels.min()) > -5000:
        return "its grey values are those of a CT"
    return ""
