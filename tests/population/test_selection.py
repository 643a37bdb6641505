from dataclasses import replace

import numpy as np
import pytest
from trials import trial

from qcore.errors import InvalidValue
from qcore.io.study import Quantity, Study
from qcore.population.design import design
from qcore.population.fit import starting
from qcore.population.foce import Problem
from qcore.population.search import Search, Tried
from qcore.population.selection import select
from qcore.population.simulate import simulated
from qcore.population.structure import Noise, Response, ResponseKind, Structure

STRUCTURE = Structure(
    response=Response(ResponseKind.PRODUCTION, lowers=True),
    random=("CL", "KA", "R0"),
    noise=dict.fromkeys(Quantity, Noise(additive=False)),
)
TRUTH = {"CL": 0.5, "V": 10.0, "KA": 1.2, "R0": 20.0, "KOUT": 0.05, "C50": 0.3}
SPREAD = {"omega CL": 0.3, "omega KA": 0.3, "omega R0": 0.2}
ERRORS = {"proportional error of concentration": 0.1, "proportional error of response": 0.05}
NUMBERS = {name: value for name, value in (TRUTH | SPREAD | ERRORS).items() if "KA" not in name}


def simulated_trial() -> Study:
    known = {name: float(np.log(value)) for name, value in (TRUTH | SPREAD | ERRORS).items()}
    study = trial(16)
    plain = Study(study.subjects, ())
    made = simulated(STRUCTURE, starting(STRUCTURE, known), design(plain), 3)
    subjects = [
        replace(each, covariates={}, observations=replace(each.observations, value=seen[counts].numpy()))
        for each, seen, counts in zip(plain.subjects, made.measured, made.counts, strict=True)
    ]
    return Study(tuple(subjects), ())


def test_how_a_response_follows_is_found() -> None:
    """The drug lowers the making of the response: neither its loss, nor the concentration itself, nor upwards."""
    steps: list[Tried] = []
    found = select(simulated_trial(), search=Search(steps.append))
    assert found.structure.compartments == 1
    response = found.structure.response
    assert response is not None
    assert (response.kind, response.lowers) == (ResponseKind.PRODUCTION, True)
    for name in ("CL", "V", "R0", "KOUT", "C50"):
        assert found.reported[name] == pytest.approx(TRUTH[name], rel=0.3), name
    assert found.covariance is not None
    kept = [step.what for step in steps if step.kept]
    assert "1 compartment, absorbed" in kept
    assert "the drug lowers the response, by its production" in kept
    assert not any("raises" in what for what in kept)


def test_what_holds_no_concentration_is_refused() -> None:
    study = trial(4)
    subjects = tuple(each for each in study.subjects if not len(each.doses.time))
    with pytest.raises(InvalidValue, match="both a dose and a concentration"):
        select(replace(study, subjects=subjects))


def test_an_unknown_route_is_kept_for_the_response() -> None:
    """Doses taken as absorbed, for want of a word about it, go into the blood: the response follows what they do."""
    truth = Structure(
        absorbed=False,
        response=Response(ResponseKind.PRODUCTION, lowers=True),
        random=("CL", "R0"),
        noise=dict.fromkeys(Quantity, Noise(additive=False)),
    )
    study = Study(trial(8).subjects, ())
    blood = design(study, absorbed=False)
    made = simulated(truth, starting(truth, {name: float(np.log(value)) for name, value in NUMBERS.items()}), blood, 5)
    subjects = tuple(
        replace(each, covariates={}, observations=replace(each.observations, value=seen[counts].numpy()))
        for each, seen, counts in zip(study.subjects, made.measured, made.counts, strict=True)
    )
    found = select(Study(subjects, ()), route_known=False)
    assert not found.structure.absorbed
    assert found.reported["CL"] == pytest.approx(TRUTH["CL"], rel=0.3)
    assert found.reported["C50"] == pytest.approx(TRUTH["C50"], rel=0.4)


def test_a_start_that_cannot_be_fitted_leaves_the_others() -> None:
    structure = Structure(absorbed=False, random=("CL",), noise={Quantity.CONCENTRATION: Noise(additive=False)})
    problem = Problem(structure, design(trial(6, response=False), absorbed=False))
    nowhere = ("nowhere", problem, {"CL": float("nan"), "V": 1.0})
    fits = Search().start([nowhere, ("somewhere", problem, {"CL": 0.0, "V": 1.0})])
    assert len(fits) == 1
    with pytest.raises(InvalidValue):
        Search().start([nowhere])
