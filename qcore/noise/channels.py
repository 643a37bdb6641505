"""Gates and noise channels as real matrices in the Pauli basis (Pauli transfer matrices).

A state of n qubits is the real vector ``r_P = Tr(P rho)`` over the 4^n Pauli strings, a channel the real matrix
``R_PQ = Tr(P channel(Q)) / 2^n`` (Greenbaum 2015, arXiv:1509.02921). Paulis are ordered I, Z, X, Y on every qubit,
so that what RZ turns stands side by side; of two qubits the first is the more significant digit.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

PAULIS = np.array([[[1, 0], [0, 1]], [[1, 0], [0, -1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]]], dtype=np.complex128)
ROUNDING = 1e-15


def pauli_matrices(n_qubits: int) -> NDArray[np.complex128]:
    """Return all Pauli strings as matrices, ``(4^n, 2^n, 2^n)``."""
    result = np.ones((1, 1, 1), dtype=np.complex128)
    for _ in range(n_qubits):
        result = np.einsum("aij,bkl->abikjl", result, PAULIS).reshape(
            len(result) * 4, 2 * result.shape[1], 2 * result.shape[2]
        )
    return result


def from_kraus(operators: Sequence[NDArray[Any]]) -> Matrix:
    """Return the matrix ``(4^n, 4^n)`` of a channel given by Kraus operators ``(2^n, 2^n)``; one for a unitary."""
    dim = len(operators[0])
    paulis = pauli_matrices(dim.bit_length() - 1)
    total = np.zeros((len(paulis), len(paulis)))
    for kraus in operators:
        turned = np.einsum("ij,bjk,lk->bil", kraus, paulis, np.conj(kraus))
        total += np.einsum("aij,bji->ab", paulis, turned).real / dim
    return clean(total)


def clean(matrix: Matrix) -> Matrix:
    """Set what is zero but for rounding to zero, so that it costs nothing."""
    return np.where(np.abs(matrix) < ROUNDING, 0.0, matrix)


@lru_cache(maxsize=16)
def gate(name: str) -> Matrix:
    """Return the noiseless matrix of ``sx``, ``x``, ``cz`` or ``ecr``; ECR as in Qiskit, control first."""
    unitaries = {
        "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2,
        "x": np.array([[0, 1], [1, 0]]),
        "cz": np.diag([1, 1, 1, -1]),
        "ecr": np.array([[0, 0, 1, 1j], [0, 0, 1j, 1], [1, -1j, 0, 0], [-1j, 1, 0, 0]]) / np.sqrt(2),
    }
    return from_kraus([unitaries[name]])


def rz(angle_rad: float) -> Matrix:
    """Return RZ; turns X into Y."""
    cosine, sine = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.eye(4)
    matrix[2:, 2:] = [[cosine, -sine], [sine, cosine]]
    return clean(matrix)


def thermal_relaxation(t1_s: float, t2_s: float, time_s: float) -> Matrix:
    """Return relaxation towards |0> for a time, ``(4, 4)``; T2 is cut at 2 T1, as physics and Aer demand."""
    kept = np.exp(-time_s / t1_s)
    coherence = np.exp(-time_s / min(t2_s, 2 * t1_s))
    matrix = np.diag([1.0, kept, coherence, coherence])
    matrix[1, 0] = 1 - kept
    return matrix


def depolarizing(probability: float, n_qubits: int) -> Matrix:
    """Return ``(1 - p) rho + p I / 2^n``."""
    diagonal = np.full(4**n_qubits, 1 - probability)
    diagonal[0] = 1.0
    return np.diag(diagonal)


def amplitude_damping(probability: float) -> Matrix:
    """Return decay of |1> to |0> with this probability, ``(4, 4)`` (Nielsen and Chuang 2010, section 8.3.5)."""
    matrix = np.diag([1.0, 1 - probability, np.sqrt(1 - probability), np.sqrt(1 - probability)])
    matrix[1, 0] = probability
    return matrix


def phase_damping(probability: float) -> Matrix:
    """Return loss of phase with this probability, ``(4, 4)`` (Nielsen and Chuang 2010, section 8.3.6)."""
    coherence = np.sqrt(1 - probability)
    return np.diag([1.0, 1.0, coherence, coherence])


def tensor(*factors: Matrix) -> Matrix:
    """Return maps on different qubits as one map; the first is the most significant."""
    product: Matrix = np.eye(1)
    for factor in factors:
        product = np.asarray(np.kron(product, factor))
    return product


def average_infidelity(matrix: Matrix) -> float:
    """Return 1 - average gate fidelity of a channel (Nielsen 2002, arXiv:quant-ph/0205035)."""
    dim = round(np.sqrt(len(matrix)))
    return float(1 - (np.trace(matrix) / dim + 1) / (dim + 1))


def to_kraus(matrix: Matrix) -> list[NDArray[np.complex128]]:
    """Return Kraus operators ``(2^n, 2^n)`` of a channel, for simulators that work with these."""
    dim = round(np.sqrt(len(matrix)))
    paulis = pauli_matrices(dim.bit_length() - 1)
    # Choi matrix: sum_ij channel(|i><j|) (x) |i><j|, from the images of the Paulis.
    images = np.einsum("ab,aij->bij", matrix, paulis)
    choi = np.einsum("bij,bkl->ikjl", images, np.conj(paulis)).reshape(dim**2, dim**2) / dim
    weights, vectors = np.linalg.eigh(choi)
    kept = weights > ROUNDING
    return [np.sqrt(w) * v.reshape(dim, dim) for w, v in zip(weights[kept], vectors.T[kept], strict=True)]
