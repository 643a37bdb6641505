"""Simulated studies: the same doses and times, other people, other residual errors."""

from dataclasses import replace

import torch
from torch import Tensor

from qcore.population.design import Design
from qcore.population.fitting.foce import Problem
from qcore.population.structure import Structure, estimates_of


def simulated(structure: Structure, vector: Tensor, design: Design, seed: int) -> Design:
    """Return the design with other measurements, drawn from the model; none is below 0.

    Args:
        structure: of the model that measurements are drawn from.
        vector: numbers of the model, unbounded, ``(n_names,)``.
        design: when what is given and measured; its measurements are not looked at.
        seed: of people and errors.
    """
    generator = torch.Generator().manual_seed(seed)
    estimates = estimates_of(structure, vector)
    standard = torch.randn(design.n_patients, len(structure.iiv), generator=generator, dtype=vector.dtype)
    problem = Problem(structure, design)
    predicted = problem.predicted(estimates, standard * estimates.omega)
    variance, _ = problem.variance(estimates, predicted)
    error = torch.randn(predicted.shape, generator=generator, dtype=vector.dtype) * variance.sqrt()
    return replace(design, measured=((predicted + error) * design.counts).clamp(min=0))
