"""Learn what a cell of a brain MRI looks like: the trunk, fine-tuned with a linear layer on its cells.

It is trained once. The circuits, their classical twin and a linear map then read the same features, so that what a
circuit contributes is not mixed with what another run of a network would have learnt.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import OneCycleLR

from qcore.models.images.cells import N_FEATURES, CellFeatures
from qcore.tasks.tumor.question import SIDE_PX
from qcore.training.cohorts.brain_mri import Slices
from qcore.training.loop.cells import cell_loss
from qcore.training.tumor.batches import Batch, Batches

Part = nn.Module | torch.optim.Optimizer | OneCycleLR
N_OUTPUTS = 4
"""Nothing there, glioma, meningioma, pituitary tumour."""
RARE = -3.0
"""Log odds that a cell holds a tumour, to begin with."""
AVERAGED = 0.995
"""Share of the averaged weights that each step keeps."""
KEPT_EVERY = 50
"""Steps between two checkpoints."""


@dataclass(frozen=True)
class Cycle:
    """Steps in the course of which the rate of learning rises once and falls.

    Attributes:
        steps: of the optimiser.
        side: of the images, pixels; small at first, which is quicker.
        last_steps: so many steps at the end see images as large as those that are answered.
        learning_rate: highest rate of the pretrained weights; new ones learn `TrunkRecipe.faster` times as fast.
    """

    steps: int
    side: int
    last_steps: int
    learning_rate: float


@dataclass(frozen=True)
class TrunkRecipe:
    """How the trunk is trained.

    Attributes:
        cycles: one after the other; each begins with the averaged weights of the last.
        batch: images a step.
        last_side: side of the last images of a cycle, pixels.
        faster: how much faster than pretrained weights new ones learn.
        weight_decay: of all weights.
        seed: of batches and new weights.
    """

    cycles: tuple[Cycle, ...] = (
        Cycle(1200, 160, 500, 4e-4),
        Cycle(1400, 192, 200, 3e-4),
        Cycle(2000, 192, 500, 3e-4),
    )
    batch: int = 24
    last_side: int = SIDE_PX
    faster: float = 5.0
    weight_decay: float = 0.02
    seed: int = 0


class LinearCells(nn.Module):
    """The features of the cells and a linear layer on each.

    Args:
        dropout: share of features left out of whole images at every training step.
    """

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = CellFeatures()
        self.dropout = nn.Dropout2d(dropout)
        self.linear = nn.Conv2d(N_FEATURES, N_OUTPUTS, 1)
        nn.init.constant_(self.linear.bias[:1], RARE)  # type: ignore[index]

    def forward(self, x: Tensor) -> Tensor:
        """Return what each cell says ``(batch, 4, h, w)`` of images ``(batch, 1, side, side)``."""
        return self.linear(self.dropout(self.features(x)))  # type: ignore[no-any-return]


def train_trunk(
    slices: Slices,
    imagenet: Path,
    checkpoint: Path,
    recipe: TrunkRecipe,
    on_step: Callable[[int, int, float], object] = lambda _done, _all, _loss: None,
) -> LinearCells:
    """Train, or go on from the checkpoint.

    Args:
        slices: the training slices.
        imagenet: file of the published weights to begin with.
        checkpoint: file of a run that was stopped; removed by nobody, so that a finished run is not repeated.
        recipe: steps, sizes and rates.
        on_step: is told the steps done, all steps and the loss.

    Returns:
        The weights averaged over the last steps.
    """
    torch.manual_seed(recipe.seed)
    model = LinearCells()
    model.features.trunk.load_imagenet(imagenet)
    averaged = copy.deepcopy(model)
    done, before, steps = 0, 0, sum(cycle.steps for cycle in recipe.cycles)
    kept: dict[str, Any] = torch.load(checkpoint, weights_only=True) if checkpoint.is_file() else {"done": 0}
    for cycle in recipe.cycles:
        before += cycle.steps
        if kept["done"] >= before:
            done = before
            averaged.load_state_dict(kept["averaged"])
            continue
        if done:
            model.load_state_dict(averaged.state_dict())
        optimiser, schedule = _optimiser(model, cycle, recipe)
        parts: dict[str, Part] = {
            "model": model,
            "averaged": averaged,
            "optimiser": optimiser,
            "schedule": schedule,
        }
        if kept["done"] > done:
            done = kept["done"]
            for name, part in parts.items():
                part.load_state_dict(kept[name])
        while done < before:
            side = cycle.side if done < before - cycle.last_steps else recipe.last_side
            # Every stretch between checkpoints draws its own numbers: a run that goes on sees what it would have seen.
            drawn_by = recipe.seed * 1_000_003 + done
            torch.manual_seed(drawn_by)
            batches = Batches(slices, side, drawn_by)
            for _ in range(min(KEPT_EVERY, before - done)):
                loss = _step(model, optimiser, batches.draw(recipe.batch))
                schedule.step()
                _average(averaged, model, done)
                done += 1
                on_step(done, steps, loss)
            checkpoint.parent.mkdir(parents=True, exist_ok=True)
            torch.save({"done": done, **{name: part.state_dict() for name, part in parts.items()}}, checkpoint)
    averaged.eval()
    return averaged


def _optimiser(model: LinearCells, cycle: Cycle, recipe: TrunkRecipe) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    new = [weight for name, weight in model.named_parameters() if not name.startswith("features.trunk")]
    rates = [cycle.learning_rate, recipe.faster * cycle.learning_rate]
    groups = [{"params": model.features.trunk.parameters(), "lr": rates[0]}, {"params": new, "lr": rates[1]}]
    optimiser = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    return optimiser, OneCycleLR(optimiser, rates, total_steps=cycle.steps, pct_start=0.1)


def _step(model: LinearCells, optimiser: torch.optim.Optimizer, batch: Batch) -> float:
    model.train()
    loss = cell_loss(model(batch.x), batch.y, batch.cells)
    optimiser.zero_grad()
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 5.0)
    optimiser.step()
    return float(loss.detach())


@torch.no_grad()
def _average(averaged: nn.Module, model: nn.Module, done: int) -> None:
    keep = min(AVERAGED, (1 + done) / (10 + done))
    for mean, latest in zip(averaged.state_dict().values(), model.state_dict().values(), strict=True):
        if mean.is_floating_point():
            mean.lerp_(latest, 1 - keep)
        else:
            mean.copy_(latest)
