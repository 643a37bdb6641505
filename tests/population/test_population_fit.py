import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from trials import trial

from qcore.errors import InvalidValue, MissingAsset
from qcore.population.design import design
from qcore.population.fitting.fit import Fit, drawn, fit, starting, with_uncertainty
from qcore.population.fitting.foce import Problem
from qcore.population.fitting.search import Search, Tried
from qcore.population.fitting.selection import select
from qcore.population.model import PopulationModel, load, model_of_fit, save
from qcore.population.simulate import simulated
from qcore.population.structure import Effect, ResidualError, Structure
from qcore.study import Quantity, Study

STRUCTURE = Structure(
    iiv=("CL", "V"),
    effects=(Effect("CL", "WT", 70.0, 0.75), Effect("V", "WT", 70.0, 1.0), Effect("CL", "COMED")),
    residual={Quantity.CONCENTRATION: ResidualError(additive=False), Quantity.RESPONSE: ResidualError()},
)
TRUTH = {"CL": np.log(0.5), "V": np.log(10.0), "KA": np.log(1.2), "COMED on CL": -0.5}
TRUTH |= {"omega CL": np.log(0.25), "omega V": np.log(0.2), "proportional error of concentration": np.log(0.1)}
STUDY = trial(36, response=False)


def measured(study: Study, seed: int) -> Study:
    """Return the study with values drawn from the true model."""
    made = simulated(STRUCTURE, starting(STRUCTURE, TRUTH), design(study), seed)
    subjects = []
    for each, seen, counts in zip(study.subjects, made.measured, made.counts, strict=True):
        observations = replace(each.observations, value=seen[counts].numpy())
        subjects.append(replace(each, observations=observations))
    return replace(study, subjects=tuple(subjects))


@pytest.fixture(scope="module")
def problem() -> Problem:
    vector = starting(STRUCTURE, TRUTH)
    return Problem(STRUCTURE, simulated(STRUCTURE, vector, design(STUDY), 1))


@pytest.fixture(scope="module")
def fitted(problem: Problem) -> Fit:
    start = {name: value + shift for (name, value), shift in zip(TRUTH.items(), np.linspace(-0.6, 0.6, 7), strict=True)}
    return with_uncertainty(fit(problem, start))


def test_the_truth_is_found(fitted: Fit) -> None:
    assert fitted.covariance is not None
    error = fitted.covariance.diagonal().sqrt()
    wanted = starting(STRUCTURE, TRUTH)
    assert ((fitted.vector - wanted).abs() < 3 * error).all()
    # Thirty-six subjects say this much: 4 to 30 %.
    assert float(error.min()) > 0.01
    assert float(error.max()) < 0.3


def test_the_fit_is_better_than_the_truth(problem: Problem, fitted: Fit) -> None:
    assert fitted.ofv <= problem.objective(starting(STRUCTURE, TRUTH))[0]
    assert fitted.bic > fitted.ofv
    assert all(0 <= pulled < 0.5 for pulled in fitted.shrinkage.values())


def test_draws_have_the_covariance(fitted: Fit) -> None:
    assert fitted.covariance is not None
    draws = drawn(fitted.vector, fitted.covariance, 20_000, 0)
    np.testing.assert_allclose(torch.cov(draws.T), fitted.covariance, atol=2e-3)
    assert torch.equal(*(drawn(fitted.vector, fitted.covariance, 3, 5) for _ in range(2)))


def test_what_is_not_fitted_with_uncertainty_cannot_be_kept(problem: Problem, fitted: Fit) -> None:
    without = Fit(problem, fitted.vector, fitted.ofv, fitted.empirical_bayes)
    with pytest.raises(ValueError, match="uncertainty"):
        model_of_fit(without, STUDY, "")


def test_nothing_measured_cannot_be_fitted(problem: Problem) -> None:
    empty = problem.take(torch.zeros(0, dtype=torch.long))
    with pytest.raises(InvalidValue, match="no measurement"):
        fit(empty, TRUTH)


def test_numbers_gone_astray_are_refused_in_words(problem: Problem, fitted: Fit) -> None:
    """Nothing is predicted and effects may be anything: no matrix has an inverse there."""
    astray = TRUTH | {"CL": 800.0, "omega CL": 400.0, "omega V": 400.0}
    vector = starting(STRUCTURE, astray)
    assert not math.isfinite(problem.objective(vector)[0])
    with pytest.raises(InvalidValue, match="cannot be started"):
        fit(problem, astray)
    with pytest.raises(InvalidValue, match="How sure"):
        with_uncertainty(replace(fitted, vector=vector))


def test_a_number_without_a_start_is_named() -> None:
    with pytest.raises(ValueError, match="start V from"):
        starting(STRUCTURE, {"CL": 0.0})


def test_a_model_is_kept_as_it_is(fitted: Fit, tmp_path: Path) -> None:
    model = model_of_fit(fitted, STUDY, "abc")
    save(model, tmp_path / "deep" / "model.json")
    again = load(tmp_path / "deep" / "model.json")
    assert isinstance(again, PopulationModel)
    assert again == model
    assert again.reported["V"] == pytest.approx(float(torch.exp(fitted.vector[1])))
    assert again.with_errors["V"][1].endswith("%")
    (tmp_path / "other.json").write_text("{}")
    with pytest.raises(MissingAsset, match="no population model"):
        load(tmp_path / "other.json")


@pytest.mark.slow
def test_the_structure_is_found() -> None:
    """From nothing but the measurements: one compartment, allometry, and comedication on clearance alone."""
    study = measured(trial(24, response=False), 2)
    steps: list[Tried] = []
    found = select(study, search=Search(steps.append))
    structure = found.structure
    assert structure.compartments == 1
    assert {effect.parameter for effect in structure.effects if effect.covariate == "WT"} == {"CL", "V"}
    assert [effect.parameter for effect in structure.free if effect.covariate == "COMED"] == ["CL"]
    assert found.reported["CL"] == pytest.approx(0.5, rel=0.15)
    assert found.covariance is not None
    assert any("allometry" in step.what and step.kept for step in steps)
    assert any("COMED on V" in step.what and not step.kept for step in steps)
