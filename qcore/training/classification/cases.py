"""The cases of a question with their outcomes, split by split."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split
from torch import Tensor

from qcore.models.families import Kind, Shape
from qcore.tasks.classification.question import Question
from qcore.tasks.tumor.question import N_CELLS
from qcore.training.aki.cases import aki_groups, aki_inputs
from qcore.training.cohorts import medmnist
from qcore.training.cohorts.physionet2012 import read_cohort, read_course
from qcore.training.cohorts.ptbxl import read_ptbxl
from qcore.training.ecg.views import N_VIEWS, views
from qcore.training.tumor.cases import certain, tumor_cases

Split = Literal["train", "val", "test", "all"]
"""``all`` are those of train and val together, for cross-validation; only AKI has them so."""
HELD_OUT = 0.25
"""Share of set-a that calibrates and does not train."""
SEED = 0


@dataclass(frozen=True, eq=False)
class Cases:
    """Cases as stored, with their outcomes.

    Attributes:
        x: ``(n, channels, *space)`` in [0, 1], or ``(n, n_columns)`` or ``(n, time, n_columns)`` with units, NaN where
            missing.
        y: ``(n, n_labels)`` 0 or 1.
        name: what they are called in evidence.
        people: ``(n,)`` cases of the same person share a value and stay on one side of every split; None where every
            case is another person, or nobody knows.
        groups: ``(n, ...)`` attributes for subgroups, where the data tell any; NaN where unknown.
        attrition: how many remained after each step of their selection.
        cells: ``(n, h, w)`` of images in cells: 1 where what is asked for lies in a cell, 0 where it does not, -1
            where nobody knows; None where only the image as a whole is judged.
    """

    x: Tensor
    y: Tensor
    name: str = ""
    people: NDArray[np.generic] | None = None
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)
    attrition: Mapping[str, int] = field(default_factory=dict)
    cells: Tensor | None = None

    def __len__(self) -> int:
        """Count the cases."""
        return len(self.x)

    @property
    def outcome(self) -> NDArray[np.float64]:
        """``(n, n_labels)`` 0 or 1."""
        return np.asarray(self.y.double().numpy())

    def part(self, index: Tensor) -> "Cases":
        """Return some of the cases, for training; whose they are stays known."""
        people = None if self.people is None else self.people[index.numpy()]
        cells = None if self.cells is None else self.cells[index]
        return Cases(self.x[index], self.y[index], self.name, people, cells=cells)

    def subset(self, share: float, seed: int) -> "Cases":
        """Return the cases of that share of the people, with as many of each outcome; every seed draws others."""
        people = np.arange(len(self)) if self.people is None else self.people
        person = np.unique(people, return_inverse=True)[1]
        has = np.zeros((person.max() + 1, self.y.shape[1]))
        np.maximum.at(has, person, self.outcome)
        chosen, _ = train_test_split(
            np.arange(len(has)), train_size=share, stratify=strata(has, fewest=2), random_state=seed
        )
        return self.part(torch.from_numpy(np.flatnonzero(np.isin(person, chosen))))


def strata(outcome: NDArray[np.float64], fewest: int) -> NDArray[np.int64]:
    """Return a number for each case, the same where the same labels hold, to draw as many of each.

    Args:
        outcome: ``(n, n_labels)`` 0 or 1.
        fewest: combinations that fewer cases have are taken together, and with the commonest if still too few.
    """
    number, count = np.unique(outcome, axis=0, return_inverse=True, return_counts=True)[1:]
    number, rare = number.reshape(-1).astype(np.int64), np.flatnonzero(count < fewest)
    together = rare[0] if count[rare].sum() >= fewest else count.argmax()
    return np.where(np.isin(number, rare), together, number)


Reader = Callable[[Question, Shape, Split, Path], Cases]


def _medmnist(positive: int) -> Reader:
    """Return what reads a yes/no question of MedMNIST, where that label of the file counts as yes."""

    def read(question: Question, _shape: Shape, split: Split, data: Path) -> Cases:
        images = medmnist.read(data, question.dataset, split, positive)
        of = {"test": "official test split", "train": "official training split"}.get(split, "official validation split")
        return Cases(images.x, images.y[:, None], f"{question.dataset}, {of}")

    return read


def _physionet(_question: Question, shape: Shape, split: Split, data: Path) -> Cases:
    part: Literal["a", "b"] = "b" if split == "test" else "a"
    cohort = read_cohort(part, data)
    x = torch.from_numpy(read_course(part, data, cohort)) if shape.kind is Kind.SERIES else aki_inputs(cohort)
    y = torch.from_numpy(cohort.outcome.to_numpy(dtype=np.float32, copy=True))[:, None]
    if split in {"test", "all"}:
        return Cases(x, y, cohort.name, groups=aki_groups(cohort), attrition=cohort.attrition)
    inside, outside = train_test_split(np.arange(len(x)), test_size=HELD_OUT, stratify=y.numpy(), random_state=SEED)
    return Cases(x, y, cohort.name).part(torch.from_numpy(inside if split == "train" else outside))


def _brain_mri(_question: Question, shape: Shape, split: Split, data: Path) -> Cases:
    found = tumor_cases(split, data, N_CELLS)
    if shape.kind is Kind.IMAGE and split == "train":
        found = certain(found, shape.side)
    cells = found.cells if shape.kind is Kind.CELLS and split == "train" else None
    return Cases(found.x, found.y, found.name, found.people, cells=cells)


def _ptbxl(_question: Question, _shape: Shape, split: Split, data: Path) -> Cases:
    found = read_ptbxl(data, split)
    of = {"train": "folds 1 to 8", "val": "fold 9"}.get(split, "fold 10")
    if split == "train":
        return Cases(views(found.x), found.y.repeat(N_VIEWS, 1), f"PTB-XL, {of}", np.tile(found.people, N_VIEWS))
    return Cases(found.x, found.y, f"PTB-XL, {of}", found.people, found.groups)


READERS: Mapping[str, Reader] = {
    "aki": _physionet,
    "breast": _medmnist(positive=0),
    "pneumonia": _medmnist(positive=1),
    "adrenal": _medmnist(positive=1),
    "tumor": _brain_mri,
    "ecg": _ptbxl,
}
"""What reads the cases of each question."""


def read_cases(question: Question, shape: Shape, split: Split, data: Path) -> Cases:
    """Read one split of a question.

    Args:
        question: the question whose cases are read.
        shape: of one of the forms the question has.
        split: training, validation or test.
        data: folder of the public data sets.

    Raises:
        MissingAsset: a file is not there.
    """
    return READERS[question.name](question, shape, split, data)
