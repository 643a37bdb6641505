"""The compiled form of a noisy circuit: phases for the symbolic rotations, one matrix for all between two of them.

In coordinates ``r_X ± i r_Y`` an RZ(θ) is the phase ``exp(±iθ)``. A layer of rotations therefore multiplies every
coordinate by one complex number, whatever the number of qubits, and everything fixed between two layers, noise
included, is one real matrix. Only the coordinates that the observables need are kept (see `propagate`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from scipy import sparse

from qcore.noise.noisy_circuit import NoisyCircuit
from qcore.noise.propagate import Rows, pulled_back, summed
from qcore.noise.register import ROTATION_FLOPS, Block, apply_block, blocks, on_zeros
from qcore.noise.transpile.isa import Angle

Array = NDArray[np.float64]
Index = NDArray[np.int64]

MAX_TERMS = 300_000
"""Most Pauli strings, over all rows, that are followed through a stretch; with more, the register is simulated."""
MAX_MATRIX = 16_000_000
"""Most entries of the first layer's matrix, 128 MB; with more, the whole register is simulated."""
MAX_WIDTH = 2048
"""Most coordinates before any other layer; with more, the whole register is simulated."""


@dataclass(frozen=True)
class Layer:
    """One layer of symbolic rotations and the fixed stretch after it.

    The coordinates before and after are ``n_real`` real numbers, which the rotations leave alone (an even number, the
    last may be padding), then pairs (real part, imaginary part) of complex ones.

    Attributes:
        offsets: ``(n_rotating,)`` rad; angle of each rotating qubit = offset + slots @ slot_matrix.
        slot_matrix: ``(n_slots, n_rotating)`` factors from slots to the angles of the rotations.
        patterns: ``(n_patterns, n_rotating)`` of -1, 0, 1: the sign of every angle in each phase that occurs.
        pattern: ``(n_complex,)``: the phase of each complex coordinate.
        n_real: number of coordinates that are not turned.
        matrix: ``(n_real + 2 n_complex, n_next)``: to the coordinates of the next layer, or to the observables.
    """

    offsets: Array
    slot_matrix: Array
    patterns: Array
    pattern: Index
    n_real: int
    matrix: Array


@dataclass(frozen=True)
class FrontMove:
    """One layer of rotations of the register and the fixed stretch after it.

    Attributes:
        qubits: ``(n_rotating,)`` positions of the qubits that turn.
        offsets: ``(n_rotating,)`` rad; angles = offsets + slots @ slot_matrix.
        slot_matrix: ``(n_slots, n_rotating)`` factors from slots to the angles of the rotations.
        blocks: fused maps of the stretch, in the order in which they act.
    """

    qubits: Index
    offsets: Array
    slot_matrix: Array
    blocks: tuple[Block, ...]

    def flops(self, n_qubits: int) -> int:
        """Multiplications and additions of matrix products for one patient that take as long as this move."""
        an_entry = sum(2 * len(block.matrix) for block in self.blocks) + ROTATION_FLOPS * len(self.qubits)
        return int(an_entry * 4**n_qubits)


@dataclass(frozen=True)
class Front:
    """The beginning of a deep circuit, for which the whole register is cheaper than matrices.

    Attributes:
        start: ``(4^n,)`` coordinates after stretch 0.
        moves: layers of rotations with their stretches, in order.
        strings: ``(n_strings,)`` the Pauli strings that are needed after the last move.
        matrix: ``(n_strings, n_next)``: to the coordinates of the first layer, or to the observables.
    """

    start: Array
    moves: tuple[FrontMove, ...]
    strings: Index
    matrix: Array


@dataclass(frozen=True)
class Program:
    """A compiled circuit: start or front, then phases and matrix of every layer.

    Attributes:
        start: ``(n_coordinates of the first layer,)``, or the observables where nothing is symbolic; empty where
            there is a front.
        front: of a deep circuit on many qubits, else None.
        layers: rotations and matrices, in the order in which they act.
        of_template: True where the instructions are the same for all weights, see `IsaCircuit`.
    """

    start: Array
    front: Front | None
    layers: tuple[Layer, ...]
    of_template: bool = True

    @property
    def flops(self) -> int:
        """Multiplications and additions for one patient (on the register, an equivalent)."""
        total: int = sum(2 * layer.matrix.size for layer in self.layers)
        if self.front:
            n_qubits = (len(self.front.start).bit_length() - 1) // 2
            total += 2 * self.front.matrix.size + sum(move.flops(n_qubits) for move in self.front.moves)
        return total


