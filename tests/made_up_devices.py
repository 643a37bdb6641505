"""Processors, channels and angles made of random numbers."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.circuits import Circuit
from qcore.noise.device.processor import Device, Edge, Qubit

PAIRS_OF_A_LINE = ((0, 1), (1, 2), (2, 3), (3, 4))


def device(
    n_qubits: int = 5, pairs: Sequence[tuple[int, int]] = PAIRS_OF_A_LINE, seed: int = 0, two_qubit_gate: str = "cz"
) -> Device:
    """A processor whose every number differs; noisier than real ones, so that nothing hides in the rounding."""
    rng = np.random.default_rng(seed)
    qubits = [
        Qubit(
            t1_s=float(rng.uniform(20e-6, 60e-6)),
            t2_s=float(rng.uniform(10e-6, 80e-6)),
            p1_given_0=float(rng.uniform(0.01, 0.1)),
            p0_given_1=float(rng.uniform(0.01, 0.1)),
            sx_error=float(rng.uniform(0.002, 0.02)),
            x_error=float(rng.uniform(0.002, 0.02)),
            pulse_duration_s=32e-9,
            x=float(number),
            y=0.0,
        )
        for number in range(n_qubits)
    ]
    edges = [Edge(pair, float(rng.uniform(0.01, 0.08)), 4e-9 * int(rng.integers(15, 60))) for pair in pairs]
    return Device(
        name="made-up",
        label="Made-up",
        processor="Test r1",
        calibration_time="2026-01-02T03:04:05+00:00",
        source="random numbers",
        two_qubit_gate=two_qubit_gate,
        readout_duration_s=1.2e-6,
        dt_s=4e-9,
        qubits=tuple(qubits),
        edges=tuple(edges),
    )


def kraus(n_qubits: int, n_operators: int, seed: int) -> list[NDArray[np.complex128]]:
    """A random channel: slices of a random isometry."""
    rng = np.random.default_rng(seed)
    dim = 2**n_qubits
    size = (n_operators * dim, dim)
    isometry, _ = np.linalg.qr(rng.normal(size=size) + 1j * rng.normal(size=size))
    return list(isometry.reshape(n_operators, dim, dim))


def angles(circuit: Circuit, batch: int = 3, seed: int = 1) -> tuple[Tensor, Tensor]:
    """Inputs and weights in -3 to 3 rad, float64."""
    generator = torch.Generator().manual_seed(seed)
    inputs = 6 * torch.rand(batch, circuit.n_inputs, generator=generator, dtype=torch.float64) - 3
    return inputs, 6 * torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) - 3
