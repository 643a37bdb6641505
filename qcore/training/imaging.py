"""Learn what the images of the benchmarks look like, so that a page can refuse others."""

from pathlib import Path

from qcore.models.encoded import save_weights
from qcore.tasks.classification.question import entry_of
from qcore.tasks.classification.store import folder_of
from qcore.tasks.imaging.familiar import FILE, IMAGES, learnt
from qcore.tasks.imaging.subjects import SUBJECTS
from qcore.training.classification.cases import read_cases


def learn_familiar(data: Path) -> list[Path]:
    """Learn it for every question that is asked of images, and write it beside the models; return the files.

    Args:
        data: folder of the public data sets.

    Raises:
        MissingAsset: a data set is not there.
    """
    files = []
    for name in IMAGES:
        question = SUBJECTS[name].question
        (form,) = question.forms
        training, validation = (read_cases(question, form.shape, split, data).x for split in ("train", "val"))
        files.append(folder_of(entry_of(question)) / FILE)
        # No more digits than that are needed to refuse a stranger.
        save_weights(learnt(training, validation).half(), files[-1])
    return files
