"""Quantum kernels: how alike a circuit finds two patients, measured pair by pair or through local states."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.circuits.kernels import fidelity, local_states
from qcore.models.kernels.gaussian import squared_distances, typical_scale
from qcore.models.quantum_layer import QuantumLayer

CIRCUITS_AT_ONCE = 4096
"""A backend keeps up to about 100 kB a circuit: 400 MB for one call, however many pairs there are."""
SMALLEST_SELF_SIMILARITY = 1e-3
"""So little of a state that returns to itself is noise; dividing by less would only amplify that."""


class DataScaling(nn.Module):
    """Features to rotation angles: one learnt factor a feature, features dealt to the angles in turn.

    Where there are more features than angles, a learnt linear map mixes them.

    Args:
        n_features: length of a feature vector.
        n_angles: angles of the feature map.
    """

    def __init__(self, n_features: int, n_angles: int) -> None:
        super().__init__()
        self.turn = [angle % n_features for angle in range(n_angles)]
        mixes = n_features > n_angles
        shape = (n_angles, n_features) if mixes else (n_features,)
        self.factors = nn.Parameter(torch.full(shape, typical_scale(n_angles)))
        if mixes:
            nn.init.orthogonal_(self.factors, gain=typical_scale(n_angles))

    def forward(self, x: Tensor) -> Tensor:
        """Return ``(n, n_angles)`` rad of features ``(n, n_features)``, standardised."""
        factors = self.factors.to(x.dtype)
        return x @ factors.T if factors.ndim == 2 else (x * factors)[:, self.turn]


class FidelityKernel(nn.Module):
    """``|<0|U(y)^dagger U(x)|0>|^2`` as measured: one circuit for every pair of patients.

    Noise keeps a state from returning to itself, so what is measured is below 1 on the diagonal. Depolarising noise
    turns every k into ``a k + b``: dividing by the root of both diagonals puts 1 back on the diagonal and leaves the
    matrix as positive as it was; the others become ``(a k + b) / (a + b)``, whose constant a head's intercept takes
    (Hubregtsen et al. 2022, doi:10.1103/PhysRevA.106.042431). Negative eigenvalues, which come from shots, are the
    head's business (`qcore.models.kernels.heads.nearest_positive`).

    Args:
        feature_map: U, a circuit of `qcore.circuits.reuploading.layered`.
        n_features: length of a feature vector.
    """

    def __init__(self, feature_map: Circuit, n_features: int) -> None:
        super().__init__()
        self.scaling = DataScaling(n_features, feature_map.n_inputs)
        self.layer: nn.Module = QuantumLayer(fidelity(feature_map))

    def measured(self, x: Tensor, y: Tensor, backend: Backend) -> Tensor:
        """Return the fidelities of pairs, ``(n,)``, as measured, of features ``(n, n_features)`` twice."""
        return self._run(self.scaling(x), self.scaling(y), backend)

    def measured_gram(self, x: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, n)`` as measured, of features ``(n, n_features)``; every pair is measured in one order only."""
        angles = self.scaling(x)
        row, column = torch.triu_indices(len(x), len(x))
        values = torch.cat([self._run(angles[row[i]], angles[column[i]], backend) for i in _chunks(len(row))])
        upper = values.new_zeros(len(x), len(x)).index_put((row, column), values)
        return upper + upper.triu(1).T

    def gram(self, x: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, n)`` of features ``(n, n_features)``, with the diagonal at 1."""
        measured = self.measured_gram(x, backend)
        scale = _root(measured.diagonal())
        # Exactly 1 on the diagonal, also where it was too small to divide by.
        off_diagonal = 1 - torch.eye(len(x), dtype=measured.dtype)
        return measured / (scale[:, None] * scale) * off_diagonal + (1 - off_diagonal)

    def cross(self, x: Tensor, points: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, m)`` of features ``(n, n_features)`` and points ``(m, n_features)``, scaled as in `gram`.

        Both diagonals are measured on this backend too: ``n m + n + m`` circuits.
        """
        angles, others = self.scaling(x), self.scaling(points)
        n_pairs, width = len(x) * len(points), len(points)
        pairs = [self._run(angles[i // width], others[i % width], backend) for i in _chunks(n_pairs)]
        both = torch.cat([angles, others])
        diagonal = torch.cat([self._run(both[i], both[i], backend) for i in _chunks(len(both))])
        scale = _root(diagonal)
        return torch.cat(pairs).reshape(len(x), width) / (scale[: len(x), None] * scale[len(x) :])

    def _run(self, angles: Tensor, others: Tensor, backend: Backend) -> Tensor:
        return self.layer(torch.cat([angles, others], dim=1), backend)[:, 0]  # type: ignore[no-any-return]


class ProjectedKernel(nn.Module):
    """``exp(-width sum_q |rho_q(x) - rho_q(y)|^2)`` of the reduced state of every qubit: one circuit for every patient.

    Huang et al. 2021, doi:10.1038/s41467-021-22539-9. From shots all distances are a little too long, which acts as a
    small number added to the diagonal.

    Args:
        feature_map: a circuit of `qcore.circuits.reuploading.layered`.
        n_features: length of a feature vector.
    """

    def __init__(self, feature_map: Circuit, n_features: int) -> None:
        super().__init__()
        self.scaling = DataScaling(n_features, feature_map.n_inputs)
        self.layer: nn.Module = QuantumLayer(local_states(feature_map))
        self.log_width = nn.Parameter(torch.zeros(1))

    def local_states(self, x: Tensor, backend: Backend) -> Tensor:
        """Return the Bloch vectors of all qubits, ``(n, 3 n_qubits)``, of features ``(n, n_features)``."""
        angles = self.scaling(x)
        return torch.cat([self.layer(angles[i], backend) for i in _chunks(len(x))])

    def gram(self, x: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, n)`` of features ``(n, n_features)``."""
        states = self.local_states(x, backend)
        values = self._gaussian(states, states)
        # On some processors a product of matrices is not symmetric to the last bit.
        return (values + values.T) / 2

    def cross(self, x: Tensor, points: Tensor, backend: Backend) -> Tensor:
        """Return ``(n, m)`` of features ``(n, n_features)`` and points ``(m, n_features)``."""
        return self._gaussian(self.local_states(x, backend), self.local_states(points, backend))

    def _gaussian(self, states: Tensor, others: Tensor) -> Tensor:
        # |rho - rho'|^2 (Frobenius) is half the squared distance of the Bloch vectors.
        return torch.exp(-self.log_width.exp().to(states.dtype) * squared_distances(states, others) / 2)


def _chunks(count: int) -> Iterator[Tensor]:
    """Yield indices 0 to count - 1, so many at once as one call may take."""
    for first in range(0, count, CIRCUITS_AT_ONCE):
        yield torch.arange(first, min(first + CIRCUITS_AT_ONCE, count))


def _root(diagonal: Tensor) -> Tensor:
    return diagonal.clamp_min(SMALLEST_SELF_SIMILARITY).sqrt()
