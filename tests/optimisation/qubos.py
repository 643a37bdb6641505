"""Problems made of random numbers."""

import numpy as np

from qcore.optimisation.qubo import Qubo, from_form


def random_qubo(n_bits: int, seed: int = 0) -> Qubo:
    """Every bit coupled to every other, none to be had for nothing."""
    generator = np.random.default_rng(seed)
    return from_form(generator.normal(size=(n_bits, n_bits)), generator.normal(size=n_bits), 3.0)
