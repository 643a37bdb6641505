"""How alike two patients are to a circuit: the feature map of one, then the inverse of the other's."""

from dataclasses import replace
from functools import cached_property
from itertools import compress, product

import pennylane as qml
import torch
from pennylane.operation import Operator
from pennylane.ops.qubit.observables import BasisStateProjector
from pennylane.pauli import PauliSentence, PauliWord
from torch import Tensor

from qcore.circuits.circuit import Circuit
from qcore.circuits.dependence import Form, Source, Watch
from qcore.circuits.recording import one_thread_at_a_time


class AllZeros(BasisStateProjector):  # type: ignore[misc]
    """The projector onto ``|0...0>``; its expectation is the share of shots in which every qubit reads 0.

    Args:
        n_qubits: width of the circuit.
    """

    def __init__(self, n_qubits: int) -> None:
        super().__init__([0] * n_qubits, wires=range(n_qubits))

    @cached_property
    def pauli_rep(self) -> PauliSentence:
        """The product of ``(I + Z) / 2`` over the qubits; finding that from the matrix takes 7 s at 9 qubits."""
        wires = self.wires.tolist()
        subsets = (compress(wires, chosen) for chosen in product((False, True), repeat=len(wires)))
        return PauliSentence({PauliWord(dict.fromkeys(subset, "Z")): 0.5 ** len(wires) for subset in subsets})


@one_thread_at_a_time
def fidelity(feature_map: Circuit) -> Circuit:
    """Build ``U(y)^dagger U(x)``, whose probability of all zeros is ``|<0|U(y)^dagger U(x)|0>|^2``.

    Gates of the feature map that no input enters, and that can be moved to its end, meet their own inverse. They are
    left out, and so are the weights that only they take. Method: Havlíček et al. 2019, doi:10.1038/s41586-019-0980-2.

    Args:
        feature_map: U; its observables play no part.

    Returns:
        A circuit for inputs ``(batch, 2 n_inputs)`` rad, x before y.
    """
    trimmed = _trimmed(feature_map, keep_entanglers=False)
    n_inputs = trimmed.n_inputs

    def queue(inputs: Tensor, weights: Tensor) -> None:
        trimmed.queue(inputs[..., :n_inputs], weights)
        encoding = qml.tape.make_qscript(trimmed.queue)(inputs[..., n_inputs:], weights)
        for operation in reversed(encoding.operations):
            qml.adjoint(operation, lazy=False)

    return replace(
        trimmed,
        name=f"fidelity-{feature_map.name}",
        n_inputs=2 * n_inputs,
        queue=queue,
        observables=(AllZeros(feature_map.n_qubits),),
    )


@one_thread_at_a_time
def local_states(feature_map: Circuit) -> Circuit:
    """Build the feature map with X, Y and Z read on each qubit: the reduced state of every one.

    Rotations of single qubits that no input enters, and that can be moved to the end, turn the states of all patients
    alike and leave their distances as they are. They are left out, with their weights.

    Args:
        feature_map: its observables play no part.

    Returns:
        A circuit with ``3 n_qubits`` observables: X of every qubit, then Y, then Z.
    """
    paulis = (qml.PauliX, qml.PauliY, qml.PauliZ)
    observables: tuple[Operator, ...] = tuple(pauli(q) for pauli in paulis for q in range(feature_map.n_qubits))
    trimmed = _trimmed(feature_map, keep_entanglers=True)
    return replace(trimmed, name=f"local-{feature_map.name}", observables=observables)


def _trimmed(circuit: Circuit, keep_entanglers: bool) -> Circuit:
    """Leave out what no input enters and can be moved to the end (of one qubit only, where entanglers are kept)."""
    inputs = torch.rand(circuit.n_inputs, generator=torch.Generator().manual_seed(0))
    weights = torch.rand(circuit.n_weights, generator=torch.Generator().manual_seed(1)).requires_grad_()
    with Watch(inputs, weights, Source.INPUTS | Source.WEIGHTS) as watch:
        operations = qml.tape.make_qscript(circuit.queue)(inputs, weights).operations
    if watch.form > Form.ANALYTIC:
        # Slopes do not show which weights choose gates, nor does one list of gates show the other lists.
        return circuit
    plain = qml.tape.make_qscript(circuit.queue)(inputs, weights.detach()).operations
    kept: list[int] = []
    for index in reversed(range(len(operations))):
        by_input = any(watch.source(parameter) & Source.INPUTS for parameter in operations[index].parameters)
        stays = (keep_entanglers and len(plain[index].wires) > 1) or by_input
        if stays or not all(qml.is_commuting(plain[index], plain[later]) for later in kept):
            kept.append(index)
    kept.reverse()
    used = torch.zeros(circuit.n_weights, dtype=torch.bool)
    for index in kept:
        used |= _depends(operations[index], weights)
    columns = used.nonzero()[:, 0]

    def queue(inputs: Tensor, weights: Tensor) -> None:
        full = weights.new_zeros(circuit.n_weights, *weights.shape[1:]).index_copy(0, columns, weights)
        queued = qml.tape.make_qscript(circuit.queue)(inputs, full).operations
        for index in kept:
            qml.apply(queued[index])

    return replace(circuit, n_weights=len(columns), queue=queue)


def _depends(operation: Operator, source: Tensor) -> Tensor:
    """Say which of the numbers in `source` an operation's parameters depend on."""
    depends = torch.zeros(len(source), dtype=torch.bool)
    for parameter in operation.parameters:
        if isinstance(parameter, Tensor) and parameter.requires_grad:
            (slope,) = torch.autograd.grad(parameter, source, retain_graph=True, allow_unused=True)
            if slope is not None:
                depends |= slope != 0
    return depends
