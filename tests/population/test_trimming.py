from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from trials import trial

from qcore.population.design import design
from qcore.population.fitting.fit import Fit, fit, starting
from qcore.population.fitting.foce import Problem
from qcore.population.fitting.search import Search, Tried
from qcore.population.fitting.selection import _kinetics
from qcore.population.fitting.trimming import simpler, trimmed
from qcore.population.simulate import simulated
from qcore.population.structure import Effect, ResidualError, Structure
from qcore.study import Quantity, Study

EXACT = dict.fromkeys(Quantity, ResidualError(additive=False))


LARGE = Structure(
    2, lag=True, iiv=("CL", "Q", "KA"), effects=(Effect("CL", "WT", 70.0, 0.75), Effect("Q", "WT", 70.0, 0.75))
)


def logarithms(**numbers: float) -> dict[str, float]:
    return {name.replace("_", " "): float(np.log(value)) for name, value in numbers.items()}


def made_up(**numbers: float) -> Fit:
    """Return a large model of made-up data, at the truth."""
    known = logarithms(CL=0.1, V=8, KA=1, **numbers) | {"proportional error of concentration": np.log(0.05)}
    vector = starting(LARGE, known | {"additive error of concentration": np.log(1e-3)})
    problem = Problem(LARGE, simulated(LARGE, vector, design(trial(6, response=False)), 0))
    ofv, _, conditional = problem.objective(vector)
    return Fit(problem, vector, ofv, conditional)


@pytest.mark.parametrize(("flow", "second", "volume"), [(50.0, 3.0, 11.0), (1e-6, 3.0, 8.0)])
def test_a_second_compartment_and_a_delay_that_are_nothing_can_go(flow: float, second: float, volume: float) -> None:
    """What is exchanged faster than the drug is cleared is one volume; what is hardly exchanged is none."""
    less, prompt = simpler(made_up(Q=flow, V2=second, TLAG=1e-9))
    assert less[1] == replace(LARGE, compartments=1, iiv=("CL", "KA"), effects=LARGE.effects[:1])
    assert np.exp(less[2]["V"]) == pytest.approx(volume)
    assert prompt[1] == replace(LARGE, lag=False)


def test_what_matters_is_not_fitted_without() -> None:
    assert not simpler(made_up(Q=0.5, V2=30, TLAG=0.4))


def test_differences_too_small_to_tell_are_left_out_whatever_the_criterion_counts() -> None:
    """Six subjects with thirteen measurements each: the criterion would rather keep a difference of 0.1 %."""
    structure = Structure(iiv=("CL", "V", "KA"), residual=EXACT)
    truth = logarithms(CL=0.5, V=10, KA=1.2) | {"proportional error of concentration": np.log(0.1)}
    truth |= {"omega CL": np.log(0.3), "omega V": np.log(1e-3), "omega KA": np.log(0.3)}
    laid = design(trial(6, response=False))
    problem = Problem(structure, simulated(structure, starting(structure, truth), laid, 1))
    found = fit(problem, truth)
    steps: list[Tried] = []
    assert found.reported["omega V"] < 0.02
    smaller = trimmed(found, Search(steps.append))
    assert smaller.structure.iiv == ("CL", "KA")
    assert [step.what for step in steps if step.kept] == ["no differences in V"]
    assert smaller.ofv == pytest.approx(found.ofv, abs=1)
    assert smaller.bic > found.bic


@pytest.mark.slow
def test_a_delay_is_not_taken_for_a_second_compartment() -> None:
    """Where two compartments looked best at first, one with a delay is tried as well."""
    structure = Structure(lag=True, iiv=("CL", "V", "KA"), residual=EXACT)
    study = Study(trial(9, response=False).subjects, ())
    truth = logarithms(CL=0.13, V=8, KA=0.9, TLAG=0.8) | {"proportional error of concentration": np.log(0.08)}
    truth |= {f"omega {name}": np.log(0.2) for name in structure.iiv}
    made = simulated(structure, starting(structure, truth), design(study), 2)
    subjects = [
        replace(each, covariates={}, observations=replace(each.observations, value=seen[counts].numpy()))
        for each, seen, counts in zip(study.subjects, made.measured, made.counts, strict=True)
    ]

    class Second(Search):
        def start(self, candidates: Iterable[tuple[str, Problem, Mapping[str, float]]]) -> list[Fit]:
            return super().start([each for each in candidates if each[1].structure.compartments == 2])

    found = _kinetics(Study(tuple(subjects), ()), True, Second())
    assert (found.structure.compartments, found.structure.lag) == (1, True)
    assert found.reported["TLAG"] == pytest.approx(0.8, rel=0.2)
    assert found.reported["V"] == pytest.approx(8, rel=0.2)
