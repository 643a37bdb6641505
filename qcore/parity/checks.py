"""The comparisons of `qlinical parity`: each gives one number and the limit it must not exceed."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pennylane as qml
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends import ibm
from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import NoisyBackend
from qcore.circuits import Circuit
from qcore.noise.compile import isa_circuit
from qcore.noise.device.calibration import load
from qcore.noise.device.processor import Device
from qcore.noise.model import CalibratedNoise
from qcore.noise.transpile.trace import bound_trace
from qcore.parity import aer
from qcore.parity.random_circuits import FAMILIES

QUBITS = range(1, 10)
DEVICES = ("fez", "sherbrooke", "miami")
"""One with CZ on heavy-hex, one with ECR, one with CZ on a square lattice."""
BATCH = 4
REHEARSED_QUBITS = (1, 4)
SHOTS = 4096
SIGMAS = 5.0


@dataclass(frozen=True)
class Check:
    """One comparison; `ok` where the value does not exceed the limit."""

    name: str
    value: float
    limit: float

    @property
    def ok(self) -> bool:
        """True where the two agree."""
        return self.value <= self.limit


def checks() -> Iterator[Check]:
    """Run all comparisons, one after the other (a few minutes)."""
    for n_qubits in QUBITS:
        for family, make in FAMILIES.items():
            circuit = make(n_qubits, n_qubits)
            device = load(DEVICES[n_qubits % len(DEVICES)])
            yield from _of_circuit(f"{family}, {n_qubits} qubits", circuit, device)
    for n_qubits in REHEARSED_QUBITS:
        for family, make in FAMILIES.items():
            yield _rehearsal(f"{family}, {n_qubits} qubits", make(n_qubits, n_qubits))


def _of_circuit(label: str, circuit: Circuit, device: Device) -> Iterator[Check]:
    inputs, weights = _angles(circuit)
    exact = _pennylane(circuit, inputs, weights)
    for dtype, limit in ((torch.float32, 1e-6), (torch.float64, 1e-12)):
        ideal = IdealBackend().expectations(circuit, inputs.to(dtype), weights.to(dtype)).values
        # Against PennyLane at the same angles: those of float32 are other angles than those of float64.
        reference = _pennylane(circuit, inputs.to(dtype).double(), weights.to(dtype).double())
        yield Check(f"ideal against default.qubit, {str(dtype)[6:]}, {label}", _largest(ideal, reference), limit)
    noiseless = NoisyBackend(CalibratedNoise(device, 0.0)).expectations(circuit, inputs, weights).values
    yield Check(f"{device.name} at noise scale 0 against ideal, {label}", _largest(noiseless, exact), 1e-9)
    noisy = NoisyBackend(CalibratedNoise(device)).expectations(circuit, inputs, weights).values
    isa = isa_circuit(bound_trace(circuit, weights), device)
    reference = aer.expectations(isa, device, inputs, weights)
    yield Check(f"{device.name} against Aer density_matrix, {label}", _largest(noisy, reference), 1e-6)
    sampled = NoisyBackend(CalibratedNoise(device), shots=SHOTS).expectations(circuit, inputs, weights)
    yield Check(
        f"{SHOTS} shots of {device.name} in standard errors, {label}",
        _sigmas(sampled.values, noisy, sampled.standard_error),
        SIGMAS,
    )


def _rehearsal(label: str, circuit: Circuit) -> Check:
    """Compare IBM's local mode with the engine's exact answer for the same device."""
    inputs, weights = _angles(circuit)
    backend = replace(ibm.rehearsal("fez"), shots=SHOTS, resilience_level=0)
    measured = backend.expectations(circuit, inputs, weights)
    expected = NoisyBackend(CalibratedNoise(load("fez"))).expectations(circuit, inputs, weights).values
    return Check(
        f"IBM rehearsal on fez in standard errors, {label}",
        _sigmas(measured.values, expected, measured.standard_error),
        SIGMAS,
    )


def _angles(circuit: Circuit) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(circuit.n_qubits)
    inputs = 6 * torch.rand(BATCH, circuit.n_inputs, generator=generator, dtype=torch.float64) - 3
    return inputs, 6 * torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) - 3


def _pennylane(circuit: Circuit, inputs: Tensor, weights: Tensor) -> NDArray[np.float64]:
    """Run PennyLane's default.qubit patient by patient, in NumPy's double precision."""
    device = qml.device("default.qubit", wires=circuit.n_qubits)

    def run(row: Tensor) -> list[object]:
        circuit.queue(row, weights)
        return [qml.expval(observable) for observable in circuit.observables]

    node = qml.QNode(run, device)
    return np.array([[float(value) for value in node(row)] for row in inputs])


def _largest(values: Tensor, expected: Tensor | NDArray[np.float64]) -> float:
    return float(np.abs(np.asarray(values, dtype=np.float64) - np.asarray(expected)).max())


def _sigmas(values: Tensor, expected: Tensor, standard_error: Tensor) -> float:
    difference = (values - expected).abs()
    # Where an outcome is certain the standard error is 0, and so must the difference be.
    return float((difference / standard_error.clamp_min(1e-9)).max())
