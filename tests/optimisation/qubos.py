"""Problems made of random numbers, and their solutions."""

import numpy as np

from qcore.backends.registry import backend
from qcore.optimisation.qaoa import QaoaResult, planned, read
from qcore.optimisation.qubo import Qubo, from_form


def random_qubo(n_bits: int, seed: int = 0) -> Qubo:
    """Every bit coupled to every other, none to be had for nothing."""
    generator = np.random.default_rng(seed)
    return from_form(generator.normal(size=(n_bits, n_bits)), generator.normal(size=n_bits), 3.0)


def solved(qubo: Qubo, where: str, n_layers: int, samples: int, seed: int) -> QaoaResult:
    """What QAOA finds where its circuit runs on a backend."""
    plan = planned(qubo, n_layers)
    return read(plan, backend(where).expectations(plan.circuit, plan.inputs, plan.weights), samples, seed)
