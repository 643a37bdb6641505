"""What is trained in a circuit: ansätze, each one layer of gates for ``n_weights(n_qubits)`` angles."""

from collections.abc import Callable
from dataclasses import dataclass

import pennylane as qml
from torch import Tensor


@dataclass(frozen=True)
class Ansatz:
    """One kind of trained layer.

    Attributes:
        name: short identifier, as in specifications and model names.
        n_weights: how many angles a layer takes on so many qubits.
        queue: queues one layer for weights ``(n_weights,)`` rad, on the first n qubits.
    """

    name: str
    n_weights: Callable[[int], int]
    queue: Callable[[Tensor, int], None]


def _line(n_qubits: int) -> None:
    for qubit in range(n_qubits - 1):
        qml.CZ(wires=[qubit, qubit + 1])


def _separate(weights: Tensor, n_qubits: int) -> None:
    for qubit in range(n_qubits):
        # RZ last: an RY beside that of the next angle encoding would be an offset, which the model has already.
        qml.RY(weights[2 * qubit], wires=qubit)
        qml.RZ(weights[2 * qubit + 1], wires=qubit)


def _chain(weights: Tensor, n_qubits: int) -> None:
    _line(n_qubits)
    _separate(weights, n_qubits)


def _brick(weights: Tensor, n_qubits: int) -> None:
    for first in (0, 1):
        for qubit in range(first, n_qubits - 1, 2):
            qml.CZ(wires=[qubit, qubit + 1])
    _separate(weights, n_qubits)


def _strong(weights: Tensor, n_qubits: int) -> None:
    for qubit in range(n_qubits):
        qml.RZ(weights[3 * qubit], wires=qubit)
        qml.RY(weights[3 * qubit + 1], wires=qubit)
        qml.RZ(weights[3 * qubit + 2], wires=qubit)
    if n_qubits > 1:
        for qubit in range(n_qubits if n_qubits > 2 else 1):
            qml.CNOT(wires=[qubit, (qubit + 1) % n_qubits])


SEPARATE = Ansatz("separate", lambda n: 2 * n, _separate)
"""RY and RZ on every qubit and no entangler: what noise hurts least."""
CHAIN = Ansatz("chain", lambda n: 2 * n, _chain)
"""CZ along the line, which needs no SWAP on a heavy-hex device; then RY and RZ."""
BRICK = Ansatz("brick", lambda n: 2 * n, _brick)
"""CZ on even, then on odd neighbours, two deep whatever the width; then RY and RZ."""
STRONG = Ansatz("strong", lambda n: 3 * n, _strong)
"""Any rotation of every qubit, then a ring of CNOT: Schuld et al. 2020, doi:10.1103/PhysRevA.101.032308. The ring
costs SWAPs on a device whose qubits lie on a line."""
ANSATZE = {ansatz.name: ansatz for ansatz in (SEPARATE, CHAIN, BRICK, STRONG)}
