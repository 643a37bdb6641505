"""Train the AKI models of the page, or a model of transfused patients, on one cohort by cross-validation."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from qcore.backends.registry import backend
from qcore.backends.specification import Specification
from qcore.settings import CACHE
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.aki.question import AKI
from qcore.tasks.classification.question import entry_of
from qcore.training.aki.cases import aki_groups, aki_inputs, check_trainable
from qcore.training.classification.cases import Cases
from qcore.training.classification.train import Progress, Training
from qcore.training.cohorts.cohort import Cohort

SEED = 7
"""Seed of the first of several restarts."""
CHECKPOINTS = CACHE / "training"


def cases_of(cohort: Cohort) -> Cases:
    """Return the patients of a cohort as cases with the twelve inputs."""
    y = torch.from_numpy(cohort.outcome.to_numpy(dtype=np.float64, copy=True))[:, None]
    people = None if cohort.groups is None else cohort.groups.to_numpy()
    return Cases(aki_inputs(cohort), y, cohort.name, people, aki_groups(cohort), cohort.attrition)


def train(
    cohort: Cohort,
    population: str,
    on_progress: Progress,
    trains_on: Specification | None = None,
    normalize: bool = False,
    checkpoints: Path = CHECKPOINTS,
) -> AkiModel:
    """Train, calibrate and choose the threshold of all four models.

    Args:
        cohort: patients with outcome; at least 250, with events in every fold.
        population: one sentence for the clinician on whom the model was trained.
        on_progress: is told after every fit.
        trains_on: where the hybrid is trained and calibrated; the noiseless simulator where nothing is said. Random
            errors, if it injects them, are for training alone.
        normalize: whether the hybrid normalises what it measures.
        checkpoints: folder of fits that are done.

    Raises:
        InvalidValue: too few patients for the conformal band, or an input that nobody in the cohort has.
    """
    check_trainable(cohort)
    trains_on = trains_on or Specification("ideal")
    trained = Training(
        entry_of(AKI, "sparse-normalized" if normalize else "sparse"),
        cases_of(cohort),
        checkpoints,
        seeds=(SEED,),
        trained_on=(str(trains_on),),
        answers_on=backend(str(replace(trains_on, inject=False))),
        population=population,
        on_progress=on_progress,
    ).run()
    return AkiModel(trained)
