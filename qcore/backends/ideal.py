"""The noiseless backend: exact state vectors in PennyLane's default.qubit, batched, differentiable in torch."""

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

    @one_thread_at_a_time
    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch; see `Backend.expectations`."""
        check_shapes(circuit, inputs, weights)
        start = time.perf_counter()
        measured = _qnode(circuit)(inputs, weights)
        # An observable whose gates see no input comes back unbatched.
        columns = [column.expand(len(inputs)) for column in measured]
        values = torch.stack(columns, dim=-1).to(inputs.dtype)
        return Expectations.exact(values, self.name, "PennyLane default.qubit", start)


@lru_cache(maxsize=64)
def _qnode(circuit: Circuit) -> Any:
    device = qml.device("default.qubit", wires=circuit.n_qubits)

    def run(inputs: Tensor, weights: Tensor) -> list[Any]:
        circuit.queue(inputs, weights)
        return [qml.expval(observable) for observable in circuit.observables]

    return qml.QNode(run, device, interface="torch", diff_method="backprop")
