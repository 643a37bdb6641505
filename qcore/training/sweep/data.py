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
from qcore.tasks.questions import QUESTIONS
from qcore.training.classification.cases import Split, read_cases

TOY = "toy"
"""Name of the data set made of random numbers, which needs no file."""
QUESTION_AND_KIND: Mapping[str, tuple[str, Kind]] = {
    name if form is question.forms[0] else f"{name}-{form.shape.kind}": (name, form.shape.kind)
    for name, question in QUESTIONS.items()
    for form in question.forms
    if len(question.labels) == 1
}
KINDS: Mapping[str, Kind] = {TOY: Kind.TABLE, **{name: kind for name, (_, kind) in QUESTION_AND_KIND.items()}}
"""The kind of case of every data set."""
SEED = 0
"""Seed of splits and subsets, so that all cells see the same cases."""
HELD_OUT = 0.25
"""Share of the random data set that is held out."""
SPLITS: tuple[Split, Split] = ("train", "val")


@dataclass(frozen=True, eq=False)
class SweepData:
    """Cases as float32, standardised by the training part.

    Attributes:
        shape: kind and size of a case.
        x: ``(n, ...)`` training cases.
        y: ``(n, 1)`` their outcomes, 0 or 1.
        held_x: ``(m, ...)`` held-out cases.
        held_y: ``(m,)`` outcomes of the held-out cases their outcomes.
    """

    shape: Shape
    x: Tensor
    y: Tensor
    held_x: Tensor
    held_y: Tensor


def load(name: str, cases: int | None, data: Path | None) -> SweepData:
    """Read a data set for a sweep: what cells train on, and what is held out.

    Args:
        name: a key of `KINDS`.
        cases: a random subset of so many training cases, with as large a share of events; None for all.
        data: folder of the public data sets; ``toy`` needs none.

    Raises:
        MissingAsset: a file is not there.
        InvalidValue: there are fewer cases than asked for.
    """
    if name == TOY:
        return _toy(cases)
    if data is None:
        raise InvalidValue(f"The data set '{name}' is read from the data folder: set QLINICAL_DATA to where it is.")
    question, kind = QUESTIONS[QUESTION_AND_KIND[name][0]], KINDS[name]
    form = next(form for form in question.forms if form.shape.kind is kind)
    train, held = (read_cases(question, form.shape, split, data) for split in SPLITS)
    train = train.part(_subset(train.y[:, 0], cases))
    preparation = form.preparation(torch.float32).fit(train.x)
    return SweepData(form.shape, preparation(train.x), train.y, preparation(held.x), held.y[:, 0])


def _toy(cases: int | None) -> SweepData:
    drawn = make_classification(600, 6, n_informative=4, n_redundant=0, random_state=SEED)
    inputs, outcome = (torch.from_numpy(part).float() for part in drawn)
    inside, outside = train_test_split(
        np.arange(len(inputs)), test_size=HELD_OUT, stratify=outcome.numpy(), random_state=SEED
    )
    inside = inside[_subset(outcome[inside], cases)]
    x = (inputs - inputs[inside].mean(0)) / inputs[inside].std(0)
    return SweepData(Shape(Kind.TABLE, x.shape[1]), x[inside], outcome[inside, None], x[outside], outcome[outside])


def _subset(outcome: Tensor, cases: int | None) -> Tensor:
    """Return positions of the chosen training cases."""
    n = len(outcome)
    if cases is None or cases == n:
        return torch.arange(n)
    if cases > n:
        raise InvalidValue(
            f"The data set has {n:,} training cases, not {cases:,}: ask for fewer, or leave 'cases' out."
        )
    classes = len(outcome.unique())
    if not classes <= cases <= n - classes:
        raise InvalidValue(
            f"A part of {n:,} cases with both outcomes on either side has {classes} to {n - classes:,} of them, not "
            f"{cases:,}: change 'cases', or leave it out for all."
        )
    chosen, _ = train_test_split(np.arange(n), train_size=cases, stratify=outcome.numpy(), random_state=SEED)
    return torch.from_numpy(chosen)
