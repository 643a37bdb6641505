"""Contrastive pre-training of the encoders: two damaged views of a row should look alike, and unlike other rows.

Views by replacing some of a row's features by those of other rows: SCARF, Bahri et al. 2022, arXiv:2106.15147; the loss
is InfoNCE, van den Oord et al. 2018, arXiv:1807.03748.
"""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from qcore.models.experts import WIDTH, Mixture

WEIGHT_DECAY = 1e-2


@dataclass(frozen=True)
class Contrast:
    """How the encoders of networks are pre-trained by telling damaged rows apart.

    Attributes:
        epochs: passes over the rows.
        batch: rows a step, each against all others of the step.
        learning_rate: of the optimiser, constant.
        damaged: share of the features that are replaced.
        temperature: that divides similarities in the loss.
    """

    epochs: int = 30
    batch: int = 256
    learning_rate: float = 3e-3
    damaged: float = 0.4
    temperature: float = 0.2


def pretrain(model: nn.Module, rows: Tensor, contrast: Contrast, seed: int) -> float:
    """Train the encoder of every mixture of a model in place, without looking at what was measured.

    Args:
        model: whose modules contain mixtures of experts.
        rows: of training subjects, ``(n_rows, n_features)``, standardised. A mixture that has more features, as the
            second of a cascade, sees 0 in them.
        contrast: how long and how encoders are trained.
        seed: of order and damage; the projection, which is thrown away, begins from torch's own generator.

    Returns:
        Mean loss of the last epoch, over all mixtures.
    """
    mixtures = [module for module in model.modules() if isinstance(module, Mixture)]
    losses = [_pretrain_one(mixture, rows, contrast, seed + index) for index, mixture in enumerate(mixtures)]
    return sum(losses) / len(losses)


def _pretrain_one(mixture: Mixture, rows: Tensor, contrast: Contrast, seed: int) -> float:
    generator = Generator().manual_seed(seed)
    n_seen = mixture.encoder.enter.in_features
    seen = torch.nn.functional.pad(rows, (0, n_seen - rows.shape[1]))
    projection = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH)).to(rows.dtype)
    trained = [*mixture.encoder.parameters(), *projection.parameters()]
    optimiser = torch.optim.AdamW(trained, lr=contrast.learning_rate, weight_decay=WEIGHT_DECAY)
    mixture.train()
    losses: list[float] = []
    for _ in range(contrast.epochs):
        losses.clear()
        for chosen in torch.randperm(len(seen), generator=generator).split(contrast.batch):
            first, second = (projection(mixture.encoder(_damaged(seen, chosen, contrast, generator))) for _ in range(2))
            loss = info_nce(first, second, contrast.temperature)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(float(loss.detach()))
    return sum(losses) / len(losses)


def _damaged(rows: Tensor, chosen: Tensor, contrast: Contrast, generator: Generator) -> Tensor:
    """Return some rows with a share of their features taken from other rows, each feature from its own."""
    shape = (len(chosen), rows.shape[1])
    replaced = torch.rand(shape, generator=generator) < contrast.damaged
    others = torch.randint(len(rows), shape, generator=generator)
    return torch.where(replaced, rows.gather(0, others), rows[chosen])


def info_nce(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Return how hard it is to find each row's partner among all, a cross-entropy.

    Args:
        first: one view of every row, ``(n, width)``.
        second: ``(n, width)``; the partner of a row stands in the same place.
        temperature: number that cosine similarities are divided by.
    """
    alike = nn.functional.normalize(first, dim=-1) @ nn.functional.normalize(second, dim=-1).T / temperature
    own = torch.arange(len(first))
    return (nn.functional.cross_entropy(alike, own) + nn.functional.cross_entropy(alike.T, own)) / 2
