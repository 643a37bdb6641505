from dataclasses import replace

import numpy as np
import pytest
from trials import trial

from qcore.errors import InvalidValue
from qcore.io.study import Quantity, Study
from qcore.population.design import design
from qcore.population.fit import starting
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
