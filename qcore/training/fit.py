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
        feature_l2: penalty on the squared entries of the matrix that reads the features.
        readout_l2: penalty on the squared weights of the read-out; keeps the model from sharpening what it
            has only seen a few times.
        feature_noise_sd: Gaussian noise added to the features at every step, in standard deviations.
        seed: of the initial weights, the order of patients and the noise.
    """

    epochs: int
    batch: int
    learning_rate: float
    feature_l2: float
    readout_l2: float
    feature_noise_sd: float
    seed: int


def fit_classifier(
    forward: Callable[[Tensor], Tensor],
    model: nn.Module,
    feature_matrix: Tensor,
    readout: Tensor,
    features: Tensor,
    outcome: Tensor,
    recipe: Recipe,
) -> list[float]:
    """Train a binary classifier in place by cross-entropy and return the mean loss of every epoch.

    Args:
        forward: maps features ``(batch, n_features)`` to log odds ``(batch,)``.
        model: whose parameters are trained.
        feature_matrix: the parameter that reads the features; `recipe.feature_l2` acts on it.
        readout: the weights of the read-out; `recipe.readout_l2` acts on them.
        features: ``(n, n_features)`` standardised.
        outcome: ``(n,)`` 0 or 1.
        recipe: how.
    """
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate, betas=BETAS)
    steps_an_epoch = max(1, len(features) // recipe.batch)
    total = steps_an_epoch * recipe.epochs

    def rate(step: int) -> float:
        return min(1.0, (step + 1) / WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * step / total))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    generator = torch.Generator().manual_seed(recipe.seed)
    history = []
    for _ in range(recipe.epochs):
        order = torch.randperm(len(features), generator=generator)
        losses = []
        for step in range(steps_an_epoch):
            batch = order[step * recipe.batch : (step + 1) * recipe.batch]
            noise = torch.randn(features[batch].shape, generator=generator, dtype=features.dtype)
            seen = features[batch] + recipe.feature_noise_sd * noise
            loss = nn.functional.binary_cross_entropy_with_logits(forward(seen), outcome[batch])
            penalty = recipe.feature_l2 * feature_matrix.square().sum() + recipe.readout_l2 * readout.square().sum()
            optimiser.zero_grad()
            (loss + penalty).backward()
            optimiser.step()
            schedule.step()
            losses.append(loss.item())
        history.append(sum(losses) / len(losses))
    return history
