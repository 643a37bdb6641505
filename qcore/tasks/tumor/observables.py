"""What each measured observable adds to the evidence of the cell that an answer rests on: an exact sum.

The read-out of a member is linear in what its circuits measure, after the normalisation that takes the mean scale and
shift of noise back. So the evidence of a cell is its bias and a term for each observable of each expert, and what noise
moves is moved in these terms. Members have circuits of their own, so their terms stand apart; what they share is the
kind of an observable: X, Y, Z of any qubit, or a product.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from pennylane.operation import Operator

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.noise.measurement import pauli_sum
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.tumor.evidence import evidence, of_cells
from qcore.tasks.tumor.looked import Looked

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Terms:
    """The evidence of one cell, term by term, in log odds.

    Attributes:
        observables: what is measured of every circuit, such as ``Z0`` or ``Z0 Z1``.
        terms: ``(n_members, n_experts, n_observables)``.
        bias: ``(n_members,)``; with all terms of a member it adds up to what that member says of the cell.
        covariance: ``(n_members, n_experts, n_observables, n_observables)`` of the terms, from shots; 0 where exact.
    """

    observables: tuple[str, ...]
    terms: Array
    bias: Array
    covariance: Array

    @property
    def evidence(self) -> Array:
        """What each member says of the cell, ``(n_members,)``."""
        return np.asarray(self.bias + self.terms.sum((1, 2)))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Letters of the observables, each kind once: ``X``, ``Y``, ``Z``, ``ZZ``."""
        return tuple(dict.fromkeys(map(_kind, self.observables)))

    def by_kind(self) -> Array:
        """Return the terms of each kind of observable, all experts and qubits together: ``(n_members, n_kinds)``."""
        return np.stack([self.terms[..., self._of(kind)].sum((1, 2)) for kind in self.kinds], axis=1)

    def standard_error(self) -> Array:
        """Return that of the mean over the members of each kind's terms, ``(n_kinds,)``: 0 where exact."""
        parts = [self.covariance[..., self._of(kind), :][..., self._of(kind)].sum() for kind in self.kinds]
        return np.asarray(np.sqrt(np.clip(parts, 0, None)) / len(self.bias))

    @property
    def standard_error_of_all(self) -> float:
        """That of the mean over the members of all terms together; 0 where exact."""
        return float(np.sqrt(max(self.covariance.sum(), 0.0))) / len(self.bias)

    def _of(self, kind: str) -> NDArray[np.int64]:
        return np.flatnonzero([_kind(each) == kind for each in self.observables])


def deciding_cell(model: Model, looked: Looked, place: int, backend: Backend | str) -> tuple[int, int]:
    """Return row and column of the cell with most evidence in a slice.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        place: of the slice among those judged.
        backend: where the circuit runs.
    """
    with torch.no_grad():
        cells = evidence(model.members[HYBRID], looked.x[place : place + 1], built(backend), of_cells)[0]
    row, column = np.unravel_index(int(cells.argmax()), cells.shape)
    return int(row), int(column)


@torch.no_grad()
def terms(model: Model, looked: Looked, place: int, cell: tuple[int, int], backend: Backend | str) -> Terms:
    """Return the evidence of one cell, term by term.

    Args:
        model: trained.
        looked: the series, as the model sees it.
        place: of the slice among those judged.
        cell: row and column.
        backend: where the circuit runs.
    """
    row, column = cell
    of_members, biases, covariances = [], [], []
    for member in model.members[HYBRID]:
        # The whole slice: shots are drawn by angles, which would differ in the last digit for the cell alone.
        values, covariance = member.measured(looked.x[place : place + 1], built(backend))  # type: ignore[operator]
        values = values[0, row, column].double()
        weight = member.readout.weight[0].double().unflatten(0, values.shape)  # type: ignore[union-attr, index]
        bias = member.readout.bias[0].double()  # type: ignore[union-attr, index]
        scatter = (
            values.new_zeros(*values.shape, values.shape[-1]) if covariance is None else covariance[0, row, column]
        )
        of_members.append((weight * values).numpy())
        biases.append(float(bias))
        covariances.append((weight.unsqueeze(-1) * weight.unsqueeze(-2) * scatter.double()).numpy())
    circuit = model.members[HYBRID][0].quantum.circuit  # type: ignore[union-attr]
    names = tuple(_written(observable) for observable in circuit.observables)  # type: ignore[union-attr]
    return Terms(names, np.stack(of_members), np.array(biases), np.stack(covariances))


def _written(observable: Operator) -> str:
    """Return a Pauli word: ``Z0 Z1``."""
    (word,) = pauli_sum(observable).words
    return " ".join(f"{letter}{qubit}" for qubit, letter in word)


def _kind(observable: str) -> str:
    """Return the letters of a word: ``ZZ``."""
    return "".join(each[0] for each in observable.split())
