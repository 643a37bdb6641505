"""A mixture of experts that corrects a base prediction of concentration and response, and how sure it is of it."""

from dataclasses import dataclass
from enum import StrEnum

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.experts import ExpertsModel, Mixture, Mode, classical_experts, dropout_draws, quantum_experts
from qcore.study import Study
from qcore.tasks.dosing.networks.features import N_COLUMNS_OF_BASE, Features
from qcore.tasks.dosing.networks.samples import QUANTITIES, Moments

LIMIT = 1.5
"""Largest correction of a logarithm: a factor of 4.5 up or down."""
N_DRAWS = 200
COVERAGE = 0.9
"""Nominal coverage of a prediction interval."""
TINY = 1e-12


class Experts(StrEnum):
    """What the experts of a network are made of: circuits, or hidden units in their place."""

    QUANTUM = "quantum"
    """Circuits."""
    CLASSICAL = "classical"
    """The control: hidden layers of about as many parameters."""


@dataclass(frozen=True)
class Build:
    """The shape of a network.

    Attributes:
        experts: circuits, or their control.
        mode: what concentration and response share.
        n_qubits: qubits of every expert's circuit.
        n_layers: of every expert's circuit.
        dropout: share of hidden units left out in training and in draws.
    """

    experts: Experts = Experts.QUANTUM
    mode: Mode = Mode.CASCADE
    n_qubits: int = 4
    n_layers: int = 2
    dropout: float = 0.1


class Corrector(nn.Module):
    """Experts whose outputs are added to the logarithms of a base; untrained, it says what the base says.

    In a cascade the experts of the response are given the concentration as predicted at that moment, whether or not it
    was measured then: the base's is a feature, and what the first experts add to it is handed on.

    Attributes:
        build: what it is made of.
        shift: from the logarithm of the typical person to that of the mean over people, ``(2,)``; set after training.

    Args:
        build: what it is made of.
        n_features: columns of a table without those of the base.
    """

    shift: Tensor

    def __init__(self, build: Build, n_features: int) -> None:
        super().__init__()
        self.build = build
        self.register_buffer("shift", torch.zeros(len(QUANTITIES)))
        make = quantum_experts if build.experts is Experts.QUANTUM else classical_experts
        self.experts: ExpertsModel = make(
            build.mode, n_features, len(QUANTITIES), build.n_qubits, build.n_layers, build.dropout
        )
        for module in self.experts.modules():
            if isinstance(module, Mixture):
                for head in module.heads:
                    for parameter in list(head.children())[-1].parameters():
                        nn.init.zeros_(parameter)

    def forward(self, table: Tensor, backend: Backend | None = None) -> Tensor:
        """Return log means of concentration and response, ``(n_rows, 2)``, of a table ``(n_rows, n_features + 2)``."""
        seen, base = table[:, :-N_COLUMNS_OF_BASE], table[:, -N_COLUMNS_OF_BASE:]
        return base + self.shift + LIMIT * torch.tanh(self.experts(seen, backend) / LIMIT)


def relative_loss(log_mean: Tensor, measured: Tensor) -> Tensor:
    """Return the mean unit deviance of a gamma distribution, of each quantity, added up.

    It is least where the prediction is the MEAN of what is measured, weighs errors by their relative size, as suits
    measurements that err in proportion, and is half the squared relative error where that is small. Source: McCullagh
    and Nelder 1989, Generalized Linear Models, chapter 8.

    Args:
        log_mean: predicted logarithms of the mean, ``(n_rows, 2)``.
        measured: ``(n_rows, 2)``; NaN where there is no measurement, which then counts for nothing.
    """
    known = ~torch.isnan(measured)
    log_ratio = torch.log(torch.where(known, measured, 1.0).clamp(min=TINY)) - torch.where(known, log_mean, 0.0)
    deviance = torch.where(known, torch.exp(log_ratio) - log_ratio - 1, 0.0)
    return (deviance.sum(0) / known.sum(0).clamp(min=1)).sum()


@dataclass(frozen=True, eq=False)
class Learned:
    """A trained model: its features, its networks, and its residual standard deviation.

    Attributes:
        features: how a table is made.
        members: networks that differ by seed; their predictions are averaged.
        residual_sd: standard deviation of log(measured / predicted), of concentration and response, ``(2,)``; NaN for a
            quantity of which training had no measurements, so that nothing can be said.
    """

    features: Features
    members: tuple[Corrector, ...]
    residual_sd: Tensor

    def predicted(self, study: Study, moments: Moments, backend: Backend) -> Tensor:
        """Return expected concentration and response, ``(n_rows, 2)``, in the study's units; NaN as in `residual_sd`.

        Args:
            study: of whom; in a forecast with their early measurements.
            moments: subject and time of every row.
            backend: that runs the circuits.
        """
        table = self.features.table(study, moments).float()
        with torch.no_grad():
            log_means = [member(table, backend) for member in self.members]
        return torch.where(self.residual_sd.isnan(), torch.nan, torch.stack(log_means).double().exp().mean(0))

    def interval(self, study: Study, moments: Moments, backend: Backend, seed: int = 0) -> Tensor:
        """Return where a new measurement is expected to lie, low and high, ``(2, n_rows, 2)``.

        The spread is that of draws with dropout left on, over all members, and of single measurements.

        Args:
            study: of whom; in a forecast with their early measurements.
            moments: subject and time of every row.
            backend: that runs the circuits.
            seed: of what is left out and of the measurements' errors.
        """
        table = self.features.table(study, moments).float()
        each = -(-N_DRAWS // len(self.members))
        draws = torch.cat([dropout_draws(member, table, backend, each, seed) for member in self.members]).double()
        generator = torch.Generator().manual_seed(seed)
        errors = torch.randn(draws.shape, generator=generator, dtype=torch.float64) * self.residual_sd
        outside = (1 - COVERAGE) / 2
        levels = torch.tensor([outside, 1 - outside], dtype=torch.float64)
        return torch.quantile(draws + errors, levels, dim=0).exp()
