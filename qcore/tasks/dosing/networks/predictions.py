"""What a learned model's networks say of a table, and what networks thinned by dropout say otherwise."""

import torch
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.models.dropout_networks import network_draws
from qcore.models.quantum_layer import quantum_layers
from qcore.tasks.dosing.networks.model import Learned


def log_expected(learned: Learned, table: Tensor, backend: Backend) -> Tensor:
    """Return logarithms of what is expected, of the mean over members, ``(n_rows, 2)``.

    Args:
        learned: the model.
        table: made by its features.
        backend: where circuits run.
    """
    with torch.no_grad():
        said = torch.stack([member(table.float(), backend) for member in learned.members])
    return said.double().exp().mean(0).log()


def log_changes(learned: Learned, table: Tensor, backend: Backend, n_draws: int, seed: int) -> Tensor:
    """Return what thinned networks say beyond what is expected, over all members in turns, ``(n_draws, n_rows, 2)``.

    Args:
        learned: the model.
        table: made by its features.
        backend: where circuits run.
        n_draws: how many.
        seed: of what is left out.
    """
    each = -(-n_draws // len(learned.members))
    drawn = [
        network_draws(member, table.float(), backend, each, seed + place)
        for place, member in enumerate(learned.members)
    ]
    in_turns = torch.stack(drawn, 1).flatten(0, 1)[:n_draws]
    return in_turns.double() - log_expected(learned, table, backend)


def runs_on(learned: Learned, backend: Backend) -> str | None:
    """Return where a model's circuits run, as a line of text; None where it has none."""
    return backend.name if any(quantum_layers(member) for member in learned.members) else None
