"""What a circuit could do before it is trained: expressibility, entangling capability, variance of its gradient."""

from dataclasses import dataclass

import numpy as np
import pennylane as qml
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.circuits import Circuit
from qcore.circuits.recording import one_thread_at_a_time

SAMPLES = 4000
BINS = 75
SEED = 0


@dataclass(frozen=True)
class CircuitQuality:
    """Three numbers of an untrained circuit, angles drawn evenly from the full turn.

    Attributes:
        expressibility: Kullback-Leibler divergence, nats, of the fidelities between its states from those between
            Haar-random states; 0 is as expressive as can be. Sim et al. 2019, doi:10.1002/qute.201900070. What so
            many draws show of Haar-random states themselves is taken off.
        entangling_capability: mean Meyer-Wallach measure of its states, 0 (none) to 1. Same source.
        gradient_variance: of the slopes of its observables, mean over weights and observables; where it shrinks
            exponentially with the qubits, training stalls. McClean et al. 2018, doi:10.1038/s41467-018-07090-4. None
            for a circuit without weights.
    """

    expressibility: float
    entangling_capability: float
    gradient_variance: float | None

    @property
    def entangles(self) -> bool:
        """Whether its qubits ever meet, to three digits."""
        return round(self.entangling_capability, 3) > 0


@one_thread_at_a_time
def circuit_quality(circuit: Circuit, samples: int = SAMPLES) -> CircuitQuality:
    """Measure a circuit on random angles, noiselessly.

    Args:
        circuit: at most some ten qubits.
        samples: states that are drawn.
    """
    generator = torch.Generator().manual_seed(SEED)
    inputs, weights = (
        torch.rand(samples, count, generator=generator, dtype=torch.float64) * 2 * torch.pi
        for count in (circuit.n_inputs, circuit.n_weights)
    )
    states = _states(circuit, inputs, weights)
    return CircuitQuality(
        expressibility=_expressibility(states),
        entangling_capability=float(_meyer_wallach(states, circuit.n_qubits).mean()),
        gradient_variance=_gradient_variance(circuit, inputs, weights),
    )


def _states(circuit: Circuit, inputs: Tensor, weights: Tensor) -> NDArray[np.complex128]:
    def run() -> object:
        # A weight with a trailing axis of its own makes PennyLane simulate all samples as one batch.
        circuit.queue(inputs, weights.T)
        return qml.state()

    node = qml.QNode(run, qml.device("default.qubit", wires=circuit.n_qubits), interface="torch", diff_method=None)
    return np.asarray(node().reshape(len(inputs), -1).numpy())


def _expressibility(states: NDArray[np.complex128]) -> float:
    half = len(states) // 2
    fidelity = np.abs(np.einsum("bi,bi->b", states[:half].conj(), states[half : 2 * half])) ** 2
    counts, edges = np.histogram(fidelity, bins=BINS, range=(0.0, 1.0))
    share = counts / counts.sum()
    # Haar-random states in N dimensions: P(fidelity < f) = 1 - (1 - f)^(N - 1).
    haar = -np.diff((1 - edges) ** (states.shape[1] - 1))
    occupied = share > 0
    # A histogram of n draws in k bins diverges from its own source by about (k - 1) / 2n (Miller 1955).
    excess = (np.count_nonzero(occupied) - 1) / (2 * half)
    return max(0.0, float(np.sum(share[occupied] * np.log(share[occupied] / haar[occupied]))) - excess)


def _meyer_wallach(states: NDArray[np.complex128], n_qubits: int) -> NDArray[np.float64]:
    purity = np.zeros(len(states))
    tensor = states.reshape(len(states), *[2] * n_qubits)
    for qubit in range(n_qubits):
        split = np.moveaxis(tensor, 1 + qubit, 1).reshape(len(states), 2, -1)
        reduced = np.einsum("bik,bjk->bij", split, split.conj())
        purity += np.einsum("bij,bji->b", reduced, reduced).real
    return np.asarray(2 * (1 - purity / n_qubits))


def _gradient_variance(circuit: Circuit, inputs: Tensor, weights: Tensor) -> float | None:
    if not circuit.n_weights:
        return None
    free = weights.clone().requires_grad_()

    def run() -> list[object]:
        circuit.queue(inputs, free.T)
        return [qml.expval(observable) for observable in circuit.observables]

    device = qml.device("default.qubit", wires=circuit.n_qubits)
    measured = qml.QNode(run, device, interface="torch", diff_method="backprop")()
    slopes = [torch.autograd.grad(value.sum(), free, retain_graph=True)[0] for value in measured]
    return float(torch.stack(slopes).var(dim=1).mean())
