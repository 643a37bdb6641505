"""Learn what a stretch of an electrocardiogram looks like: a trunk, trained with a linear layer on its pooled features.

It is trained once. The circuits, their classical twins and the linear layer of a ResNet then read the same features, so
that what a circuit contributes is not mixed with what another run of a network would have learnt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional
from torch.optim.lr_scheduler import OneCycleLR

from qcore.models.signals.stretches import PooledLinear
from qcore.models.signals.trunk import SignalTrunk
from qcore.tasks.ecg.question import LABELS, WIDTHS
from qcore.training.cohorts.ptbxl import Recordings
from qcore.training.ecg.changes import changed


@dataclass(frozen=True)
class TrunkRecipe:
    """How a trunk is trained.

    Attributes:
        epochs: passes over the recordings.
        batch: recordings a step.
        learning_rate: highest rate of one cycle.
        weight_decay: of all weights.
        dropout: share of pooled features left out at every step.
        mixup: parameter of the beta distribution by which pairs of recordings are mixed (arXiv:1710.09412).
    """

    epochs: int = 40
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.05
    dropout: float = 0.3
    mixup: float = 0.0


class TrunkWithHead(nn.Module):
    """A trunk, and what it learns by.

    Args:
        n_leads: of the recordings.
        dropout: share of pooled features left out at every training step.
    """

    def __init__(self, n_leads: int, dropout: float) -> None:
        super().__init__()
        self.trunk = SignalTrunk(n_leads, WIDTHS)
        self.head = PooledLinear(self.trunk.n_out, len(LABELS), dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Return log odds ``(batch, n_labels)`` of recordings ``(batch, n_leads, n_samples)``."""
        return self.head(self.trunk(x))  # type: ignore[no-any-return]


def train_trunk(
    recordings: Recordings,
    seed: int,
    checkpoint: Path,
    recipe: TrunkRecipe,
    on_epoch: Callable[[int, int, float], object] = lambda _done, _all, _loss: None,
) -> TrunkWithHead:
    """Train a trunk, or go on from the checkpoint, which is written after every pass.

    Args:
        recordings: the training part.
        seed: of weights, order and changes.
        checkpoint: file of a run that was stopped; removed by nobody, so that a finished run is not repeated.
        recipe: steps and rates.
        on_epoch: is told passes done, all passes and the mean loss of the last.
    """
    torch.manual_seed(seed)
    model = TrunkWithHead(recordings.x.shape[1], recipe.dropout)
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    steps = len(recordings) // recipe.batch
    schedule = OneCycleLR(optimiser, recipe.learning_rate, total_steps=steps * recipe.epochs, pct_start=0.15)
    parts: dict[str, Any] = {"model": model, "optimiser": optimiser, "schedule": schedule}
    done = 0
    if checkpoint.is_file():
        kept = torch.load(checkpoint, weights_only=True)
        done = kept["done"]
        for name, part in parts.items():
            part.load_state_dict(kept[name])
    while done < recipe.epochs:
        # Every pass draws its own numbers: a run that goes on sees what it would have seen.
        generator = Generator().manual_seed(seed * 1_000_003 + done)
        torch.manual_seed(seed * 1_000_003 + done)
        loss = _pass(model, optimiser, schedule, recordings, recipe, generator)
        done += 1
        checkpoint.parent.mkdir(parents=True, exist_ok=True)
        torch.save({"done": done, **{name: part.state_dict() for name, part in parts.items()}}, checkpoint)
        on_epoch(done, recipe.epochs, loss)
    return model.eval()


def _pass(
    model: TrunkWithHead,
    optimiser: torch.optim.Optimizer,
    schedule: OneCycleLR,
    recordings: Recordings,
    recipe: TrunkRecipe,
    generator: Generator,
) -> float:
    """Go once over all recordings in another order; return the mean loss."""
    model.train()
    total, steps = 0.0, len(recordings) // recipe.batch
    order = torch.randperm(len(recordings), generator=generator)
    for step in range(steps):
        chosen = order[step * recipe.batch : (step + 1) * recipe.batch]
        x, y = changed(recordings.x[chosen], generator), recordings.y[chosen]
        if recipe.mixup:
            share = float(torch.distributions.Beta(recipe.mixup, recipe.mixup).sample())
            x, y = torch.lerp(x.flip(0), x, share), torch.lerp(y.flip(0), y, share)
        loss = functional.binary_cross_entropy_with_logits(model(x), y)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += float(loss.detach())
    return total / steps
