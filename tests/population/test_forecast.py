from dataclasses import replace

import numpy as np
import pytest
import torch
from population_models import population_model
from trials import doses, subject

from qcore.errors import InvalidValue
from qcore.population.design import design
from qcore.population.forecast import Individual, forecast, learned
from qcore.population.model import PopulationModel
from qcore.population.simulate import simulated
from qcore.population.structure import Response
from qcore.study import Observations, Quantity, Study, Subject

MODEL = population_model(Response(partial=True))
GIVEN = doses(np.arange(14) * 24.0, 5.0)
PK, PD = (1, 4, 24, 96, 145, 150, 312), (0, 24, 72, 144, 240, 336)


def patients(model: PopulationModel, count: int) -> list[Subject]:
    """Return people with measurements drawn from the model."""
    people = [
        subject(str(index), GIVEN, PK, PD, BW=50.0 + index % 50, COMED=float(index % 2)) for index in range(count)
    ]
    made = simulated(model.structure, model.vector, design(Study(tuple(people), ("BW", "COMED"))), 0)
    return [
        replace(each, observations=replace(each.observations, value=seen[counts].numpy()))
        for each, seen, counts in zip(people, made.measured, made.counts, strict=True)
    ]


def until(whole: Subject, time: float) -> Subject:
    """Return a patient of whom only the first measurements are known."""
    seen = whole.observations
    early = seen.time <= time
    return replace(whole, observations=Observations(seen.time[early], seen.value[early], seen.response[early]))


def test_without_measurements_a_patient_is_like_the_population() -> None:
    known = learned(MODEL, until(patients(MODEL, 1)[0], -1))
    assert known.eta.abs().max() < 1e-6
    torch.testing.assert_close(known.covariance.diagonal().sqrt(), torch.full((2,), 0.25, dtype=torch.float64))
    assert known.parameters["V"] == pytest.approx(3.0)
    low, high = known.intervals["CL"]
    assert low < known.parameters["CL"] < high


def test_measurements_narrow_what_comes_next() -> None:
    whole = patients(MODEL, 1)[0]
    times = np.array([336.0, 200.0])
    widths = []
    for known_until in (-1, 24, 336):
        found = forecast(learned(MODEL, until(whole, known_until)), times, Quantity.CONCENTRATION)
        assert (found.low < found.median).all()
        assert (found.low_measured < found.low).all()
        widths.append((found.high - found.low)[0])
    assert widths[0] > widths[1] > widths[2]


@pytest.fixture(scope="module")
def known_for_four_days() -> list[tuple[Subject, Individual]]:
    """A hundred people, and what their first measurements say of each."""
    return [(whole, learned(MODEL, until(whole, 96))) for whole in patients(MODEL, 100)]


@pytest.mark.parametrize("quantity", Quantity)
def test_intervals_hold_as_many_measurements_as_they_say(
    quantity: Quantity, known_for_four_days: list[tuple[Subject, Individual]]
) -> None:
    held = []
    for whole, known in known_for_four_days:
        seen = whole.observations
        later = (seen.time > 96) & (seen.response == (quantity is Quantity.RESPONSE))
        found = forecast(known, seen.time[later], quantity)
        held += list((found.low_measured <= seen.value[later]) & (seen.value[later] <= found.high_measured))
    assert 0.86 < np.mean(held) < 0.94


def test_times_may_come_in_any_order_and_before_the_first_dose() -> None:
    known = learned(MODEL, patients(MODEL, 1)[0])
    times = np.array([100.0, -5.0, 30.0])
    found = forecast(known, times, Quantity.CONCENTRATION)
    for index, time in enumerate(times):
        alone = forecast(known, np.array([time]), Quantity.CONCENTRATION)
        assert found.median[index] == pytest.approx(alone.median[0])
    assert found.median[1] == 0


def test_what_the_model_does_not_know_is_said() -> None:
    whole = patients(MODEL, 1)[0]
    with pytest.raises(InvalidValue, match="needs the patient's BW"):
        learned(MODEL, replace(whole, covariates={"COMED": 0.0}))
    alone = population_model()
    with pytest.raises(InvalidValue, match="leave the response out"):
        learned(alone, whole)
    known = learned(alone, until(whole, -1))
    with pytest.raises(InvalidValue, match="concentrations alone"):
        forecast(known, np.array([1.0]), Quantity.RESPONSE)
