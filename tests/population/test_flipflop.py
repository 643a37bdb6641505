import math

import pytest
import torch
from trials import trial

from qcore.population.design import design
from qcore.population.fitting.fit import Fit, fit, starting
from qcore.population.fitting.flipflop import criterion, is_flipped, twin
from qcore.population.fitting.foce import EmpiricalBayes, Problem
from qcore.population.fitting.search import Search
from qcore.population.predict import concentration
from qcore.population.simulate import simulated
from qcore.population.structure import Structure

SPREAD = {"omega CL": math.log(0.2), "omega V": math.log(0.2)}
SPREAD |= {"additive error of concentration": math.log(0.002), "proportional error of concentration": math.log(0.05)}


def model(structure: Structure, **typical: float) -> Fit:
    """Return a model with these parameters, fitted to nothing."""
    problem = Problem(structure, design(trial(6, response=False)))
    vector = starting(structure, {name: math.log(value) for name, value in typical.items()} | SPREAD)
    none = torch.zeros(6, 2, dtype=torch.float64)
    return Fit(problem, vector, 0.0, EmpiricalBayes(none, torch.diag_embed(1 / (none + 1))))


def test_absorption_is_compared_with_what_it_can_be_exchanged_with() -> None:
    """A second compartment that fills within minutes, or never, changes nothing."""
    assert not is_flipped(model(Structure(2), CL=0.13, V=4, Q=50, V2=4, KA=0.9))
    assert is_flipped(model(Structure(2), CL=0.13, V=4, Q=50, V2=4, KA=0.01))
    assert not is_flipped(model(Structure(2), CL=1, V=10, Q=1e-6, V2=10, KA=0.2))
    assert is_flipped(model(Structure(2), CL=1, V=10, Q=1e-6, V2=10, KA=0.05))
    assert is_flipped(model(Structure(1), CL=1, V=10, KA=0.05))
    assert not is_flipped(model(Structure(1), CL=1, V=10, KA=0.2))
    assert not is_flipped(model(Structure(1, bioavailability=True), CL=1, V=10, KA=0.05, F=1))
    assert not is_flipped(model(Structure(1, absorbed=False), CL=1, V=10))
    with pytest.raises(ValueError, match="quick already"):
        twin(model(Structure(1), CL=1, V=10, KA=0.2))


@pytest.mark.parametrize(
    "typical",
    [
        {"CL": 2, "V": 10, "KA": 0.02},
        {"CL": 2, "V": 10, "KA": 0.02, "Q": 3, "V2": 20},
        {"CL": 2, "V": 10, "KA": 0.3, "Q": 3, "V2": 20},
    ],
)
def test_the_twin_shows_the_same_curve_and_does_not_flip(typical: dict[str, float]) -> None:
    flipped = model(Structure(2 if "Q" in typical else 1), **typical)
    usual = model(flipped.structure, **{name: math.exp(twin(flipped)[name]) for name in typical})
    assert is_flipped(flipped)
    assert not is_flipped(usual)
    assert usual.reported["CL"] == pytest.approx(2)
    assert usual.reported["V"] > 10
    laid = flipped.problem.design
    numbers = [
        {name: torch.full((6,), each.reported[name], dtype=torch.float64) for name in typical}
        for each in (flipped, usual)
    ]
    torch.testing.assert_close(*(concentration(each, laid.doses, laid.times) for each in numbers))


def test_of_twins_the_usual_one_is_taken() -> None:
    truth = model(Structure(1), CL=0.5, V=10, KA=1.0)
    problem = Problem(truth.structure, simulated(truth.structure, truth.vector, truth.problem.design, 4))
    slow = {"CL": math.log(0.5), "V": math.log(0.5), "KA": math.log(0.05)}
    straight = fit(problem, slow)
    assert is_flipped(straight)
    assert criterion(straight) > straight.bic
    (found,) = Search().start([("slow absorption", problem, slow)])
    assert not is_flipped(found)
    assert found.reported["V"] == pytest.approx(10, rel=0.3)
