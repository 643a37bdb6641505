"""How numbers enter a circuit: encodings, each a list of gates for ``n_angles(n_qubits)`` angles.

An encoding takes rotation angles, never raw features: what maps features to angles (a linear map, a learnt scaling,
`amplitude_angles`) belongs to the model, so that every backend sees angles alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pennylane as qml
import torch
from torch import Tensor

TINY = 1e-12
"""Added below square roots, whose slope at 0 is infinite."""


@dataclass(frozen=True)
class Encoding:
    """One way in which numbers enter a circuit.

    Attributes:
        name: short identifier, as in specifications and model names.
        n_angles: how many angles a register of so many qubits takes.
        queue: queues the gates for angles ``(..., n_angles)`` rad on the first n qubits.
        repeats: True where it makes sense in every layer (data re-uploading); False where it prepares a state and can
            only come first.
    """

    name: str
    n_angles: Callable[[int], int]
    queue: Callable[[Tensor, int], None]
    repeats: bool = True


def _angle(angles: Tensor, n_qubits: int) -> None:
    for qubit in range(n_qubits):
        qml.RY(angles[..., qubit], wires=qubit)


def _iqp(angles: Tensor, n_qubits: int) -> None:
    for qubit in range(n_qubits):
        qml.Hadamard(wires=qubit)
        qml.RZ(angles[..., qubit], wires=qubit)
    for qubit in range(n_qubits - 1):
        qml.CNOT(wires=[qubit, qubit + 1])
        qml.RZ(angles[..., qubit] * angles[..., qubit + 1], wires=qubit + 1)
        qml.CNOT(wires=[qubit, qubit + 1])


def _amplitude(angles: Tensor, n_qubits: int) -> None:
    first = 0
    for qubit in range(n_qubits):
        _multiplexed_ry(angles[..., first : first + 2**qubit], list(range(qubit)), qubit)
        first += 2**qubit


def _multiplexed_ry(angles: Tensor, controls: list[int], target: int) -> None:
    """RY on the target by one of ``2^k`` angles, chosen by k control qubits; the first control is the highest bit.

    Gray-code form of Möttönen et al. 2004, arXiv:quant-ph/0404089: the angles of the single rotations are a linear
    function of the wanted ones.
    """
    if not controls:
        qml.RY(angles[..., 0], wires=target)
        return
    count = angles.shape[-1]
    gray = [index ^ (index >> 1) for index in range(count)]
    signs = [[(-1.0) ** (row & gray[column]).bit_count() for row in range(count)] for column in range(count)]
    mixed = angles @ torch.tensor(signs, dtype=angles.dtype).T / count
    for column in range(count):
        qml.RY(mixed[..., column], wires=target)
        changed = gray[column] ^ gray[(column + 1) % count]
        qml.CNOT(wires=[controls[len(controls) - changed.bit_length()], target])


def amplitude_angles(vectors: Tensor) -> Tensor:
    """Return the angles at which the amplitude encoding prepares these vectors, up to length.

    Args:
        vectors: ``(batch, 2^n)`` real; a vector of zeros becomes the first basis state.

    Returns:
        ``(batch, 2^n - 1)`` rad, differentiable.

    Raises:
        ValueError: the length is no power of two from 2 on.
    """
    count = vectors.shape[-1]
    if count < 2 or count & (count - 1):
        raise ValueError(f"amplitudes come in powers of two, not {count}")
    levels = []
    # The last rotations split neighbours and carry their signs; the earlier ones split the lengths of whole halves.
    pairs = vectors.reshape(*vectors.shape[:-1], count // 2, 2)
    levels.append(2 * torch.atan2(pairs[..., 1], pairs[..., 0] + TINY * (pairs[..., 0] == 0)))
    lengths = torch.sqrt(pairs.square().sum(-1) + TINY)
    while lengths.shape[-1] > 1:
        pairs = lengths.reshape(*lengths.shape[:-1], -1, 2)
        levels.append(2 * torch.atan2(pairs[..., 1], pairs[..., 0]))
        lengths = torch.sqrt(pairs.square().sum(-1))
    return torch.cat(levels[::-1], dim=-1)


ANGLE = Encoding("angle", lambda n: n, _angle)
"""RY by one angle a qubit."""
IQP = Encoding("iqp", lambda n: n, _iqp)
"""Hadamards, RZ by each angle and by the products of neighbours: Havlíček et al. 2019, doi:10.1038/s41586-019-0980-2,
along a line."""
AMPLITUDE = Encoding("amplitude", lambda n: 2**n - 1, _amplitude, repeats=False)
"""A state whose amplitudes are given numbers; see `amplitude_angles`."""
ENCODINGS = {encoding.name: encoding for encoding in (ANGLE, IQP, AMPLITUDE)}
