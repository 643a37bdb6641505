"""The training loop of every torch classifier here: Adam, warm-up, cosine decay, a fixed number of epochs."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

BETAS = (0.9, 0.99)
WARM_UP_STEPS = 20


@dataclass(frozen=True)
class Recipe:
    """How a model is trained.

    Attributes:
        epochs: passes over the training patients.
        batch: patients a step.
        learning_rate: highest rate of the schedule.
        feature_l1: penalty on the absolute entries of the matrix that reads the features; makes it sparse.
        readout_l2: penalty on the squared weights of the read-out; keeps the model from sharpening what it
            has only seen a few times.
        feature_noise_sd: Gaussian noise added to the features at every step, in standard deviations.
        restarts: how often to begin again from other initial weights; the best fit is kept.
    """

    epochs: int
    batch: int
    learning_rate: float
    feature_l1: float
    readout_l2: float
    feature_noise_sd: float
    restarts: int


def fit_classifier(
    forward: Callable[[Tensor], Tensor],
    model: nn.Module,
    feature_matrix: Tensor,
    readout: Tensor,
    features: Tensor,
    outcome: Tensor,
    recipe: Recipe,
    seed: int,
) -> float:
    """Train a binary classifier in place by cross-entropy.

    Args:
        forward: maps features ``(batch, n_features)`` to log odds ``(batch,)``.
        model: whose parameters are trained.
        feature_matrix: the parameter that reads the features; `recipe.feature_l1` acts on it.
        readout: the weights of the read-out; `recipe.readout_l2` acts on them.
        features: ``(n, n_features)`` standardised.
        outcome: ``(n,)`` 0 or 1.
        recipe: how.
        seed: of the order of patients and the noise.

    Returns:
        Cross-entropy plus penalties over all training patients after the last step, without noise: by it,
        restarts from other initial weights can be compared without looking at any other patient.
    """
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, betas=BETAS)
    steps_an_epoch = max(1, len(features) // recipe.batch)
    total = steps_an_epoch * recipe.epochs

    def rate(step: int) -> float:
        return min(1.0, (step + 1) / WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * step / total))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    generator = torch.Generator().manual_seed(seed)

    def penalty() -> Tensor:
        return recipe.feature_l1 * feature_matrix.abs().sum() + recipe.readout_l2 * readout.square().sum()

    for _ in range(recipe.epochs):
        order = torch.randperm(len(features), generator=generator)
        for step in range(steps_an_epoch):
            batch = order[step * recipe.batch : (step + 1) * recipe.batch]
            noise = torch.randn(features[batch].shape, generator=generator, dtype=features.dtype)
            seen = features[batch] + recipe.feature_noise_sd * noise
            loss = nn.functional.binary_cross_entropy_with_logits(forward(seen), outcome[batch])
            optimiser.zero_grad()
            (loss + penalty()).backward()
            optimiser.step()
            schedule.step()
    with torch.no_grad():
        loss = nn.functional.binary_cross_entropy_with_logits(forward(features), outcome)
        return float(loss + penalty())


def prune(matrix: Tensor, keep: int) -> None:
    """Set all but the largest entries of a parameter to zero, in place.

    After an L1 penalty most entries are next to nothing; without them the model is the same and can be counted.

    Args:
        matrix: a trained parameter.
        keep: how many entries stay.
    """
    with torch.no_grad():
        smallest_kept = matrix.abs().flatten().topk(keep).values[-1]
        matrix[matrix.abs() < smallest_kept] = 0.0
