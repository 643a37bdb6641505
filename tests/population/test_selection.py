from dataclasses import replace

import numpy as np
import pytest
from trials import trial

from qcore.errors import InvalidValue
from qcore.population.design import Design, design
from qcore.population.fitting import selection
from qcore.population.fitting.fit import Fit, starting
from qcore.population.fitting.foce import Problem
from qcore.population.fitting.search import Search, Tried
from qcore.population.fitting.selection import select
from qcore.population.simulate import simulated
from qcore.population.structure import ResidualError, Response, ResponseKind, Structure
from qcore.study import Quantity, Study

STRUCTURE = Structure(
    response=Response(ResponseKind.PRODUCTION, lowers=True),
    iiv=("CL", "KA", "EC50"),
    residual=dict.fromkeys(Quantity, ResidualError(additive=False)),
)
TRUTH = {"CL": 0.5, "V": 10.0, "KA": 1.2, "R0": 20.0, "KOUT": 0.05, "EC50": 0.3}
SPREAD = {"omega CL": 0.3, "omega KA": 0.3, "omega EC50": 0.5}
ERRORS = {"proportional error of concentration": 0.1, "proportional error of response": 0.05}


def simulated_trial() -> Study:
    known = {name: float(np.log(value)) for name, value in (TRUTH | SPREAD | ERRORS).items()}
    study = trial(12)
    plain = Study(study.subjects, ())
    made = simulated(STRUCTURE, starting(STRUCTURE, known), design(plain), 3)
    subjects = [
        replace(each, covariates={}, observations=replace(each.observations, value=seen[counts].numpy()))
        for each, seen, counts in zip(plain.subjects, made.measured, made.counts, strict=True)
    ]
    return Study(tuple(subjects), ())


@pytest.mark.slow
def test_how_a_response_follows_is_found() -> None:
    """The drug lowers the making of the response: neither its loss, nor the concentration itself, nor upwards.

    People differ in how much of it they need, which no form explains before it may differ.
    """
    steps: list[Tried] = []
    found = select(simulated_trial(), search=Search(steps.append))
    assert found.structure.compartments == 1
    response = found.structure.response
    assert response is not None
    assert (response.kind, response.lowers) == (ResponseKind.PRODUCTION, True)
    for name in ("CL", "V", "R0", "KOUT", "EC50"):
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


def test_nothing_but_zeros_is_refused() -> None:
    study = trial(4, response=False)
    subjects = tuple(
        replace(each, observations=replace(each.observations, value=0 * each.observations.value))
        for each in study.subjects
    )
    with pytest.raises(InvalidValue, match="Every concentration is 0"):
        select(replace(study, subjects=subjects))


@pytest.mark.slow
def test_a_route_that_was_found_out_holds_for_the_response(monkeypatch: pytest.MonkeyPatch) -> None:
    """Doses are taken as absorbed for want of a word about it; concentrations say that they went into the blood."""
    truth = Structure(absorbed=False, iiv=("CL",), residual={Quantity.CONCENTRATION: ResidualError(additive=False)})
    study = Study(trial(8).subjects, ())
    laid = design(study, absorbed=False)
    known = {"CL": 0.5, "V": 10.0, "omega CL": 0.3, "proportional error of concentration": 0.1}
    made = simulated(truth, starting(truth, {name: float(np.log(value)) for name, value in known.items()}), laid, 5)
    subjects = tuple(
        replace(each, covariates={}, observations=replace(each.observations, value=seen[counts].numpy()))
        for each, seen, counts in zip(study.subjects, made.measured, made.counts, strict=True)
    )
    seen_by_response: list[Design] = []

    class Beginning(Search):
        """What is begun with is kept: it has the route."""

        def best(self, current: Fit, *_: object) -> Fit:
            return current

        def climb(self, current: Fit, *_: object, **__: object) -> Fit:
            return current

    def stop(_study: Study, laid: Design, *_: object) -> None:
        seen_by_response.append(laid)
        raise InterruptedError

    monkeypatch.setattr(selection, "_response", stop)
    with pytest.raises(InterruptedError):
        select(Study(subjects, ()), route_known=False, search=Beginning())
    (found,) = seen_by_response
    assert found.doses.bolus.used
    assert not found.doses.absorbed.used


def test_a_start_that_cannot_be_fitted_leaves_the_others() -> None:
    structure = Structure(absorbed=False, iiv=("CL",), residual={Quantity.CONCENTRATION: ResidualError(additive=False)})
    problem = Problem(structure, design(trial(6, response=False), absorbed=False))
    nowhere = ("nowhere", problem, {"CL": float("nan"), "V": 1.0})
    fits = Search().start([nowhere, ("somewhere", problem, {"CL": 0.0, "V": 1.0})])
    assert len(fits) == 1
    with pytest.raises(InvalidValue):
        Search().start([nowhere])
