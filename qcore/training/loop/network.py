"""The training loop of every network on images, volumes, tables and series: AdamW, a schedule of the rate."""

import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch.optim.lr_scheduler import LambdaLR, LRScheduler, OneCycleLR

from qcore.arguments import check_whole
from qcore.backends.protocol import Backend
from qcore.errors import InvalidArgument
from qcore.training.loop.devices import AcrossDevices
from qcore.training.loop.recipe import RateSchedule, Recipe

Loss = Callable[[Tensor, Tensor], Tensor]
Change = Callable[[Tensor, Generator], Tensor]
WARM_UP = 0.15
"""Share of the steps in which the rate of one cycle rises."""
WARM_UP_STEPS = 20
BETAS = {RateSchedule.ONE_CYCLE: (0.9, 0.999), RateSchedule.COSINE: (0.9, 0.99)}
CASES_A_CALL = 256


def fit_network(
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    loss: Loss,
    recipe: Recipe,
    backend: Backend,
    seed: int,
    change: Change = lambda x, _: x,
    on_epoch: Callable[[int, int], object] = lambda _done, _all: None,
    penalty: Callable[[], Tensor | float] = lambda: 0.0,
) -> float:
    """Train a model in place.

    Args:
        model: called with cases and the backend, returns ``(batch, n_outputs)``.
        x: ``(n, ...)`` prepared cases.
        y: ``(n, n_outputs)`` outcomes, 0 or 1 where they are labels.
        loss: of outputs and outcomes.
        recipe: epochs, batch size, optimiser and augmentation.
        backend: where its circuits run; of several devices, every step on the next.
        seed: of the order of cases, their changes and their mixing.
        change: of the cases of a step, such as augmentation.
        on_epoch: is told how many epochs of how many are done.
        penalty: on the weights, added to the loss of every step.

    Returns:
        Mean loss of the last epoch.

    Raises:
        InvalidArgument: the recipe has no epochs.
    """
    check_whole("The number of epochs of a training", recipe.epochs, 1)
    generator, mixing = Generator().manual_seed(seed), np.random.default_rng(seed)
    shrunk = [p for p in model.parameters() if p.requires_grad and p.ndim > 1]
    free = [p for p in model.parameters() if p.requires_grad and p.ndim <= 1]
    groups = [{"params": shrunk, "weight_decay": recipe.weight_decay}, {"params": free, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=recipe.learning_rate, betas=BETAS[recipe.schedule])
    steps = max(1, len(x) // recipe.batch)
    schedule = _schedule(optimiser, recipe, steps * recipe.epochs)
    model.train()
    losses: list[float] = []
    for epoch in range(recipe.epochs):
        order = torch.randperm(len(x), generator=generator)
        losses.clear()
        for step in range(steps):
            chosen = order[step * recipe.batch : (step + 1) * recipe.batch]
            batch_x, batch_y = change(x[chosen], generator), y[chosen]
            if recipe.mixup:
                share = float(mixing.beta(recipe.mixup, recipe.mixup))
                partner = torch.randperm(len(chosen), generator=generator)
                batch_x = share * batch_x + (1 - share) * batch_x[partner]
                batch_y = share * batch_y + (1 - share) * batch_y[partner]
            value = loss(model(batch_x, backend), batch_y)
            optimiser.zero_grad()
            (value + penalty()).backward()
            optimiser.step()
            schedule.step()
            losses.append(float(value.detach()))
            if isinstance(backend, AcrossDevices):
                backend.next_step()
        on_epoch(epoch + 1, recipe.epochs)
    model.eval()
    return float(np.mean(losses))


def _schedule(optimiser: torch.optim.Optimizer, recipe: Recipe, steps: int) -> LRScheduler:
    if recipe.schedule is RateSchedule.ONE_CYCLE:
        return OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps, pct_start=WARM_UP)
    return LambdaLR(
        optimiser, lambda step: min(1.0, (step + 1) / WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * step / steps))
    )


def smoothed_cross_entropy(smoothing: float) -> Loss:
    """Return the cross-entropy of yes/no outcomes that are taken a little back to even odds.

    What is returned maps log odds and outcomes, ``(batch, n_labels)`` each, to their mean loss, and raises
    `InvalidArgument` where they differ in shape.

    Args:
        smoothing: share of an outcome that is taken back, 0 to 1.
    """

    def loss(logits: Tensor, outcome: Tensor) -> Tensor:
        if logits.shape != outcome.shape:
            raise InvalidArgument(
                f"The model returns {tuple(logits.shape)} for outcomes {tuple(outcome.shape)}: it needs as many "
                "outputs as there are labels (n_outputs of its Shape)."
            )
        return functional.binary_cross_entropy_with_logits(logits, outcome * (1 - smoothing) + smoothing / 2)

    return loss


@torch.no_grad()
def outputs(model: nn.Module, x: Tensor, backend: Backend) -> Tensor:
    """Return what a trained model says of all cases, ``(n, n_outputs)``, a few hundred at a time."""
    return torch.cat([model(part, backend) for part in x.split(CASES_A_CALL)])
