"""Minimise a QUBO by QAOA on any backend, and say how good the answer is: against brute force and against guessing."""

from dataclasses import dataclass
from math import ceil, inf, log, log1p

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.protocol import Backend, Expectations, Provenance
from qcore.backends.specification import MAX_SEED
from qcore.circuits import Circuit
from qcore.errors import InvalidValue
from qcore.optimisation.angles import retrained, trained
from qcore.optimisation.circuit import qaoa
from qcore.optimisation.qubo import Minimum, Qubo, brute_force
from qcore.optimisation.reading import distribution, standard_error

Array = NDArray[np.float64]

MAX_SAMPLES = 1_000_000
CONFIDENCE = 0.99


@dataclass(frozen=True, eq=False)
class Plan:
    """A circuit and its angles, ready for any backend (its `expectations` takes the last three).

    Attributes:
        qubo: what is minimised.
        circuit: made by `qaoa`.
        inputs: ``(1, 2 n_layers)`` rad: the gammas, then the betas.
        weights: none, ``(0,)``.
    """

    qubo: Qubo
    circuit: Circuit
    inputs: Tensor
    weights: Tensor

    @property
    def n_layers(self) -> int:
        """Of the circuit."""
        return self.circuit.n_inputs // 2


@dataclass(frozen=True, eq=False)
class QaoaResult:
    """What QAOA found, and what it could have found.

    Attributes:
        n_layers: of the circuit.
        angles_rad: ``(2 n_layers,)`` the gammas, then the betas.
        values: ``(2^n,)`` value of every string.
        probabilities: ``(2^n,)`` of every string, as the backend shows it.
        counts: ``(2^n,)`` how often every string was drawn in the samples.
        samples: how many were drawn from the probabilities.
        seed: of the samples.
        best: the string of least value among the samples.
        minimum: by brute force.
        optimum_probability: that one measurement shows an optimal string.
        optimum_standard_error: of this probability, from the backend's shots; 0 where it is exact.
        provenance: what ran.
    """

    n_layers: int
    angles_rad: Array
    values: Array
    probabilities: Array
    counts: NDArray[np.int64]
    samples: int
    seed: int
    best: int
    minimum: Minimum
    optimum_probability: float
    optimum_standard_error: float
    provenance: Provenance

    @property
    def best_value(self) -> float:
        """Value of the best string sampled."""
        return float(self.values[self.best])

    @property
    def gap(self) -> float:
        """What the best string sampled costs more than the optimum; 0 where it is optimal."""
        return 0.0 if self.best in self.minimum.strings else self.best_value - self.minimum.value

    @property
    def expected_value(self) -> float:
        """Mean value of a measurement."""
        return float(self.probabilities @ self.values)

    @property
    def approximation_ratio(self) -> float:
        """Where the expected value lies between the worst string (0) and the optimum (1)."""
        return (self.minimum.worst - self.expected_value) / (self.minimum.worst - self.minimum.value)

    @property
    def guessing_ratio(self) -> float:
        """The same of strings chosen at random: what has to be beaten."""
        return (self.minimum.worst - float(self.values.mean())) / (self.minimum.worst - self.minimum.value)

    @property
    def guessing_probability(self) -> float:
        """Probability that a string chosen at random is optimal: what has to be beaten."""
        return len(self.minimum.strings) / len(self.values)

    @property
    def samples_needed(self) -> int | None:
        """Measurements after which an optimal string has been seen with 99 %; None where it never is."""
        return samples_needed(self.optimum_probability)

    @property
    def guesses_needed(self) -> int | None:
        """The same of strings chosen at random."""
        return samples_needed(self.guessing_probability)


def samples_needed(probability: float) -> int | None:
    """Return after how many trials something of this probability has happened with 99 %; None if never."""
    if probability <= 0:
        return None
    return 1 if probability >= CONFIDENCE else ceil(log(1 - CONFIDENCE) / log1p(-probability))


def planned(qubo: Qubo, n_layers: int) -> Plan:
    """Build the circuit and find its angles, without noise, on this machine.

    Raises:
        InvalidValue: too many bits or layers, or a QUBO whose strings all have the same value.
    """
    circuit = qaoa(qubo.ising, n_layers)
    return Plan(qubo, circuit, trained(_normalised(qubo), n_layers)[None], torch.zeros(0, dtype=torch.float64))


def adapted(plan: Plan, backend: Backend, n_evaluations: int) -> Plan:
    """Return the plan with angles searched further on a backend; see `retrained`."""
    angles = retrained(plan.circuit, _normalised(plan.qubo), plan.inputs[0], backend, n_evaluations)
    return Plan(plan.qubo, plan.circuit, angles[None], plan.weights)


def read(plan: Plan, found: Expectations, samples: int, seed: int) -> QaoaResult:
    """Say what a plan found.

    Samples are drawn from the probabilities that the backend shows. Where these come from shots they are drawn from
    what the shots showed, so an optimum no shot showed is never sampled.

    Args:
        plan: what ran.
        found: what its circuit measured.
        samples: how many strings to draw, 1 to `MAX_SAMPLES`. With as many as there are strings even guessing finds
            the optimum more often than not.
        seed: of the samples.

    Raises:
        InvalidValue: the number of samples or the seed is out of range.
    """
    if not 1 <= samples <= MAX_SAMPLES:
        raise InvalidValue(f"The number of samples must lie between 1 and {MAX_SAMPLES:,}, not {samples:,}.")
    if not 0 <= seed <= MAX_SEED:
        raise InvalidValue(f"The seed must lie between 0 and {MAX_SEED:,}, not {seed:,}.")
    values, minimum = plan.qubo.values, brute_force(plan.qubo)
    probabilities = distribution(found.values.detach().double())[0].numpy()
    counts = np.random.default_rng(seed).multinomial(samples, probabilities)
    return QaoaResult(
        n_layers=plan.n_layers,
        angles_rad=plan.inputs[0].numpy(),
        values=values,
        probabilities=probabilities,
        counts=counts,
        samples=samples,
        seed=seed,
        best=int(np.argmin(np.where(counts > 0, values, inf))),
        minimum=minimum,
        optimum_probability=float(probabilities[list(minimum.strings)].sum()),
        optimum_standard_error=standard_error(found, minimum.strings),
        provenance=found.provenance,
    )


def solve(qubo: Qubo, backend: Backend, n_layers: int, samples: int, seed: int) -> QaoaResult:
    """Minimise a QUBO: angles found without noise, one circuit on the backend, samples from what it shows.

    Args:
        qubo: of at most 9 bits, which is what the noise engine simulates.
        backend: any.
        n_layers: of QAOA.
        samples: see `read`.
        seed: of the samples.

    Raises:
        InvalidValue: see `planned` and `read`.
    """
    plan = planned(qubo, n_layers)
    return read(plan, backend.expectations(plan.circuit, plan.inputs, plan.weights), samples, seed)


def _normalised(qubo: Qubo) -> Tensor:
    ising = qubo.ising
    return torch.from_numpy((qubo.values - ising.constant) / ising.spread)