def build(circuit: NoisyCircuit, measured: Rows, n_rows: int, n_slots: int) -> Program:
    """Compile a noisy circuit for some observables, from the last stretch to the first.

    Args:
        circuit: stretches and rotations with their noise.
        measured: ``(n_rows, 4^n)`` what reads the observables from the final state, read-out error included.
        n_rows: number of rows of `measured`, one an observable.
        n_slots: number of symbolic angles of the circuit.
    """
    layers: list[Layer] = []
    rows, height = measured, n_rows
    moves = [
        FrontMove(*_angles(rotations, n_slots), blocks(stretch))
        for rotations, stretch in zip(circuit.rotations, circuit.stretches[1:], strict=True)
    ]
    for last in range(len(moves), 0, -1):
        on_register = sum(move.flops(circuit.n_qubits) for move in moves[:last])
        before = pulled_back(rows, circuit.stretches[last], MAX_TERMS)
        if before is None:
            return Program(np.zeros(0), _front(circuit, moves[:last], rows, height), tuple(reversed(layers)))
        if not len(before.row):
            # The observables no longer depend on the state before this stretch.
            return Program(np.zeros(height), None, tuple(reversed(layers)))
        move = moves[last - 1]
        coordinates = _coordinates(before, move.qubits.tolist(), circuit.n_qubits)
        size = coordinates.to_coordinates.shape[0]
        # Going further back only widens the matrices. The first layer starts from a product state and has 3^n phases.
        rank = min(size, 1 + 2 * len(coordinates.patterns)) if last == 1 else size
        # From a wide layer there is no way back to the register: the hand-over would be a matrix of its own.
        too_wide = size > MAX_WIDTH if last > 1 else rank * height > MAX_MATRIX
        if 2 * last * rank * height > on_register or too_wide:
            remaining = [*moves[: last - 1], replace(move, blocks=())]
            return Program(np.zeros(0), _front(circuit, remaining, before, height), tuple(reversed(layers)))
        entries = _sparse(before, height, circuit.n_qubits)
        layers.append(
            Layer(
                offsets=move.offsets,
                slot_matrix=move.slot_matrix,
                patterns=coordinates.patterns,
                pattern=coordinates.pattern,
                n_real=coordinates.n_real,
                matrix=np.ascontiguousarray((entries @ coordinates.to_paulis).T.toarray()),
            )
        )
        triplets = coordinates.to_coordinates.tocoo()
        rows = summed(triplets.row.astype(np.int64), triplets.col.astype(np.int64), triplets.data)
        height = size
    start = _sparse(rows, height, circuit.n_qubits) @ _after_first_stretch(circuit)
    if layers:
        start, layers[-1] = _collapsed(start, layers[-1])
    return Program(start, None, tuple(reversed(layers)))


def _angles(rotations: Mapping[int, Angle], n_slots: int) -> tuple[Index, Array, Array]:
    """Return qubits, offsets and slot matrix of a layer of rotations; see `FrontMove`."""
    qubits = sorted(rotations)
    matrix = np.zeros((n_slots, len(qubits)))
    for column, qubit in enumerate(qubits):
        for slot, coefficient in rotations[qubit].terms:
            matrix[slot, column] = coefficient
    return np.array(qubits), np.array([rotations[qubit].offset for qubit in qubits]), matrix


def _sparse(rows: Rows, height: int, n_qubits: int) -> sparse.csr_matrix:
    return sparse.coo_matrix((rows.value, (rows.row, rows.pauli)), shape=(height, 4**n_qubits)).tocsr()


def _front(circuit: NoisyCircuit, moves: Sequence[FrontMove], rows: Rows, height: int) -> Front:
    """Hand the beginning over to the register, up to the strings that `rows` reads."""
    strings = np.unique(rows.pauli)
    return Front(
        start=_after_first_stretch(circuit),
        moves=tuple(moves),
        strings=strings,
        matrix=_sparse(rows, height, circuit.n_qubits)[:, strings].T.toarray(),
    )


def _after_first_stretch(circuit: NoisyCircuit) -> Array:
    """Return the state, ``(4^n,)``, in which the first symbolic rotations find the register."""
    state = on_zeros(circuit.n_qubits)
    for block in blocks(circuit.stretches[0]):
        state = apply_block(state, block.lowest, torch.from_numpy(block.matrix))
    return np.asarray(state[:, 0].numpy())


