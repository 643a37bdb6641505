"""Data re-uploading: inputs enter in every layer, between trained rotations and entanglers."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import pennylane as qml
from pennylane.operation import Operator
from torch import Tensor

from qcore.arguments import check_kind, check_whole
from qcore.circuits.ansatz import ANSATZE, CHAIN, Ansatz
from qcore.circuits.circuit import Circuit
from qcore.circuits.encodings import ANGLE, ENCODINGS, Encoding
from qcore.circuits.recording import one_thread_at_a_time
from qcore.errors import InvalidArgument

Observables = Callable[[int], tuple[Operator, ...]]


def z_of_each(n_qubits: int) -> tuple[Operator, ...]:
    """Return Z on every qubit."""
    return tuple(qml.PauliZ(qubit) for qubit in range(n_qubits))


def xyz_and_neighbours(n_qubits: int) -> tuple[Operator, ...]:
    """Return X, Y and Z on every qubit and ZZ on neighbours: four measurements' worth from three bases."""
    singles = tuple(pauli(qubit) for pauli in (qml.PauliX, qml.PauliY, qml.PauliZ) for qubit in range(n_qubits))
    pairs = (qml.PauliZ(qubit) @ qml.PauliZ(qubit + 1) for qubit in range(n_qubits - 1))
    return (*singles, *pairs)


OBSERVABLES: dict[str, Observables] = {"z": z_of_each, "xyz-zz": xyz_and_neighbours}


def _check(n_qubits: int, n_layers: int) -> None:
    check_whole("n_qubits", n_qubits, 1)
    check_whole("n_layers", n_layers, 1)


Named = TypeVar("Named")


def _named(argument: str, wanted: "str | Named", known: Mapping[str, Named]) -> Named:
    """Return what a name stands for, or what was handed over itself."""
    if isinstance(wanted, str) and wanted not in known:
        raise InvalidArgument(f"There is no {argument} '{wanted}'. Choose from {', '.join(known)}.")
    found = known[wanted] if isinstance(wanted, str) else wanted
    check_kind(argument, found, type(next(iter(known.values()))), f"one of {', '.join(known)}")
    return found


@one_thread_at_a_time
def reuploading(n_qubits: int, n_layers: int) -> Circuit:
    """Build a data-re-uploading circuit with a linear CZ entangler and Z read on every qubit.

    Every layer turns qubit ``q`` by RY(input) and RY(weight); between layers stands a chain of CZ along the line
    of qubits, which needs no SWAP on a heavy-hex device. Inputs and weights are ordered ``(layer, qubit)``.
    Method: Pérez-Salinas et al. 2020, doi:10.22331/q-2020-02-06-226.

    Args:
        n_qubits: width of the circuit, at least 1.
        n_layers: number of layers, at least 1.

    Raises:
        InvalidArgument: fewer than one qubit or layer.
    """
    _check(n_qubits, n_layers)

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for layer in range(n_layers):
            if layer:
                for qubit in range(n_qubits - 1):
                    qml.CZ(wires=[qubit, qubit + 1])
            for qubit in range(n_qubits):
                position = layer * n_qubits + qubit
                qml.RY(inputs[..., position], wires=qubit)
                qml.RY(weights[position], wires=qubit)

    return Circuit(
        name=f"reuploading-{n_qubits}x{n_layers}",
        n_qubits=n_qubits,
        n_inputs=n_qubits * n_layers,
        n_weights=n_qubits * n_layers,
        queue=queue,
        observables=z_of_each(n_qubits),
    )


@one_thread_at_a_time
def layered(
    n_qubits: int,
    n_layers: int,
    encoding: Encoding | str = ANGLE,
    ansatz: Ansatz | str = CHAIN,
    observables: str = "z",
) -> Circuit:
    """Build a circuit of layers, each an encoding and a trained ansatz.

    An encoding that prepares a state stands once, before the first layer. Inputs are ordered ``(layer, angle)``, with
    angles of their own in every layer; weights likewise.

    Args:
        n_qubits: width of the circuit, at least 1.
        n_layers: number of layers, at least 1.
        encoding: how inputs become rotations: ``angle``, ``iqp`` or ``amplitude`` (`ENCODINGS`).
        ansatz: kind of the trained layers: ``separate``, ``chain``, ``brick`` or ``strong`` (`ANSATZE`).
        observables: what is measured at the end: ``z`` of every qubit, or ``xyz-zz`` (`OBSERVABLES`).

    Raises:
        InvalidArgument: fewer than one qubit or layer, or no such encoding, ansatz or observables.
    """
    _check(n_qubits, n_layers)
    encoding, ansatz = _named("encoding", encoding, ENCODINGS), _named("ansatz", ansatz, ANSATZE)
    measured = _named("observables", observables, OBSERVABLES)
    n_angles, n_weights = encoding.n_angles(n_qubits), ansatz.n_weights(n_qubits)
    uploads = n_layers if encoding.repeats else 1

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for layer in range(n_layers):
            if layer < uploads:
                encoding.queue(inputs[..., layer * n_angles : (layer + 1) * n_angles], n_qubits)
            ansatz.queue(weights[layer * n_weights : (layer + 1) * n_weights], n_qubits)

    return Circuit(
        name=f"{encoding.name}-{ansatz.name}-{n_qubits}x{n_layers}-{observables}",
        n_qubits=n_qubits,
        n_inputs=uploads * n_angles,
        n_weights=n_layers * n_weights,
        queue=queue,
        observables=measured(n_qubits),
    )
