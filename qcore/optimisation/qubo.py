"""A quadratic function of bits to be minimised (QUBO): its values, its form in spins, its minimum by brute force."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qcore.errors import InvalidValue

Array = NDArray[np.float64]

MAX_BITS = 20
"""Of an exhaustive search: a million strings, some 20 ms."""
TIE = 1e-9
"""Values this close, as a share of the whole range of values, are the same: they differ by rounding."""


@dataclass(frozen=True, eq=False)
class Ising:
    """``constant + sum of fields[i] z_i + sum over i < j of couplings[i, j] z_i z_j`` for spins z of +1 and -1.

    Attributes:
        fields: ``(n,)`` coefficients of Z.
        couplings: ``(n, n)`` coefficients of ZZ, above the diagonal.
        constant: mean over all strings of spins.
    """

    fields: Array
    couplings: Array
    constant: float

    @property
    def spread(self) -> float:
        """Standard deviation over all strings of spins: products of different spins are uncorrelated."""
        return float(np.sqrt((self.fields**2).sum() + (self.couplings**2).sum()))


@dataclass(frozen=True, eq=False)
class Qubo:
    """``offset + sum of linear[i] x_i + sum over i < j of quadratic[i, j] x_i x_j`` for bits x of 0 and 1.

    A string of bits is a number whose bit i is x_i, as in the outcomes of a circuit (see `qcore.noise.shots`).

    Attributes:
        linear: coefficient of every bit, ``(n_bits,)``.
        quadratic: ``(n_bits, n_bits)``, zero on and below the diagonal.
        offset: value of the string of zeros.
    """

    linear: Array
    quadratic: Array
    offset: float = 0.0

    def __post_init__(self) -> None:
        """Refuse coefficients that are not finite or do not fit each other.

        Raises:
            ValueError: the shapes do not fit, a coefficient is not finite, or one stands on or below the diagonal.
        """
        n = len(self.linear)
        if not n or self.linear.shape != (n,) or self.quadratic.shape != (n, n):
            raise ValueError("a QUBO of n bits has n linear and n x n quadratic coefficients")
        if not all(np.isfinite(part).all() for part in (self.linear, self.quadratic, self.offset)):
            raise ValueError("the coefficients of a QUBO must be finite")
        if np.tril(self.quadratic).any():
            raise ValueError("the quadratic coefficients of a QUBO stand above the diagonal; see `from_form`")

    @property
    def n_bits(self) -> int:
        """Number of bits that are chosen."""
        return len(self.linear)

    @cached_property
    def values(self) -> Array:
        """The value of every string of bits, ``(2^n_bits,)``.

        Raises:
            InvalidValue: more than `MAX_BITS` bits.
        """
        if self.n_bits > MAX_BITS:
            raise InvalidValue(
                f"{self.n_bits} bits are too many to try all of their strings: at most {MAX_BITS} are possible."
            )
        values = np.array([self.offset])
        for bit, own in enumerate(self.linear):
            # With this bit set come its own coefficient and those of its pairs with every bit before it.
            values = np.concatenate([values, values + own + _subset_sums(self.quadratic[:bit, bit])])
        return values

    @cached_property
    def ising(self) -> Ising:
        """The same function of spins ``z = 1 - 2 x``, the eigenvalues of Pauli Z. Lucas 2014, arXiv:1302.5843."""
        pairs = self.quadratic + self.quadratic.T
        return Ising(
            fields=-self.linear / 2 - pairs.sum(axis=1) / 4,
            couplings=self.quadratic / 4,
            constant=float(self.offset + self.linear.sum() / 2 + self.quadratic.sum() / 4),
        )


def from_form(matrix: Array, linear: Array, offset: float) -> Qubo:
    """Return ``x^T matrix x + linear . x + offset`` for bits x, whose squares are themselves, as a QUBO.

    Args:
        matrix: of the quadratic form, ``(n_bits, n_bits)``; need not be symmetric.
        linear: coefficient of every bit, ``(n_bits,)``.
        offset: value of the string of zeros.

    Raises:
        ValueError: as `Qubo`.
    """
    return Qubo(linear + np.diag(matrix), np.triu(matrix + matrix.T, 1), offset)


@dataclass(frozen=True)
class Minimum:
    """What an exhaustive search finds.

    Attributes:
        value: the least value of any string.
        strings: all that have the least value, up to rounding.
    """

    value: float
    strings: tuple[int, ...]


def brute_force(qubo: Qubo) -> Minimum:
    """Find the least value of all bit strings by trying every one.

    Raises:
        InvalidValue: more than `MAX_BITS` bits.
    """
    least = float(qubo.values.min())
    equal = np.flatnonzero(qubo.values <= least + TIE * (float(qubo.values.max()) - least))
    return Minimum(least, tuple(equal.tolist()))


def bits(string: int, n_bits: int) -> NDArray[np.int64]:
    """Return the bits of a string, ``(n_bits,)``, bit 0 first."""
    return string >> np.arange(n_bits) & 1


def _subset_sums(terms: Sequence[float] | Array) -> Array:
    """Return the sum of every subset of n terms, ``(2^n,)``; bit i of the place says whether term i is in it."""
    sums = np.zeros(1)
    for term in terms:
        sums = np.concatenate([sums, sums + term])
    return sums