def _collapsed(start: Array, layer: Layer) -> tuple[Array, Layer]:
    """Add up all coordinates of the first layer that have the same phase: they start from fixed numbers."""
    matrix = np.zeros((2 + 2 * len(layer.patterns), layer.matrix.shape[1]))
    matrix[0] = start[: layer.n_real] @ layer.matrix[: layer.n_real]
    real, imaginary = start[layer.n_real :: 2, None], start[layer.n_real + 1 :: 2, None]
    from_real, from_imaginary = layer.matrix[layer.n_real :: 2], layer.matrix[layer.n_real + 1 :: 2]
    np.add.at(matrix[2::2], layer.pattern, real * from_real + imaginary * from_imaginary)
    np.add.at(matrix[3::2], layer.pattern, real * from_imaginary - imaginary * from_real)
    ones = np.zeros(len(matrix))
    ones[0] = ones[2::2] = 1.0
    return ones, replace(layer, n_real=2, pattern=np.arange(len(layer.patterns)), matrix=matrix)


@dataclass(frozen=True)
class _Coordinates:
    """How needed Pauli strings become coordinates: both maps are sparse, ``(size, 4^n)`` and ``(4^n, size)``."""

    patterns: Array
    pattern: Index
    n_real: int
    to_coordinates: sparse.csr_matrix
    to_paulis: sparse.csr_matrix


def _coordinates(needed: Rows, qubits: Sequence[int], n_qubits: int) -> _Coordinates:
    """Choose coordinates that a layer of rotations turns one by one.

    A string with X or Y on m turning qubits belongs to a family of 2^m strings. The family is spanned by
    ``sum over X/Y of r * prod(i s)^(Y)`` with a sign s = ±1 a qubit; opposite signs give conjugates, so the first
    sign is + and 2^(m-1) complex numbers remain.
    """
    strings = np.unique(needed.pauli)
    turning = np.zeros_like(strings)
    for qubit in qubits:
        turning |= (strings >> 2 * qubit + 1 & 1) << 2 * qubit
    families, first = np.unique(strings & ~turning, return_index=True)
    turning = turning[first]
    still = families[turning == 0]
    row, column, forth, back = [np.arange(len(still))], [still], [np.ones(len(still))], [np.ones(len(still))]
    signs: list[tuple[int, ...]] = []
    # An even number, so that the complex coordinates after them can be viewed as such.
    n_real = size = len(still) + len(still) % 2
    for mask in np.unique(turning[turning != 0]):
        members = families[turning == mask]
        turned = [qubit for qubit in qubits if mask >> 2 * qubit & 1]
        m = len(turned)
        flips = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
        sign = 1.0 - 2.0 * flips[::2]
        phase = np.prod(np.where(flips[None, :, :] == 1, 1j * sign[:, None, :], 1.0), axis=-1)
        strings_of = members[:, None] + (flips << 2 * np.array(turned)).sum(-1)[None, :]
        pair = size + 2 * np.arange(len(members) * len(sign)).reshape(len(members), len(sign))
        for part, values in ((0, phase.real), (1, phase.imag)):
            member, which, string = np.nonzero(np.broadcast_to(values != 0, (len(members), *values.shape)))
            row.append(pair[member, which] + part)
            column.append(strings_of[member, string])
            forth.append(values[which, string])
            back.append(values[which, string] * 2.0 / 2**m)
        for s in np.tile(sign, (len(members), 1)):
            full = dict(zip(turned, s, strict=True))
            signs.append(tuple(int(full.get(qubit, 0)) for qubit in qubits))
        size += 2 * len(members) * len(sign)
    patterns, pattern = (
        np.unique(np.array(signs, dtype=np.float64), axis=0, return_inverse=True)
        if signs
        else (np.zeros((0, len(qubits))), np.zeros(0, dtype=np.int64))
    )
    rows, columns = np.concatenate(row), np.concatenate(column)
    shape = (size, 4**n_qubits)
    return _Coordinates(
        patterns=patterns,
        pattern=pattern.reshape(-1),
        n_real=n_real,
        to_coordinates=sparse.csr_matrix((np.concatenate(forth), (rows, columns)), shape=shape),
        to_paulis=sparse.csr_matrix((np.concatenate(back), (columns, rows)), shape=shape[::-1]),
    )
