"""Error injection for training: instead of averaged noise, random Pauli errors, other ones at every step.

Method: QuantumNAT (Wang et al. 2022, arXiv:2110.11331): error gates sampled from the device's noise model make a model
that is trained with them robust. Each channel is reduced to its Pauli part (twirled), from which one error is drawn.
"""

from functools import lru_cache

import numpy as np

from qcore.noise.channels import Matrix, tensor
from qcore.noise.device.processor import Device
from qcore.noise.model import NoiseModel


class InjectedErrors:
    """A noise model that draws an error whenever it is asked for a channel; read-out errors stay as they are.

    Args:
        noise: whose errors are drawn.
        seed: of the errors drawn.
    """

    fingerprint = None

    def __init__(self, noise: NoiseModel, seed: int) -> None:
        self.noise = noise
        self._generator = np.random.default_rng(seed)

    @property
    def label(self) -> str:
        """What is simulated, in words for people."""
        return f"random errors from the {self.noise.label}"

    @property
    def device(self) -> Device:
        """The processor whose errors are drawn."""
        return self.noise.device

    def gate(self, name: str, qubits: tuple[int, ...]) -> Matrix:
        """Draw the error after a gate, ``(4^k, 4^k)``: signs on the diagonal."""
        return self._drawn(self.noise.gate(name, qubits))

    def idle(self, qubit: int, time_s: float) -> Matrix:
        """Draw what happens to a qubit that waits, ``(4, 4)``."""
        return self._drawn(self.noise.idle(qubit, time_s))

    def readout(self, qubit: int) -> tuple[float, float]:
        """Return (P(1 given 0), P(0 given 1))."""
        return self.noise.readout(qubit)

    def _drawn(self, channel: Matrix) -> Matrix:
        signs = _signs(len(channel))
        probabilities = np.clip(signs @ np.diag(channel) / len(channel), 0.0, None)
        error = self._generator.choice(len(channel), p=probabilities / probabilities.sum())
        return np.diag(signs[error])


@lru_cache(maxsize=2)
def _signs(size: int) -> Matrix:
    """Return ``(size, size)``: +1 where Pauli strings commute, -1 where they do not (order I, Z, X, Y)."""
    of_one_qubit = np.array([[1, 1, 1, 1], [1, 1, -1, -1], [1, -1, 1, -1], [1, -1, -1, 1]], dtype=np.float64)
    return of_one_qubit if size == len(of_one_qubit) else tensor(of_one_qubit, of_one_qubit)
