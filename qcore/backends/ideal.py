"""The noiseless backend: exact state vectors, batched, differentiable in torch.

They come from PennyLane's default.qubit, or from what a circuit brings along to have them at once.
"""

import time
from functools import lru_cache, partial
from typing import Any

import pennylane as qml
import torch
from torch import Tensor

from qcore.backends.protocol import Expectations, check_shapes
from qcore.circuits import Circuit
from qcore.circuits.cores import on_one_core
from qcore.circuits.recording import batch_or_rows, one_thread_at_a_time

GATE_FLOPS = 32
"""Operations per amplitude and rotation, roughly: a rotation and its share of the entanglers."""


class IdealBackend:
    """Exact expectations without noise or shots."""

    name = "ideal"
    fingerprint = "ideal"

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch; see `Backend.expectations`."""
        check_shapes(circuit, inputs, weights)
        start = time.perf_counter()
        short = circuit.by_shortcut
        run = short or partial(_gate_by_gate, circuit)
        gates = circuit.n_inputs + circuit.n_weights + circuit.n_qubits
        values = on_one_core(run, GATE_FLOPS * 2**circuit.n_qubits * gates * len(inputs), inputs, weights)
        how = "state vectors in torch" if short else "PennyLane default.qubit"
        return Expectations.exact(values, self.name, how, start)


@one_thread_at_a_time
def _gate_by_gate(circuit: Circuit, inputs: Tensor, weights: Tensor) -> Tensor:
    node = _qnode(circuit)

    def run(some: Tensor) -> Tensor:
        # An observable whose gates see no input comes back unbatched.
        columns = [column.expand(some.shape[:-1]) for column in node(some, weights)]
        return torch.stack(columns, dim=-1).to(inputs.dtype).reshape(-1, len(columns))

    return torch.cat([values for _, values in batch_or_rows(run, inputs)])


@lru_cache(maxsize=64)
def _qnode(circuit: Circuit) -> Any:
    device = qml.device("default.qubit", wires=circuit.n_qubits)

    def run(inputs: Tensor, weights: Tensor) -> list[Any]:
        circuit.queue(inputs, weights)
        return [qml.expval(observable) for observable in circuit.observables]

    return qml.QNode(run, device, interface="torch", diff_method="backprop")
