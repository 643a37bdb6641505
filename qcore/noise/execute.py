"""Run a compiled program for a batch of patients in torch: differentiable in every symbolic angle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from qcore.circuits.cores import on_one_core
from qcore.noise.program import Front, Layer, Program
from qcore.noise.register import apply_block, rotate

REGISTER_ENTRIES = 2**21
"""Numbers of one chunk of patients on the whole register: 16 MB, so that what a block reads is still in the cache."""


@dataclass(frozen=True)
class LoadedLayer:
    """A `Layer` of a compiled program as tensors of one precision.

    Attributes:
        offset: ``(n_phases,)`` rad; exponents of the phases = offset + slots @ slope.
        slope: ``(n_slots, n_phases)`` change of every phase with every slot.
        phase: ``(n_complex,)``: which phase turns each complex coordinate; None where each has its own.
        n_real: number of coordinates that are not turned.
        from_real, from_complex: ``(n_real, n_next)`` and ``(2 n_complex, n_next)``: the matrix that comes after.
        shared: True where every angle depends on the weights alone, not on the patient.
    """

    offset: Tensor
    slope: Tensor
    phase: Tensor | None
    n_real: int
    from_real: Tensor
    from_complex: Tensor
    shared: bool

    @property
    def size(self) -> int:
        """Number of coordinates before the layer."""
        return len(self.from_real) + len(self.from_complex)


@dataclass(frozen=True)
class LoadedMove:
    """A `FrontMove` as tensors; blocks are (lowest qubit, matrix)."""

    qubits: tuple[int, ...]
    offsets: Tensor
    slot_matrix: Tensor
    blocks: tuple[tuple[int, Tensor], ...]


@dataclass(frozen=True)
class LoadedFront:
    """The `Front` of a compiled program as tensors of one precision."""

    start: Tensor
    moves: tuple[LoadedMove, ...]
    strings: Tensor
    matrix: Tensor


@dataclass(frozen=True)
class LoadedProgram:
    """A `Program` as tensors of one precision."""

    start: Tensor
    front: LoadedFront | None
    layers: tuple[LoadedLayer, ...]
    flops: int
    of_template: bool


def load(program: Program, shared_slots: Sequence[bool], dtype: torch.dtype) -> LoadedProgram:
    """Move a program to torch.

    Args:
        program: compiled circuit, NumPy arrays.
        shared_slots: for every slot, whether it depends on the weights alone.
        dtype: float32 or float64, of all matrices.
    """
    return LoadedProgram(
        start=torch.from_numpy(program.start).to(dtype),
        front=_loaded_front(program.front, dtype) if program.front else None,
        layers=tuple(_loaded_layer(layer, shared_slots, dtype) for layer in program.layers),
        flops=program.flops,
        of_template=program.of_template,
    )


def _loaded_layer(layer: Layer, shared_slots: Sequence[bool], dtype: torch.dtype) -> LoadedLayer:
    # Two cosines cost less than looking up phases that few coordinates share.
    look_up = len(layer.pattern) > 2 * len(layer.patterns)
    patterns = layer.patterns if look_up else layer.patterns[layer.pattern]
    return LoadedLayer(
        offset=torch.from_numpy(patterns @ layer.offsets).to(dtype),
        slope=torch.from_numpy(layer.slot_matrix @ patterns.T).to(dtype),
        phase=torch.from_numpy(layer.pattern) if look_up else None,
        n_real=layer.n_real,
        from_real=torch.from_numpy(layer.matrix[: layer.n_real]).to(dtype),
        from_complex=torch.from_numpy(layer.matrix[layer.n_real :]).to(dtype),
        shared=all(shared_slots[slot] for slot in np.flatnonzero(layer.slot_matrix.any(axis=1)).tolist()),
    )


def _loaded_front(front: Front, dtype: torch.dtype) -> LoadedFront:
    moves = [
        LoadedMove(
            qubits=tuple(move.qubits.tolist()),
            offsets=torch.from_numpy(move.offsets).to(dtype),
            slot_matrix=torch.from_numpy(move.slot_matrix).to(dtype),
            blocks=tuple((block.lowest, torch.from_numpy(block.matrix).to(dtype)) for block in move.blocks),
        )
        for move in front.moves
    ]
    return LoadedFront(
        start=torch.from_numpy(front.start).to(dtype),
        moves=tuple(moves),
        strings=torch.from_numpy(front.strings),
        matrix=torch.from_numpy(front.matrix).to(dtype),
    )


def execute(program: LoadedProgram, slots: Tensor) -> Tensor:
    """Run a compiled program for a batch and return its expectations ``(batch, n_observables)``.

    Args:
        program: of the same precision as the slots.
        slots: ``(batch, n_slots)`` angles that differ from call to call, rad.
    """
    return on_one_core(partial(_executed, program), program.flops * len(slots), slots)


def _executed(program: LoadedProgram, slots: Tensor) -> Tensor:
    state = _through_front(program.front, slots) if program.front else program.start[None]
    position, layers = 0, program.layers
    while position < len(layers):
        layer = layers[position]
        position += 1
        # What the weights alone decide is the same for all patients: one matrix, made once a call.
        while position < len(layers) and layers[position].shared and layer.size < len(slots):
            layer = _joined(layer, layers[position], slots)
            position += 1
        state = _after(state, layer, slots)
    return state.expand(len(slots), -1)


def _after(state: Tensor, layer: LoadedLayer, slots: Tensor) -> Tensor:
    """Turn states ``(batch, n)`` and apply the matrix after the rotations."""
    exponents = torch.addmm(layer.offset, slots[:1] if layer.shared else slots, layer.slope)
    phases = torch.complex(exponents.cos(), exponents.sin())
    if layer.phase is not None:
        phases = phases.index_select(1, layer.phase)
    turning = torch.view_as_complex(state[:, layer.n_real :].unflatten(1, (-1, 2))) * phases
    still = state[:, : layer.n_real] @ layer.from_real
    return torch.addmm(still, torch.view_as_real(turning).flatten(1), layer.from_complex)


def _joined(layer: LoadedLayer, shared: LoadedLayer, slots: Tensor) -> LoadedLayer:
    """Put the rotations of a shared layer, and what comes after them, into the matrix of the layer before."""
    return replace(
        layer,
        from_real=_after(layer.from_real, shared, slots),
        from_complex=_after(layer.from_complex, shared, slots),
    )


def _through_front(front: LoadedFront, slots: Tensor) -> Tensor:
    chunk = max(1, REGISTER_ENTRIES // len(front.start))
    parts = slots.split(chunk)
    if slots.requires_grad and torch.is_grad_enabled():
        # Kept for every block, the registers of a batch would fill the memory: compute them again instead.
        return torch.cat([checkpoint(_moved, front, part, use_reentrant=False) for part in parts])
    return torch.cat([_moved(front, part) for part in parts])


def _moved(front: LoadedFront, slots: Tensor) -> Tensor:
    state = front.start[:, None].expand(-1, len(slots))
    for move in front.moves:
        angles = slots @ move.slot_matrix + move.offsets
        for column, qubit in enumerate(move.qubits):
            state = rotate(state, qubit, angles[:, column])
        for lowest, matrix in move.blocks:
            state = apply_block(state, lowest, matrix)
    return state.index_select(0, front.strings).T @ front.matrix
