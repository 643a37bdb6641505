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
from qcore.circuits.recording import one_thread_at_a_time


class IdealBackend:
    """Exact expectations without noise or shots."""

    name = "ideal"

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch; see `Backend.expectations`."""
        check_shapes(circuit, inputs, weights)
        start = time.perf_counter()
        if short := circuit.by_shortcut:
            return Expectations.exact(short(inputs, weights), self.name, "state vectors in torch", start)
        return Expectations.exact(_gate_by_gate(circuit, inputs, weights), self.name, "PennyLane default.qubit", start)


@one_thread_at_a_time
def _gate_by_gate(circuit: Circuit, inputs: Tensor, weights: Tensor) -> Tensor:
    measured = _qnode(circuit)(inputs, weights)
    # An observable whose gates see no input comes back unbatched.
    columns = [column.expand(len(inputs)) for column in measured]
    return torch.stack(columns, dim=-1).to(inputs.dtype)


@lru_cache(maxsize=64)
def _qnode(circuit: Circuit) -> Any:
    device = qml.device("default.qubit", wires=circuit.n_qubits)

    def run(inputs: Tensor, weights: Tensor) -> list[Any]:
        circuit.queue(inputs, weights)
        return [qml.expval(observable) for observable in circuit.observables]

    return qml.QNode(run, device, interface="torch", diff_method="backprop")
