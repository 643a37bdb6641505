"""Predictions of a model's networks for a table, and how they change with dropout."""

import torch
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.models.dropout_networks import network_draws
from qcore.models.quantum_layer import quantum_layers
from qcore.tasks.dosing.networks.model import Learned


def log_expected(learned: Learned, table: Tensor, backend: Backend) -> Tensor:
    """Return the logarithm of the members' mean prediction, ``(n_rows, 2)``.

    Args:
        learned: the trained networks.
        table: made by its features.
        backend: that runs the circuits.
    """
    with torch.no_grad():
        log_means = torch.stack([member(table.float(), backend) for member in learned.members])
    return log_means.double().exp().mean(0).log()


def log_changes(learned: Learned, table: Tensor, backend: Backend, n_draws: int, seed: int) -> Tensor:
    """Return how log predictions change with dropout, over all members in turns, ``(n_draws, n_rows, 2)``.

    Args:
        learned: the trained networks.
        table: made by its features.
        backend: that runs the circuits.
        n_draws: number of draws.
        seed: of what is left out.
    """
    each = -(-n_draws // len(learned.members))
    drawn = [
        network_draws(member, table.float(), backend, each, seed + index)
        for index, member in enumerate(learned.members)
    ]
    in_turns = torch.stack(drawn, 1).flatten(0, 1)[:n_draws]
    return in_turns.double() - log_expected(learned, table, backend)


def runs_on(learned: Learned, backend: Backend) -> str | None:
    """Return where a model's circuits run, as a line of text; None where it has none."""
    return backend.name if any(quantum_layers(member) for member in learned.members) else None
