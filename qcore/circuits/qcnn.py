"""The quantum convolutional network: two-qubit filters and pooling, in turns, until one qubit is left."""

import pennylane as qml
from torch import Tensor

from qcore.circuits.circuit import Circuit
from qcore.circuits.encodings import ANGLE, Encoding
from qcore.circuits.recording import one_thread_at_a_time
from qcore.errors import InvalidArgument

FILTER_WEIGHTS = 6
POOL_WEIGHTS = 2


def _filter(weights: Tensor, first: int, second: int) -> None:
    for qubit, offset in ((first, 0), (second, 2)):
        qml.RZ(weights[offset], wires=qubit)
        qml.RY(weights[offset + 1], wires=qubit)
    qml.CZ(wires=[first, second])
    qml.RY(weights[4], wires=first)
    qml.RY(weights[5], wires=second)


def _pool(weights: Tensor, dropped: int, kept: int) -> None:
    # What a measurement of the dropped qubit would switch on, deferred to the end.
    qml.CRZ(weights[0], wires=[dropped, kept])
    qml.PauliX(wires=dropped)
    qml.CRX(weights[1], wires=[dropped, kept])


@one_thread_at_a_time
def qcnn(n_qubits: int, encoding: Encoding = ANGLE) -> Circuit:
    """Build a quantum convolutional network that ends in one qubit, read along X, Y and Z.

    Every filter of a layer has the same weights, and so has every pooling: that is what makes it a convolution. Layers:
    filters on even, then odd neighbours; then of every pair one qubit is dropped, its state steering a rotation of
    the other. Method: Cong, Choi and Lukin 2019, doi:10.1038/s41567-019-0648-8.

    Args:
        n_qubits: 2, 4 or 8.
        encoding: one of `ENCODINGS`; stands once, at the beginning.

    Raises:
        InvalidArgument: another number of qubits.
    """
    if n_qubits not in {2, 4, 8}:
        raise InvalidArgument("A quantum convolutional network needs 2, 4 or 8 qubits, halved until one is left.")
    n_layers = n_qubits.bit_length() - 1
    a_layer = FILTER_WEIGHTS + POOL_WEIGHTS
    n_angles = encoding.n_angles(n_qubits)

    def queue(inputs: Tensor, weights: Tensor) -> None:
        encoding.queue(inputs, n_qubits)
        active = list(range(n_qubits))
        for layer in range(n_layers):
            layer_weights = weights[layer * a_layer : (layer + 1) * a_layer]
            for start in (0, 1):
                for left in range(start, len(active) - 1, 2):
                    _filter(layer_weights[:FILTER_WEIGHTS], active[left], active[left + 1])
            for left in range(0, len(active), 2):
                _pool(layer_weights[FILTER_WEIGHTS:], active[left], active[left + 1])
            active = active[1::2]

    last = n_qubits - 1
    return Circuit(
        name=f"qcnn-{encoding.name}-{n_qubits}",
        n_qubits=n_qubits,
        n_inputs=n_angles,
        n_weights=n_layers * a_layer,
        queue=queue,
        observables=(qml.PauliX(last), qml.PauliY(last), qml.PauliZ(last)),
    )
