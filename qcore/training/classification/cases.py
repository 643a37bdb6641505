"""The cases of a question with their outcomes, split by split."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import Tensor

from qcore.models.families import Kind
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.classification.question import Question
from qcore.training.cohorts import medmnist
from qcore.training.cohorts.cohort import Cohort
from qcore.training.cohorts.physionet2012 import read_cohort, read_course

Split = Literal["train", "val", "test", "all"]
"""``all`` are those of train and val together, for cross-validation; only AKI has them so."""
HELD_OUT = 0.25
"""Share of set-a that calibrates and does not train."""
SEED = 0


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases as stored, with a yes/no outcome.

    Attributes:
        x: ``(n, channels, *space)`` in [0, 1], or ``(n, n_columns)`` or ``(n, time, n_columns)`` with units, NaN where
            missing.
        y: ``(n,)`` 0 or 1.
        cohort: who they are, where the data tell.
    """

    x: Tensor
    y: Tensor
    cohort: Cohort | None = None

    def __len__(self) -> int:
        """Count the cases."""
        return len(self.x)

    def part(self, index: Tensor) -> "Cases":
        """Return some of the cases, for training."""
        return Cases(self.x[index], self.y[index])

    def subset(self, share: float, seed: int) -> "Cases":
        """Return that share of the cases, with as many of each outcome; every seed draws others."""
        chosen, _ = train_test_split(np.arange(len(self)), train_size=share, stratify=self.y.numpy(), random_state=seed)
        return self.part(torch.from_numpy(np.sort(chosen)))


def read_cases(question: Question, kind: Kind, split: Split, data: Path) -> Cases:
    """Read one split of a question.

    Args:
        question: which one.
        kind: in which form, one of those the question has.
        split: which one.
        data: folder of the public data sets.

    Raises:
        MissingAsset: a file is not there.
    """
    if kind in {Kind.IMAGE, Kind.VOLUME}:
        images = medmnist.read(data, question.dataset, split, question.positive_label)
        return Cases(images.x, images.y)
    part: Literal["a", "b"] = "b" if split == "test" else "a"
    cohort = read_cohort(part, data)
    if kind is Kind.SERIES:
        x = torch.from_numpy(read_course(part, data, cohort))
    else:
        x = torch.from_numpy(cohort.inputs[list(INPUT_NAMES)].to_numpy(dtype=np.float64, copy=True))
    y = torch.from_numpy(cohort.outcome.to_numpy(dtype=np.float32, copy=True))
    if split in {"test", "all"}:
        return Cases(x, y, cohort)
    inside, outside = train_test_split(np.arange(len(x)), test_size=HELD_OUT, stratify=y.numpy(), random_state=SEED)
    return Cases(x, y).part(torch.from_numpy(inside if split == "train" else outside))
