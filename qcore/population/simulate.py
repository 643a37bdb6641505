"""A study as it might have been measured: the same doses and times, other people, other errors of measurement."""

from dataclasses import replace

import torch
from torch import Tensor

from qcore.population.design import Design
from qcore.population.fitting.foce import Problem
from qcore.population.structure import Structure, values


def simulated(structure: Structure, vector: Tensor, design: Design, seed: int) -> Design:
    """Return the design with other measurements, drawn from the model; none is below 0.

    Args:
        structure: of the model.
        vector: its numbers, ``(n_names,)``.
        design: when what is given and measured; its measurements are not looked at.
        seed: of people and errors.
    """
    generator = torch.Generator().manual_seed(seed)
    cut = values(structure, vector)
    standard = torch.randn(design.n_patients, len(structure.random), generator=generator, dtype=vector.dtype)
    problem = Problem(structure, design)
    predicted = problem.predicted(cut, standard * cut.omega)
    variance, _ = problem.variance(cut, predicted)
    error = torch.randn(predicted.shape, generator=generator, dtype=vector.dtype) * variance.sqrt()
    return replace(design, measured=((predicted + error) * design.counts).clamp(min=0))
