"""What the end of a circuit measures, as rows over Pauli strings: observables and outcomes, read-out included.

Every qubit is read along Z. X and Y are turned to Z before by the processor's own noisy pulse, as hardware does; the
other qubits' waiting during that one pulse (some 30 ns) is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from pennylane import pauli_decompose
from pennylane.operation import Operator

from qcore.circuits.recording import one_thread_at_a_time
from qcore.noise import channels
from qcore.noise.model import NoiseModel
from qcore.noise.propagate import Rows, summed

Array = NDArray[np.float64]

BASIS_RZ_RAD = {"X": np.pi / 2, "Y": 0.0}
"""Angle of the virtual RZ before one SX, after which Z tells what X or Y was."""


@dataclass(frozen=True)
class PauliSum:
    """An observable: ``sum(coefficient * word)``; a word gives the letter of each qubit it acts on."""

    words: tuple[tuple[tuple[int, str], ...], ...]
    coefficients: tuple[float, ...]

    def placed(self, measured: Sequence[int]) -> "PauliSum":
        """Return the observable on the register, given the position of every qubit of the circuit."""
        words = (tuple(sorted((measured[qubit], letter) for qubit, letter in word)) for word in self.words)
        return PauliSum(tuple(words), self.coefficients)


@one_thread_at_a_time
def pauli_sum(observable: Operator) -> PauliSum:
    """Return a PennyLane observable as Pauli words on the qubits of the circuit.

    Args:
        observable: any that PennyLane can write in Paulis.

    Raises:
        ValueError: it has no Pauli form.
    """
    sentence = observable.pauli_rep
    if sentence is None and observable.has_matrix:
        sentence = pauli_decompose(observable.matrix(), wire_order=observable.wires, pauli=True)
    if sentence is None:
        raise ValueError(f"{observable} cannot be written in Pauli words")
    words = [tuple(sorted(word.items())) for word in sentence]
    return PauliSum(tuple(words), tuple(float(np.real(value)) for value in sentence.values()))


def basis_change(letter: str, noise: NoiseModel, physical: int) -> channels.Matrix:
    """Return the noisy map, ``(4, 4)``, after which reading Z tells X or Y."""
    if letter == "Z":
        return np.eye(4)
    return noise.gate("sx", (physical,)) @ channels.gate("sx") @ channels.rz(BASIS_RZ_RAD[letter])


def z_readout(errors: tuple[float, float]) -> Array:
    """Return ``P(read 0) - P(read 1)`` as a row over (I, Z, X, Y)."""
    p1_given_0, p0_given_1 = errors
    return np.array([p0_given_1 - p1_given_0, 1 - p1_given_0 - p0_given_1, 0.0, 0.0])


def observable_rows(
    observables: Sequence[PauliSum], noise: NoiseModel, line: Sequence[int], readout: Sequence[tuple[float, float]]
) -> Rows:
    """Return the matrix that reads every observable from the state before the basis change.

    Args:
        observables: sums of Pauli words, a row of the matrix each.
        noise: of the pulse that changes the basis.
        line: physical qubit of every position.
        readout: (P(1 given 0), P(0 given 1)) of every position; zeros where it is inverted exactly.
    """
    triplets: list[tuple[int, int, float]] = []
    for row, observable in enumerate(observables):
        for word, coefficient in zip(observable.words, observable.coefficients, strict=True):
            # The read-out mixes Z with I, so that a word of k letters becomes up to 2^k strings.
            factors = [z_readout(readout[qubit]) @ basis_change(letter, noise, line[qubit]) for qubit, letter in word]
            for digits in product(*(np.flatnonzero(factor) for factor in factors)):
                value = coefficient * np.prod([factor[d] for factor, d in zip(factors, digits, strict=True)])
                pauli = sum(int(d) << 2 * qubit for d, (qubit, _) in zip(digits, word, strict=True))
                triplets.append((row, pauli, float(value)))
    return _rows(triplets)


def outcome_rows(
    basis: Mapping[int, str],
    measured: Sequence[int],
    noise: NoiseModel,
    line: Sequence[int],
    readout: Sequence[tuple[float, float]],
) -> Rows:
    """Return the matrix that reads, for all 2^n sets of qubits, the mean product of their outcomes (0: +1, 1: -1).

    Row ``s`` belongs to the set of qubits whose bits are set in s; a Walsh-Hadamard transform gives the probability of
    every string of bits.

    Args:
        basis: letter along which a qubit of the circuit is read; Z for those not in it.
        measured: position in the register of every qubit of the circuit.
        noise: of the pulse that changes the basis.
        line: physical qubit of every position.
        readout: (P(1 given 0), P(0 given 1)) of every position.
    """
    qubits = range(len(measured))
    sets = [
        PauliSum((tuple((q, basis.get(q, "Z")) for q in qubits if subset >> q & 1),), (1.0,)).placed(measured)
        for subset in range(2 ** len(measured))
    ]
    return observable_rows(sets, noise, line, readout)


def _rows(triplets: Sequence[tuple[int, int, float]]) -> Rows:
    # Where every read-out is pure chance, no row depends on the state.
    row, pauli, value = zip(*triplets, strict=True) if triplets else ((), (), ())
    return summed(np.array(row, dtype=np.int64), np.array(pauli, dtype=np.int64), np.array(value, dtype=np.float64))
