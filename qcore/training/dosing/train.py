"""Train a learned model of concentration and response on the subjects of a study: unseen subjects, or a forecast."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import torch
from torch import Generator, Tensor

from qcore.backends.ideal import IdealBackend
from qcore.backends.protocol import Backend
from qcore.study import Study
from qcore.tasks.dosing.networks.base import N_HALF_LIVES, Base, fit_superposition
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.early_samples import fit_early
from qcore.tasks.dosing.networks.features import N_COLUMNS_OF_BASE, Features, fit_features
from qcore.tasks.dosing.networks.model import Build, Corrector, Learned
from qcore.tasks.dosing.networks.samples import Moments, measured_moments
from qcore.training.dosing.contrast import Contrast, pretrain
from qcore.training.dosing.subject_effects import SubjectEffects
from qcore.training.loop.network import fit_network
from qcore.training.loop.recipe import Recipe

LEAST_RESIDUALS = 2
SMALLEST_RATIO = 1e-3
"""Least ratio of a measurement to its prediction; smaller ones are set to it, so that the logarithm is finite."""


@dataclass(frozen=True)
class NetworkTraining:
    """How a learned model is trained.

    Attributes:
        network: epochs, batch size and optimiser of the training loop.
        jitter: standard deviation of what is added to every standardised feature at every step: with few subjects,
            exact covariates are names.
        differ: standard deviation of the logarithms by which people differ beyond all features, for concentration and
            response alike.
        seeds: of the networks, one a member.
        contrast: pre-training of the encoders; None for none.
    """

    network: Recipe = field(default_factory=lambda: Recipe(epochs=60, batch=256, learning_rate=5e-3, weight_decay=0.1))
    jitter: float = 1.0
    differ: float = 0.3
    seeds: tuple[int, ...] = (0,)
    contrast: Contrast | None = None


def train(
    study: Study,
    build: Build,
    training: NetworkTraining,
    end: float | None = None,
    base: Base | None = None,
    backend: Backend | None = None,
    on_member: Callable[[int, int], object] = lambda _done, _all: None,
) -> Learned:
    """Train the networks that correct a population model on a study, one member a seed.

    Args:
        study: of the training subjects.
        build: shape of its networks.
        training: how they are trained.
        end: a forecast of all that comes after this time, in the study's unit, from what was measured until then; None
            for subjects of whom nothing was measured.
        base: what is corrected, fitted to the same subjects; None for the superposition of an average course. One that
            has used the early samples itself is given as it is, and their ratios to it say what it has left.
        backend: where circuits run in training; None for state vectors.
        on_member: is told how many members of how many are trained.
    """
    where = backend or IdealBackend()
    start = base or fit_superposition(study)
    moments = measured_moments(study, -np.inf if end is None else end)
    early = None if end is None else fit_early(study, start, end)
    features = fit_features(study, moments, start, early, half_lives_of(study, N_HALF_LIVES))
    table = features.table(study, moments).float()
    members = []
    for done, seed in enumerate(training.seeds):
        on_member(done, len(training.seeds))
        members.append(_trained(table, moments, features, build, training, where, seed))
    on_member(len(training.seeds), len(training.seeds))
    learned = Learned(features, tuple(members), torch.zeros(2, dtype=torch.float64))
    return replace(learned, residual_sd=residual_sd_of(learned.predicted(study, moments, where), moments.measured))


def _trained(
    table: Tensor,
    moments: Moments,
    features: Features,
    build: Build,
    training: NetworkTraining,
    where: Backend,
    seed: int,
) -> Corrector:
    torch.manual_seed(seed)
    member = Corrector(build, features.n_features)
    if training.contrast is not None:
        pretrain(member, table[:, : features.n_features], training.contrast, seed)
    people = SubjectEffects(
        member, int(moments.subject.max()) + 1, (~torch.isnan(moments.measured)).sum(0), training.differ
    )

    def jittered(rows: Tensor, generator: Generator) -> Tensor:
        added = training.jitter * torch.randn(len(rows), features.n_features, generator=generator)
        return rows + torch.nn.functional.pad(added, (0, N_COLUMNS_OF_BASE + 1))

    rows = torch.cat([table, moments.subject.unsqueeze(-1).float()], -1)
    fit_network(people, rows, moments.measured.float(), people.loss, training.network, where, seed, jittered)
    member.shift.copy_(people.mean_log_factor(moments.subject, moments.measured))
    return member


def residual_sd_of(predicted: Tensor, measured: Tensor) -> Tensor:
    """Return the standard deviation of log residuals, ``(2,)``; NaN if there are fewer than `LEAST_RESIDUALS`.

    Args:
        predicted: concentration and response, ``(n_rows, 2)``.
        measured: ``(n_rows, 2)``; NaN where there is no measurement.
    """
    spread = []
    for mean, value in zip(predicted.T, measured.T, strict=True):
        known = ~torch.isnan(value)
        ratio = torch.log((value[known] / mean[known]).clamp(min=SMALLEST_RATIO))
        spread.append(ratio.square().mean().sqrt() if len(ratio) >= LEAST_RESIDUALS else ratio.new_tensor(torch.nan))
    return torch.stack(spread)
