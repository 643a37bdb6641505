"""The noiseless expectations of an expert's circuit at once: its state vectors, a register at a time.

PennyLane's simulator applies the circuit gate by gate and reads it observable by observable. Here all rotations of a
qubit between two entanglers are one matrix, three qubits are turned at a time, the ring of CNOT is one permutation, and
all observables are read together: the same numbers, some ten times sooner.
"""

from functools import cache

import torch
from torch import Tensor

TURNED_TOGETHER, READ_TOGETHER = 3, 4
"""Qubits turned by one matrix, and qubits read together: the quickest for a register of 12."""


def expert_expectations(inputs: Tensor, weights: Tensor) -> Tensor:
    """Return the expectations of the circuit of `qcore.circuits.experts`, differentiable in inputs and weights.

    Args:
        inputs: ``(batch, n_qubits)`` angles, rad.
        weights: ``(3 n_qubits n_layers,)`` rad.

    Returns:
        ``(batch, 4 n_qubits - 1)``, in the order of `xyz_and_neighbours`.
    """
    n_qubits = inputs.shape[1]
    angles = weights.reshape(-1, n_qubits, 3)
    encoded = _rx(inputs) @ _ry(inputs)
    trained = _rz(angles[..., 2]) @ _ry(angles[..., 1]) @ _rz(angles[..., 0])
    ring = _ring(n_qubits)
    state = _product((trained[0] @ encoded)[..., 0])[:, ring]
    for layer in trained[1:]:
        state = _turned(state, layer @ encoded)[:, ring]
    return _read(state, n_qubits)


def _product(vectors: Tensor) -> Tensor:
    """Return the product state ``(batch, 2**n)`` of single qubits ``(batch, n, 2)``."""
    state = vectors[:, 0]
    for qubit in range(1, vectors.shape[1]):
        state = (state.unsqueeze(-1) * vectors[:, qubit].unsqueeze(-2)).flatten(1)
    return state


def _turned(state: Tensor, gates: Tensor) -> Tensor:
    """Apply gates ``(batch, n, 2, 2)``, some qubits at a time from the left; the axes come round in the end."""
    for some in gates.split(TURNED_TOGETHER, 1):
        gate = some[:, 0]
        for next_gate in some.unbind(1)[1:]:
            gate = torch.einsum("bij,bkl->bikjl", gate, next_gate).flatten(3, 4).flatten(1, 2)
        state = (gate @ state.reshape(len(state), gate.shape[-1], -1)).transpose(1, 2).reshape(len(state), -1)
    return state


def _read(state: Tensor, n_qubits: int) -> Tensor:
    """Return X, Y and Z of every qubit and ZZ of neighbours, in the order of `xyz_and_neighbours`."""
    across = []
    for first in range(0, n_qubits, READ_TOGETHER):
        # The density matrix of some qubits, far smaller than the state, holds all that is read of one of them.
        size = 2 ** min(READ_TOGETHER, n_qubits - first)
        some = state.reshape(len(state), 2**first, size, -1).transpose(1, 2).flatten(2)
        across += _across(some @ some.mH)
    flips = 2 * torch.stack(across, -1)
    along = (state.real.square() + state.imag.square()) @ _signs(n_qubits).to(flips.real.dtype)
    return torch.cat([flips.real, flips.imag, along], -1)


def _across(density: Tensor) -> list[Tensor]:
    """Return what couples 0 and 1 of every qubit of density matrices ``(batch, 2**n, 2**n)``, each ``(batch,)``."""
    n_qubits, couplings = density.shape[-1].bit_length() - 1, []
    for qubit in range(n_qubits):
        before, after = 2**qubit, 2 ** (n_qubits - qubit - 1)
        block = density.reshape(-1, before, 2, after, before, 2, after)[:, :, 1, :, :, 0]
        couplings.append(torch.einsum("bxyxy->b", block))
    return couplings


@cache
def _ring(n_qubits: int) -> Tensor:
    """Return which amplitude comes to each index by the ring of CNOT of `STRONG`."""
    amplitudes = torch.arange(2**n_qubits)
    for qubit in reversed(range(n_qubits if n_qubits > 2 else n_qubits - 1)):
        control, target = (n_qubits - 1 - wire % n_qubits for wire in (qubit, qubit + 1))
        amplitudes = amplitudes ^ (((amplitudes >> control) & 1) << target)
    return amplitudes


@cache
def _signs(n_qubits: int) -> Tensor:
    """Return Z of every qubit and ZZ of neighbours of every basis state, ``(2**n, 2 n - 1)``."""
    bits = torch.arange(2**n_qubits).unsqueeze(-1) >> torch.arange(n_qubits - 1, -1, -1)
    z = 1 - 2 * (bits & 1)
    return torch.cat([z, z[:, :-1] * z[:, 1:]], -1).double()


def _ry(angle: Tensor) -> Tensor:
    cos, sin = torch.cos(angle / 2), torch.sin(angle / 2)
    return _matrix(torch.complex(cos, 0 * cos), torch.complex(-sin, 0 * sin), torch.complex(sin, 0 * sin))


def _rx(angle: Tensor) -> Tensor:
    cos, sin = torch.cos(angle / 2), torch.sin(angle / 2)
    off = torch.complex(0 * sin, -sin)
    return _matrix(torch.complex(cos, 0 * cos), off, off)


def _rz(angle: Tensor) -> Tensor:
    cos, sin = torch.cos(angle / 2), torch.sin(angle / 2)
    return torch.diag_embed(torch.stack([torch.complex(cos, -sin), torch.complex(cos, sin)], -1))


def _matrix(diagonal: Tensor, right: Tensor, left: Tensor) -> Tensor:
    return torch.stack([torch.stack([diagonal, right], -1), torch.stack([left, diagonal], -1)], -2)
