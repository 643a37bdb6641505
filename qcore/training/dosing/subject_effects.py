"""Random effects of the training subjects, so that a network does not learn to recognise subjects by their covariates.

With some forty subjects a network explains a person's lasting difference by the exact covariates, which are a name. A
normal random effect takes it instead, as in every population model and, for networks, in Simchoni and Rosset 2021,
"Using random effects to account for high-cardinality categorical features and repeated measures".
"""

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.tasks.dosing.networks.model import relative_loss

DISPERSION = 0.01
"""Squared relative error of a measurement (10 %), the unit of the loss."""


class SubjectEffects(nn.Module):
    """A model whose subjects have offsets of their own, for training alone.

    Args:
        model: takes a table and a backend, returns log means ``(n_rows, 2)``.
        n_subjects: whose offsets are learnt.
        n_measured: measurements of each quantity in all, ``(2,)``.
        differ: standard deviation of the offsets.
    """

    n_measured: Tensor

    def __init__(self, model: nn.Module, n_subjects: int, n_measured: Tensor, differ: float) -> None:
        super().__init__()
        self.model = model
        self.differ = differ
        self.offsets = nn.Parameter(torch.zeros(n_subjects, 2))
        self.register_buffer("n_measured", n_measured.float().clamp(min=1))

    def forward(self, rows: Tensor, backend: Backend | None = None) -> Tensor:
        """Return log means ``(n_rows, 2)`` of a table whose last column is the subject's place."""
        return self.model(rows[:, :-1], backend) + self.offsets[rows[:, -1].long()]  # type: ignore[no-any-return]

    def loss(self, log_mean: Tensor, measured: Tensor) -> Tensor:
        """Return -log of the joint density of measurements and offsets, per measurement and in units of the dispersion.

        Args:
            log_mean: predicted logarithms of the mean, ``(n_rows, 2)``.
            measured: ``(n_rows, 2)``; NaN where there is none.
        """
        unlikely = (self.offsets / self.differ).square().sum(0) / 2
        return relative_loss(log_mean, measured) + (DISPERSION * unlikely / self.n_measured).sum()

    @torch.no_grad()
    def mean_log_factor(self, subject: Tensor, measured: Tensor) -> Tensor:
        """Return the logarithm of the mean factor by which people differ, ``(2,)``: from the typical one to the mean.

        Args:
            subject: of each row, ``(n_rows,)``.
            measured: ``(n_rows, 2)``; a subject of whom a quantity was never measured does not count in it.
        """
        counts = torch.zeros(len(self.offsets), 2).index_add_(0, subject, (~torch.isnan(measured)).float())
        seen = counts > 0
        factors = torch.where(seen, self.offsets.exp(), 0.0).sum(0) / seen.sum(0).clamp(min=1)
        return torch.where(seen.any(0), factors, 1.0).log()
