"""The noiseless backend: exact state vectors, batched, differentiable in torch.

They come from PennyLane's default.qubit, or from what a circuit brings along to have them at once.
"""

import time
from functools import lru_cache
from typing import Any

import pennylane as qml
import torch
from torch import Tensor

from qcore.backends.protocol import Expectations, check_shapes
from qcore.circuits import Circuit
from qcore.circuits.recording import batch_or_rows, one_thread_at_a_time


class IdealBackend:
    """Exact expectations without noise or shots."""

    name = "ideal"
    fingerprint = "ideal"

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch; see `Backend.expectations`."""
        check_shapes(circuit, inputs, weights)
        start = time.perf_counter()
        if short := circuit.by_shortcut:
            return Expectations.exact(short(inputs, weights), self.name, "state vectors in torch", start)
        return Expectations.exact(_gate_by_gate(circuit, inputs, weights), self.name, "PennyLane default.qubit", start)


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
