import pytest
import torch
from population_models import population_model

from qcore.population.steady_state import Interval, SteadyState
from qcore.population.structure import Response, ResponseKind
from qcore.tasks.dosing.target import Measure, Target, doses_reaching
from qcore.tasks.dosing.virtual_population import Population, people

CAP = 40.0
DOSES = torch.arange(1, 41, dtype=torch.float64)


def counted(target: Target, state: SteadyState, dose: torch.Tensor) -> float:
    """Return the share who reach a target, by looking at every patient's interval."""
    if target.measure is Measure.RESPONSE:
        lowest, highest = state.responses(dose).amin(-1), state.responses(dose).amax(-1)
    else:
        there = state.concentrations(dose)
        one = {Measure.PEAK: there.amax(-1), Measure.TROUGH: there[..., -1], Measure.AVERAGE: state.average(dose)}
        lowest = highest = one[target.measure]
    inside = torch.ones_like(lowest, dtype=torch.bool)
    if target.low is not None:
        inside &= lowest >= target.low
    if target.high is not None:
        inside &= highest <= target.high
    return float(inside.double().mean())


@pytest.mark.parametrize(
    ("response", "target"),
    [
        (Response(partial=True), Target(Measure.RESPONSE, high=3.3)),
        (Response(partial=True), Target(Measure.RESPONSE, low=2.0, high=5.0)),
        (Response(partial=True), Target(Measure.RESPONSE, low=4.0)),
        (Response(ResponseKind.LOSS, lowers=False, partial=True), Target(Measure.RESPONSE, low=15.0)),
        (Response(ResponseKind.LOSS, lowers=False, partial=True), Target(Measure.RESPONSE, low=12.0, high=30.0)),
        (Response(ResponseKind.DIRECT), Target(Measure.RESPONSE, high=4.0)),
        (None, Target(Measure.TROUGH, low=3.0)),
        (None, Target(Measure.PEAK, high=12.0)),
        (None, Target(Measure.AVERAGE, low=4.0, high=12.0)),
        (None, Target(Measure.TROUGH, low=3.0, high=1000.0)),
    ],
)
def test_attainment_is_the_share_that_is_counted(response: Response | None, target: Target) -> None:
    model = population_model(response)
    crowd = people(model, Population(), 256, 0)
    state = SteadyState(model.structure, crowd.patients(model), Interval.of(24.0))
    found = doses_reaching(target, state, CAP).attainment(DOSES)
    wanted = torch.tensor([counted(target, state, dose) for dose in DOSES], dtype=torch.float64)
    torch.testing.assert_close(found.double(), wanted, atol=1 / 256 + 1e-9, rtol=0)
    assert wanted.max() > 0


def test_who_is_below_a_limit_without_the_drug_needs_no_dose() -> None:
    model = population_model(Response(partial=True))
    state = SteadyState(model.structure, people(model, Population(), 64, 0).patients(model), Interval.of(24.0))
    found = doses_reaching(Target(Measure.RESPONSE, high=1000.0), state, CAP)
    assert (found.lowest == 0).all()
    assert (found.attainment(DOSES) == 1).all()


def test_what_no_dose_reaches_is_reached_by_nobody() -> None:
    """A tenth of the response is always left."""
    model = population_model(Response(partial=True))
    state = SteadyState(model.structure, people(model, Population(), 64, 0).patients(model), Interval.of(24.0))
    found = doses_reaching(Target(Measure.RESPONSE, high=0.01), state, CAP)
    assert torch.isinf(found.lowest).all()
    assert (found.attainment(DOSES) == 0).all()


@pytest.mark.parametrize(
    ("target", "lowers", "highest"),
    [
        (Target(Measure.TROUGH, low=1.0), None, False),
        (Target(Measure.PEAK, high=1.0), None, True),
        (Target(Measure.AVERAGE, low=1.0, high=2.0), None, False),
        (Target(Measure.RESPONSE, high=1.0), True, False),
        (Target(Measure.RESPONSE, low=1.0), True, True),
        (Target(Measure.RESPONSE, low=1.0), False, False),
        (Target(Measure.RESPONSE, high=1.0), False, True),
        (Target(Measure.RESPONSE, low=1.0, high=2.0), False, False),
    ],
)
def test_the_highest_dose_is_asked_for_where_more_only_leads_away(
    target: Target, lowers: bool | None, highest: bool
) -> None:
    assert target.of(None if lowers is None else Response(lowers=lowers)).highest == highest
    assert target.highest == (highest and target.measure is not Measure.RESPONSE)
