"""Initial estimates of a fit: many guesses are tried on the pooled data, as if all subjects were one."""

from itertools import product

import numpy as np
import torch
from scipy.optimize import least_squares
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.population.design import Design
from qcore.population.fitting.foce import Problem
from qcore.population.structure import SHARES, Structure, estimates_of
from qcore.study import Quantity, Study

N_POLISHED = 2
"""Guesses that are improved by least squares; the best of them is returned."""
FLOOR = 0.02
"""Share of the largest measurement below which differences count less than in proportion."""


def kinetic_guess(structure: Structure, study: Study, design: Design) -> dict[str, float]:
    """Return unbounded kinetic parameters by name.

    Args:
        structure: whose response is not looked at.
        study: with doses and concentrations.
        design: times of its doses and concentrations.

    Raises:
        InvalidValue: no curve can be drawn through the concentrations.
    """
    amount = np.concatenate([each.doses.amount for each in study.subjects if len(each.doses.amount)])
    concentrations = [each.observations.value[~each.observations.response] for each in study.subjects]
    highest = np.median([values.max() for values in concentrations if len(values)])
    span = float((design.times * design.kind(Quantity.CONCENTRATION)).max())
    since = min(_since_dose(study))
    typical_volume = float(np.median(amount)) / max(float(highest), 1e-12)
    guesses = []
    for half_life, spread in product(np.geomspace(max(since, span / 300), span, 5), (0.3, 1.0, 3.0)):
        guess = {"V": typical_volume * spread, "CL": typical_volume * spread * np.log(2) / half_life}
        guess |= {"Q": 2 * guess["CL"], "V2": guess["V"], "KA": 1 / (2 * since), "TLAG": since / 4, "F": 0.5}
        guesses.append({name: guess[name] for name in structure.kinetic})
    return _best(structure, design, guesses)


def dynamic_guess(structure: Structure, problem: Problem) -> dict[str, float]:
    """Return unbounded parameters of the response by name.

    Args:
        structure: with a response and known concentrations.
        problem: that holds these concentrations.

    Raises:
        InvalidValue: no curve can be drawn through the responses.
    """
    design, given, response = problem.design, problem.given, structure.response
    if given is None or response is None:
        raise ValueError("concentrations must be known")
    seen = design.measured[design.counts]
    there = given.measured[design.counts]
    middle = float(there[there > 0].median()) if bool((there > 0).any()) else 1.0
    span = float(design.times.max() - design.times.min())
    baseline = max(float(torch.quantile(seen, 0.9 if response.lowers else 0.1)), 1e-9)
    guesses = []
    for half_life, ec50 in product(np.geomspace(span / 300, span / 3, 4), middle * np.array([0.3, 1.0, 3.0, 10.0])):
        guess = {"R0": baseline, "KOUT": np.log(2) / half_life, "EC50": ec50, "IMAX": 0.8, "SMAX": 2.0, "HILL": 1.0}
        guesses.append({name: guess[name] for name in structure.dynamic})
    return _best(structure, design, guesses, problem)


def _since_dose(study: Study) -> list[float]:
    shortest = []
    for each in study.subjects:
        times = each.observations.time[~each.observations.response]
        since = times[:, None] - each.doses.time[None]
        shortest += [float(since[since > 0].min())] if (since > 0).any() else []
    return shortest or [1.0]


def _best(
    structure: Structure,
    design: Design,
    guesses: list[dict[str, float]],
    exposed: Problem | None = None,
) -> dict[str, float]:
    problem = exposed or Problem(structure, design)
    names = [name for name in structure.parameters if name in guesses[0]]
    rest = torch.zeros(len(structure.names) - len(structure.parameters), dtype=torch.float64)
    counts = design.counts & (design.response == (exposed is not None))
    measured = design.measured[counts].abs()
    quantity = Quantity.CONCENTRATION if exposed is None else Quantity.RESPONSE
    if not bool(measured.any()):
        raise InvalidValue(f"Every {quantity} is 0: there is nothing to fit. Check which column holds it.")
    floor = FLOOR * measured.max()

    def residuals(numbers: Tensor) -> Tensor:
        estimates = estimates_of(structure, torch.cat([numbers, rest]))
        eta = torch.zeros(design.n_patients, len(structure.iiv), dtype=torch.float64)
        predicted = problem.predicted(estimates, eta)[counts]
        return (predicted - design.measured[counts]) / (floor + measured)

    def unbounded(guess: dict[str, float]) -> np.ndarray:
        shares = {name: np.log(value / (1 - value)) for name, value in guess.items() if name in SHARES}
        return np.array([shares.get(name, np.log(guess[name])) for name in names])

    def cost(numbers: np.ndarray) -> float:
        with torch.no_grad():
            squares = float((residuals(torch.from_numpy(numbers)) ** 2).sum())
        return squares if np.isfinite(squares) else np.inf

    tried = sorted((unbounded(guess) for guess in guesses), key=cost)[:N_POLISHED]
    polished = []
    for numbers in (each for each in tried if np.isfinite(cost(each))):
        solution = least_squares(
            lambda x: residuals(torch.from_numpy(x)).detach().numpy(),
            numbers,
            bounds=(numbers - 8, numbers + 8),
            loss="soft_l1",
            max_nfev=40,
        )
        polished.append((solution.cost, solution.x))
    if not polished:
        raise InvalidValue(f"No curve goes through the {quantity}s of this study: check times, doses and units.")
    best = min(polished, key=lambda pair: pair[0])[1]
    return dict(zip(names, best.tolist(), strict=True))
