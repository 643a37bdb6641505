"""The whole register, for deep circuits on many qubits: all 4^n Pauli coordinates, moved on in blocks of qubits.

A matrix on n qubits would have 16^n entries; a block of three has 4,096 and is applied where it acts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.noise.channels import tensor
from qcore.noise.noisy_circuit import Local

Array = NDArray[np.float64]

MAX_BLOCK_QUBITS = 3
ROTATION_FLOPS = 64
"""Turning one qubit is limited by memory and takes as long as this many operations of a matrix product per entry."""


@dataclass(frozen=True)
class Block:
    """A fixed map on neighbouring qubits.

    Attributes:
        lowest: first qubit of the block.
        matrix: ``(4^k, 4^k)``; the highest qubit is the most significant digit.
    """

    lowest: int
    matrix: Array


def blocks(stretch: Sequence[Local]) -> tuple[Block, ...]:
    """Fuse a stretch into blocks of up to three neighbouring qubits."""
    fused: list[tuple[int, int, Array]] = []
    last_block: dict[int, int] = {}
    for local in stretch:
        low, high = min(local.qubits), max(local.qubits)
        block = max((last_block[q] for q in range(low, high + 1) if q in last_block), default=None)
        if block is not None:
            wide_low, wide_high = min(low, fused[block][0]), max(high, fused[block][1])
            # Widening a block over a qubit that a later block has touched would change the order.
            free = all(last_block.get(q, -1) <= block for q in range(wide_low, wide_high + 1))
            if wide_high - wide_low < MAX_BLOCK_QUBITS and free:
                earlier = _embedded(fused[block][2], fused[block][0], fused[block][1], wide_low, wide_high)
                matrix = _embedded(_ordered(local), low, high, wide_low, wide_high) @ earlier
                fused[block] = (wide_low, wide_high, matrix)
                last_block.update(dict.fromkeys(range(wide_low, wide_high + 1), block))
                continue
        last_block.update(dict.fromkeys(range(low, high + 1), len(fused)))
        fused.append((low, high, _ordered(local)))
    return tuple(Block(low, matrix) for low, _, matrix in fused)


def _ordered(local: Local) -> Array:
    """Return the matrix on all qubits from the lowest to the highest, the highest most significant."""
    if len(local.qubits) == 1:
        return local.matrix
    first, second = local.qubits
    four = local.matrix.reshape(4, 4, 4, 4)
    if first < second:
        four = four.transpose(1, 0, 3, 2)
    gap = 4 ** (abs(first - second) - 1)
    spread = np.einsum("abcd,ij->aibcjd", four, np.eye(gap))
    return np.asarray(spread.reshape(16 * gap, 16 * gap))


def _embedded(matrix: Array, low: int, high: int, wide_low: int, wide_high: int) -> Array:
    return tensor(np.eye(4 ** (wide_high - high)), matrix, np.eye(4 ** (low - wide_low)))


def on_zeros(n_qubits: int) -> Tensor:
    """Return the state |0…0>, ``(4^n, 1)``: strings of I and Z are 1, all others 0."""
    zero = torch.tensor([1.0, 1.0, 0.0, 0.0], dtype=torch.float64)
    state = torch.ones(1, dtype=torch.float64)
    for _ in range(n_qubits):
        state = torch.kron(zero, state)
    return state[:, None]


def apply_block(state: Tensor, lowest: int, matrix: Tensor) -> Tensor:
    """Apply a block to states ``(4^n, batch)``."""
    size, batch = state.shape
    inner = 4**lowest * batch
    return (matrix @ state.reshape(size // (len(matrix) * 4**lowest), len(matrix), inner)).reshape(size, batch)


def rotate(state: Tensor, qubit: int, angle: Tensor) -> Tensor:
    """Apply RZ(angle) to one qubit of states ``(4^n, batch)``; angle ``(batch,)`` or ``(1,)`` rad."""
    size, batch = state.shape
    digits = state.reshape(-1, 4, 4**qubit, batch)
    cosine, sine = angle.cos(), angle.sin()
    x, y = digits[:, 2], digits[:, 3]
    turned = torch.stack([digits[:, 0], digits[:, 1], x * cosine - y * sine, x * sine + y * cosine], dim=1)
    return turned.reshape(size, batch)
