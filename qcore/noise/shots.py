"""Finite shots: what a number of measurements would have shown, drawn from the exact distribution of outcomes."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ANGLE_DECIMALS = 9
"""Angles that differ by rounding alone are the same experiment, and give the same sample."""


@dataclass(frozen=True)
class Sample:
    """Estimates of some quantities from one set of measurements.

    Attributes:
        mean: ``(batch, n)`` mean of every quantity over the shots.
        covariance: ``(batch, n, n)`` of the means: exact, from the distribution that was sampled.
    """

    mean: Array
    covariance: Array


def probabilities(products: Array) -> Array:
    """Return the probability of every string of bits, ``(batch, 2^n)``; bit q of the index is qubit q.

    Args:
        products: ``(batch, 2^n)`` mean product of the outcomes of every set of qubits (see `outcome_rows`).
    """
    batch, size = products.shape
    result = products.copy()
    step = 1
    while step < size:  # fast Walsh-Hadamard transform
        pairs = result.reshape(batch, -1, 2, step)
        result = np.stack([pairs[:, :, 0] + pairs[:, :, 1], pairs[:, :, 0] - pairs[:, :, 1]], axis=2).reshape(batch, -1)
        step *= 2
    result = np.clip(result / size, 0.0, None)
    return np.asarray(result / result.sum(axis=1, keepdims=True))


def sample(distribution: Array, values: Array, shots: int, angles: Array, seed: tuple[int, ...]) -> Sample:
    """Draw shots for every patient of a batch.

    The random numbers of a patient depend on the seed and on the angles alone, so the same experiment shows the same
    result wherever it stands in a batch.

    Args:
        distribution: ``(batch, 2^n)`` probabilities of the outcomes.
        values: ``(2^n, n_quantities)`` what each string of bits counts for.
        shots: number of measurements per patient.
        angles: ``(batch, n_slots)`` angles of the patients, rad; part of each one's seed.
        seed: numbers from 0 to 2^32 - 1 that tell this set of measurements from others.
    """
    exact = distribution @ values
    second = np.einsum("bo,oi,oj->bij", distribution, values, values, optimize=True)
    covariance = (second - exact[:, :, None] * exact[:, None, :]) / shots
    frequencies = np.empty_like(distribution)
    for row, rounded in enumerate(np.round(angles, ANGLE_DECIMALS) + 0.0):
        digest = hashlib.blake2b(rounded.tobytes(), digest_size=16, key=repr(seed).encode()).digest()
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
        frequencies[row] = generator.multinomial(shots, distribution[row])
    return Sample(frequencies @ values / shots, covariance)
