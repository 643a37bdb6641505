import numpy as np
import pytest
import torch
from population_models import population_model

from qcore.errors import InvalidValue
from qcore.population.structure import Response
from qcore.tasks.dosing.virtual_population import Population, people

MODEL = population_model(Response(partial=True))


def test_people_are_as_in_the_study() -> None:
    found = people(MODEL, Population(), 4096, 0)
    assert set(found.covariates["BW"].tolist()) == set(MODEL.covariate("BW"))
    assert float(found.covariates["COMED"].mean()) == pytest.approx(0.5, abs=0.01)
    assert float(found.eta.std()) == pytest.approx(1, abs=0.01)
    # Even numbers, so that people who differ in clearance do not differ in their response for that.
    assert abs(float(torch.corrcoef(found.eta.T)[0, 1])) < 0.01


def test_people_are_as_asked_for() -> None:
    found = people(MODEL, Population("heavy", (70.0, 140.0), {"COMED": 0.0}), 1024, 0)
    assert float(found.covariates["BW"].min()) == pytest.approx(70, abs=0.2)
    assert float(found.covariates["BW"].max()) == pytest.approx(140, abs=0.2)
    assert not found.covariates["COMED"].any()


def test_parameters_have_the_spread_of_the_model() -> None:
    patients = people(MODEL, Population(fixed={"BW": 70.0, "COMED": 1.0}), 4096, 0).patients(MODEL)
    logs = torch.log(patients["CL"])
    assert float(logs.mean()) == pytest.approx(np.log(0.05), abs=0.01)
    assert float(logs.std()) == pytest.approx(0.25, abs=0.01)
    assert float(torch.log(patients["R0"]).mean()) == pytest.approx(np.log(10) - 0.3, abs=0.01)


@pytest.mark.parametrize(
    ("population", "sentence"),
    [
        (Population(fixed={"AGE": 3.0}), "no covariate AGE"),
        (Population(fixed={"COMED": 0, "X": 1}), "it has BW, COMED"),
    ],
)
def test_an_unknown_covariate_is_named(population: Population, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        people(MODEL, population, 8, 0)
