"""What a question's models read that is learnt before them, and once for all of them."""

from collections.abc import Callable, Mapping
from pathlib import Path

from qcore.models.families import Kind
from qcore.tasks.classification.preparation import Preparation
from qcore.tasks.classification.question import Entry
from qcore.training.ecg.features import learnt_stretches
from qcore.training.tumor.features import learnt_features

Tell = Callable[[str, int, int], object]
LEARNT: Mapping[tuple[str, Kind], Callable[[Path, Path, Tell], Preparation]] = {
    ("tumor", Kind.CELLS): learnt_features,
    ("ecg", Kind.SIGNAL): learnt_stretches,
}
"""By question and form: the folders of data and checkpoints, and who is told what is being done."""


def learnt_beforehand(entry: Entry, data: Path, checkpoints: Path, tell: Tell) -> Preparation | None:
    """Return what prepares the cases of an entry where that is learnt beforehand; None where the cases tell it.

    Args:
        entry: question and family.
        data: folder of the public data sets.
        checkpoints: folder of what is done of it; a run that was stopped goes on from there.
        tell: is told what is being done, steps done and steps in all.

    Raises:
        MissingAsset: data or pretrained weights are missing.
    """
    learn = LEARNT.get((entry.question.name, entry.shape.kind))
    return None if learn is None else learn(data, checkpoints, tell)
