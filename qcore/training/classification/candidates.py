"""Which model is to answer: every family cross-validated on the training half of the AKI data, on the page's own folds.

The test half takes no part, so that its figures stay those of a model that was chosen without them.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from qcore.backends.registry import backend
from qcore.settings import ASSETS
from qcore.tasks.classification.model import HYBRID, member_logits
from qcore.tasks.classification.preparation import new_preparation
from qcore.tasks.classification.question import Entry, entries
from qcore.training.aki import train
from qcore.training.classification.cases import Cases, read_cases
from qcore.training.classification.train import SEEDS, Fit, kept, recipe_of

FILE = ASSETS / "models" / "aki" / "candidates.json"
DIGITS = 4


def candidates() -> list[Entry]:
    """Return the families that could answer for AKI, those that read the course of the day first."""
    return sorted((each for each in entries() if each.question.name == "aki"), key=lambda each: each.shape.kind.value)


def cross_validated_auroc(entry: Entry, cases: Cases, checkpoints: Path, on_progress: Callable[[str], object]) -> float:
    """Return the mean AUROC over five folds of a hybrid's members, averaged.

    Args:
        entry: question, family and size.
        cases: of the whole training half.
        checkpoints: folder of fits that are done.
        on_progress: is told what is being trained.
    """
    outcome, found = cases.y.numpy(), []
    folds = StratifiedKFold(train.FOLDS, shuffle=True, random_state=train.SEED)
    for number, (inside, outside) in enumerate(folds.split(cases.x, outcome), 1):
        training = cases.part(torch.from_numpy(inside))
        preparation = new_preparation(entry.shape.kind).fit(training.x)
        held_out, logits = preparation(cases.x[outside]), []
        for seed in SEEDS:
            on_progress(f"{entry.family}, fold {number} of {train.FOLDS}, seed {seed}")
            member, _ = kept(Fit(entry, HYBRID, recipe_of(entry), seed), training, preparation, checkpoints)
            logits.append(member_logits(member, held_out, entry.question.mirrored, backend("ideal")))
        found.append(roc_auc_score(outcome[outside], np.mean(logits, axis=0)))
    return round(float(np.mean(found)), DIGITS)


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
    found = measured()
    for entry in candidates():
        if entry.family not in found:
            cases = read_cases(entry.question, entry.shape.kind, "all", data)
            found[entry.family] = cross_validated_auroc(entry, cases, checkpoints, on_progress)
            FILE.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return found


def measured() -> dict[str, float]:
    """Return the AUROC by family of what has been measured."""
    if not FILE.is_file():
        return {}
    content: Mapping[str, float] = json.loads(FILE.read_text(encoding="utf-8"))
    return dict(content)
