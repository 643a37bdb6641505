"""Minimise a QUBO by QAOA: its circuit and angles, and how good what a backend measured is, beside brute force."""

from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.protocol import Expectations, Provenance
from qcore.backends.specification import MAX_SEED
from qcore.circuits import Circuit
from qcore.errors import InvalidValue
from qcore.optimisation.angles import trained
from qcore.optimisation.circuit import qaoa
from qcore.optimisation.qubo import Minimum, Qubo, brute_force
from qcore.optimisation.reading import distribution

Array = NDArray[np.float64]

MAX_SAMPLES = 1_000_000


@dataclass(frozen=True, eq=False)
class Plan:
    """A circuit and its angles, ready for any backend (its `expectations` takes the last three).

    Attributes:
        qubo: the function that is minimised.
        circuit: made by `qaoa` for it.
        inputs: ``(1, 2 n_layers)`` rad: the gammas, then the betas.
        weights: an empty tensor ``(0,)``, since the circuit has no weights.
    """

    qubo: Qubo
    circuit: Circuit
    inputs: Tensor
    weights: Tensor

    @property
    def n_layers(self) -> int:
        """Number of layers of the QAOA circuit."""
        return self.circuit.n_inputs // 2


@dataclass(frozen=True, eq=False)
class QaoaResult:
    """What QAOA found, and what it could have found.

    Attributes:
        n_layers: layers of the circuit.
        values: ``(2^n,)`` value of every string.
        probabilities: ``(2^n,)`` of every string, as the backend shows it.
        counts: ``(2^n,)`` how often every string was drawn in the samples.
        samples: how many were drawn from the probabilities.
        best: the string of least value among the samples.
        minimum: least value and its strings, by brute force.
        optimum_probability: that one measurement shows an optimal string.
        provenance: which backend ran the circuit, and how.
    """

    n_layers: int
    values: Array
    probabilities: Array
    counts: NDArray[np.int64]
    samples: int
    best: int
    minimum: Minimum
    optimum_probability: float
    provenance: Provenance

    @property
    def gap(self) -> float:
        """What the best string sampled costs more than the optimum; 0 where it is optimal."""
        return 0.0 if self.best in self.minimum.strings else float(self.values[self.best]) - self.minimum.value

    @property
    def guessing_probability(self) -> float:
        """Probability that a string chosen at random is optimal: what has to be beaten."""
        return len(self.minimum.strings) / len(self.values)


def planned(qubo: Qubo, n_layers: int) -> Plan:
    """Build the circuit and find its angles, without noise, on this machine.

    Raises:
        InvalidValue: too many bits or layers, or a QUBO whose strings all have the same value.
    """
    circuit = qaoa(qubo.ising, n_layers)
    return Plan(qubo, circuit, trained(_normalised(qubo), n_layers)[None], torch.zeros(0, dtype=torch.float64))


def read(plan: Plan, measured: Expectations, samples: int, seed: int) -> QaoaResult:
    """Say what a plan found.

    Samples are drawn from the probabilities that the backend shows. Where these come from shots they are drawn from
    what the shots showed, so an optimum no shot showed is never sampled.

    Args:
        plan: whose circuit was measured.
        measured: what its circuit measured.
        samples: how many strings to draw, 1 to `MAX_SAMPLES`. With as many as there are strings even guessing finds
            the optimum more often than not.
        seed: of the generator that draws the samples.

    Raises:
        InvalidValue: the number of samples or the seed is out of range.
    """
    if not 1 <= samples <= MAX_SAMPLES:
        raise InvalidValue(f"The number of samples must lie between 1 and {MAX_SAMPLES:,}, not {samples:,}.")
    if not 0 <= seed <= MAX_SEED:
        raise InvalidValue(f"The seed must lie between 0 and {MAX_SEED:,}, not {seed:,}.")
    values, minimum = plan.qubo.values, brute_force(plan.qubo)
    probabilities = distribution(measured.values.detach().double())[0].numpy()
    counts = np.random.default_rng(seed).multinomial(samples, probabilities)
    return QaoaResult(
        n_layers=plan.n_layers,
        values=values,
        probabilities=probabilities,
        counts=counts,
        samples=samples,
        best=int(np.argmin(np.where(counts > 0, values, inf))),
        minimum=minimum,
        optimum_probability=float(probabilities[list(minimum.strings)].sum()),
        provenance=measured.provenance,
    )


def _normalised(qubo: Qubo) -> Tensor:
    ising = qubo.ising
    return torch.from_numpy((qubo.values - ising.constant) / ising.spread)
