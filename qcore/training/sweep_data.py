"""What a sweep can train on: a training part and a held-out part of each, never an official test split."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.models.families import Kind, Shape
from qcore.tasks.aki import model as aki
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.imaging.task import TASKS
from qcore.training.medmnist import read
from qcore.training.sources import physionet_training_set

AKI = "aki"
TOY = "toy"
"""Made of random numbers: needs no file."""
KINDS: Mapping[str, Kind] = {
    AKI: Kind.TABLE,
    TOY: Kind.TABLE,
    **{name: task.shape.kind for name, task in TASKS.items()},
}
"""The kind of case of every data set."""
SEED = 0
"""Of splits and subsets: all cells see the same cases."""
HELD_OUT = 0.25


@dataclass(frozen=True, eq=False)
class SweepData:
    """Cases as float32, standardised by the training part.

    Attributes:
        shape: of a case.
        x: ``(n, ...)`` training cases.
        y: ``(n, 1)`` their outcomes, 0 or 1.
        held_x: ``(m, ...)`` held-out cases.
        held_y: ``(m,)`` their outcomes.
    """

    shape: Shape
    x: Tensor
    y: Tensor
    held_x: Tensor
    held_y: Tensor


def load(name: str, cases: int | None, data: Path | None) -> SweepData:
    """Read a data set.

    Args:
        name: a key of `KINDS`.
        cases: a random subset of so many training cases, with as large a share of events; None for all.
        data: folder of the public data sets; ``toy`` needs none.

    Raises:
        MissingAsset: a file is not there.
        InvalidValue: there are fewer cases than asked for.
    """
    if name == TOY:
        x, y = make_classification(600, 6, n_informative=4, n_redundant=0, random_state=SEED)
        return _table(torch.from_numpy(x), torch.from_numpy(y).double(), cases)
    if data is None:
        raise InvalidValue(f"The data set '{name}' is read from the data folder: set QLINICAL_DATA to where it is.")
    if name == AKI:
        cohort = physionet_training_set(data).cohort
        inputs = torch.from_numpy(cohort.inputs[list(INPUT_NAMES)].to_numpy(dtype=np.float64, copy=True))
        return _table(inputs, torch.from_numpy(cohort.outcome.to_numpy(dtype=np.float64, copy=True)), cases, coded=True)
    task = TASKS[name]
    train, held = (read(data, task.dataset, split, task.positive_label) for split in ("train", "val"))
    chosen = _subset(train.y, cases)
    x = train.x[chosen]
    mean, sd = x.mean(), x.std()
    return SweepData(task.shape, (x - mean) / sd, train.y[chosen, None], (held.x - mean) / sd, held.y)


def _table(inputs: Tensor, outcome: Tensor, cases: int | None, coded: bool = False) -> SweepData:
    """Split rows; AKI inputs go through the task's encoder, fitted on the chosen training rows alone."""
    inside, outside = train_test_split(
        np.arange(len(inputs)), test_size=HELD_OUT, stratify=outcome.numpy(), random_state=SEED
    )
    inside = inside[_subset(outcome[inside], cases)]
    if coded:
        encoder = aki.new_encoder().fit(inputs[inside])
        features = encoder(inputs)
    else:
        features = (inputs - inputs[inside].mean(0)) / inputs[inside].std(0)
    x, y = features.float(), outcome.float()
    return SweepData(Shape(Kind.TABLE, x.shape[1]), x[inside], y[inside, None], x[outside], y[outside])


def _subset(outcome: Tensor, cases: int | None) -> Tensor:
    """Return positions of the chosen training cases."""
    n = len(outcome)
    if cases is None or cases == n:
        return torch.arange(n)
    if cases > n:
        raise InvalidValue(
            f"The data set has {n:,} training cases, not {cases:,}: ask for fewer, or leave 'cases' out."
        )
    chosen, _ = train_test_split(np.arange(n), train_size=cases, stratify=outcome.numpy(), random_state=SEED)
    return torch.from_numpy(chosen)
