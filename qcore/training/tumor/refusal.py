"""How often pictures of brains are refused, and pictures of anything else are not: by their looks alone.

A file that names its modality, or whose grey values are Hounsfield units, is refused before anything looks at it. What
is measured here is the harder case: a picture that says nothing of itself.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from qcore.evidence.evaluation import Refused
from qcore.evidence.metrics import People, estimate
from qcore.settings import CACHE
from qcore.tasks.classification.model import Model
from qcore.tasks.classification.store import folder_of
from qcore.tasks.tumor.answer import preparation
from qcore.tasks.tumor.familiarity import load
from qcore.tasks.tumor.framing import framed
from qcore.training.cohorts.brain_mri import read_slices
from qcore.training.tumor.familiarity import medmnist_pictures

MEDMNIST = {
    "breastmnist": "Breast, ultrasound",
    "pneumoniamnist": "Chest, X-ray",
    "adrenalmnist3d": "Adrenal gland, middle slice of a CT mask",
}
MOST_OF_A_SET = 200


def refusals(model: Model, data: Path) -> list[Refused]:
    """Measure on the test slices of brain MRI and on test images of MedMNIST, none of which trained the test.

    Training images of the same sets did. No CT of a head is at hand that could be held out: how those do is not known.

    Args:
        model: trained, whose channels describe the pictures.
        data: folder of the public data sets.

    Raises:
        MissingAsset: a data set is missing, or the test was never trained.
    """
    brains = read_slices(data, CACHE / "training", "test")
    found = [_measured(model, "Brain, MRI", True, (brains.images[:, 0] / 255).astype(np.float32), brains.person)]
    for name, what in MEDMNIST.items():
        found.append(_measured(model, what, False, _framed(medmnist_pictures(data, name, "test", MOST_OF_A_SET))))
    return found


def _measured(
    model: Model, what: str, is_brain: bool, pictures: NDArray[np.float32], people: People | None = None
) -> Refused:
    summary = preparation(model).with_summary(torch.from_numpy(pictures)[:, None])[1]
    refused = (load(folder_of(model.entry))(summary) < 0).double().numpy()
    share = estimate(lambda outcome, _: float(outcome.mean()), refused, refused, people=people)
    return Refused(what=what, is_brain_mri=is_brain, n=len(pictures), share=share)


def _framed(images: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack([framed(image).pixels for image in images])
