"""Which family is to answer for AKI: each cross-validated on the training half, on the folds of the released model.

The test half takes no part, so that its figures stay those of a model that was chosen without them.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from qcore.settings import ASSETS
from qcore.tasks.aki.question import AKI
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.classification.question import Entry, entries_of
from qcore.training.classification.cases import Cases, read_cases
from qcore.training.classification.train import Training

FILE = ASSETS / "models" / "aki" / "candidates.json"
DIGITS = 4


def candidates() -> list[Entry]:
    """Return the families that could answer in place of the released one, those that read the course first."""
    unreleased = (entry for entry in entries_of([AKI]) if not entry.is_released)
    return sorted(unreleased, key=lambda entry: entry.shape.kind.value)


def cross_validated_auroc(entry: Entry, cases: Cases, checkpoints: Path, on_progress: Callable[[str], object]) -> float:
    """Return the mean AUROC over five folds of a hybrid's members, averaged.

    Args:
        entry: question, family and size.
        cases: of the whole training half.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.
    """

    def tell(step: str, _done: int, _all: int) -> None:
        on_progress(f"{entry.family}, {step}")

    training = Training(entry, cases, checkpoints, names=(HYBRID,), on_progress=tell)
    return round(training.out_of_fold(HYBRID)[1], DIGITS)


def measure(data: Path, checkpoints: Path, on_progress: Callable[[str], object] = lambda _: None) -> dict[str, float]:
    """Cross-validate what is not measured yet, and keep every figure as soon as it is known.

    Args:
        data: folder of the public data sets.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.

    Returns:
        AUROC by family.

    Raises:
        MissingAsset: the data are not there.
    """
    auroc_by_family = measured()
    for entry in candidates():
        if entry.family not in auroc_by_family:
            cases = read_cases(entry.question, entry.shape, "all", data)
            auroc_by_family[entry.family] = cross_validated_auroc(entry, cases, checkpoints, on_progress)
            FILE.write_text(json.dumps(auroc_by_family, indent=2) + "\n", encoding="utf-8")
    return auroc_by_family


def measured() -> dict[str, float]:
    """Return the AUROC by family of what has been measured."""
    if not FILE.is_file():
        return {}
    content: Mapping[str, float] = json.loads(FILE.read_text(encoding="utf-8"))
    return dict(content)
