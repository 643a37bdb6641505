"""Pauli strings pulled back through a noisy circuit: which of the 4^n coordinates the observables ever need.

The fixed gates of a processor are Clifford gates, which turn a Pauli string into one other, followed by noise, which in
the Pauli basis is nearly diagonal. So the few strings that are measured reach few others, exactly; in a shallow circuit
the light cone of an observable never covers the register.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qcore.noise.noisy_circuit import Local

Index = NDArray[np.int64]
Values = NDArray[np.float64]

NEGLIGIBLE = 1e-16
"""Below this a coefficient is rounding: no observable exceeds 1."""


@dataclass(frozen=True)
class Rows:
    """A sparse matrix from Pauli strings (columns) to outputs (rows), as sorted triplets without doubles.

    Attributes:
        row, pauli, value: ``(n_entries,)``. A string is a number with two bits a qubit (qubit 0 the lowest):
            0 I, 1 Z, 2 X, 3 Y.
    """

    row: Index
    pauli: Index
    value: Values


def pulled_back(rows: Rows, stretch: Sequence[Local], max_entries: int) -> Rows | None:
    """Return the rows in front of a stretch of fixed maps, or None where they have more than `max_entries` entries."""
    for local in reversed(stretch):
        rows = _through(rows, local)
        if len(rows.row) > max_entries:
            return None
    return rows


def _through(rows: Rows, local: Local) -> Rows:
    """Return ``rows @ map``."""
    digits = np.zeros_like(rows.pauli)
    mask = 0
    for qubit in local.qubits:
        digits = digits << 2 | rows.pauli >> 2 * qubit & 3
        mask |= 3 << 2 * qubit
    touched = digits != 0
    # Trace preserving: the identity on these qubits stays what it is.
    untouched = Rows(rows.row[~touched], rows.pauli[~touched], rows.value[~touched])
    row, elsewhere, value = rows.row[touched], rows.pauli[touched] & ~mask, rows.value[touched]
    source, target = np.nonzero(local.matrix)
    counts = np.bincount(source, minlength=len(local.matrix))
    starts = np.concatenate([[0], np.cumsum(counts)])
    repeats = counts[digits[touched]]
    entry = np.repeat(np.arange(len(row)), repeats)
    first = np.repeat(np.cumsum(repeats) - repeats, repeats)
    entry_of_local = starts[digits[touched]][entry] + np.arange(len(entry)) - first
    new = target[entry_of_local]
    pauli = elsewhere[entry]
    for position, qubit in enumerate(reversed(local.qubits)):
        pauli = pauli | (new >> 2 * position & 3) << 2 * qubit
    return summed(
        np.concatenate([untouched.row, row[entry]]),
        np.concatenate([untouched.pauli, pauli]),
        np.concatenate([untouched.value, value[entry] * local.matrix[digits[touched][entry], new]]),
    )


def summed(row: Index, pauli: Index, value: Values) -> Rows:
    """Sort triplets by row and string and add up those of the same place."""
    order = np.lexsort((pauli, row))
    row, pauli, value = row[order], pauli[order], value[order]
    new = np.empty(len(row), dtype=bool)
    new[:1] = True
    new[1:] = (row[1:] != row[:-1]) | (pauli[1:] != pauli[:-1])
    starts = np.flatnonzero(new)
    total = np.add.reduceat(value, starts) if len(starts) else value
    kept = np.abs(total) > NEGLIGIBLE
    return Rows(row[starts][kept], pauli[starts][kept], total[kept])
