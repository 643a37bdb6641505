import numpy as np
import pytest
import torch
from trials import doses, subject

from qcore.population.design import design
from qcore.population.predict import exposure, prediction
from qcore.population.steady_state import Interval, SteadyState
from qcore.population.structure import Response, ResponseKind, Structure
from qcore.study import Study

NUMBERS = {"CL": 0.05, "V": 3.0, "Q": 0.2, "V2": 6.0, "KA": 0.9, "TLAG": 0.4, "F": 0.7}
NUMBERS |= {"R0": 10.0, "KOUT": 0.03, "IMAX": 0.9, "SMAX": 2.0, "EC50": 1.0}


@pytest.mark.parametrize("kind", ResponseKind)
@pytest.mark.parametrize("length", [24.0, 168.0])
def test_steady_state_is_where_many_doses_lead(kind: ResponseKind, length: float) -> None:
    structure = Structure(2, True, True, True, Response(kind, partial=True), iiv=("CL",))
    patients = {name: torch.tensor([value], dtype=torch.float64) for name, value in NUMBERS.items()}
    interval = Interval.of(length, 48)
    times = 99 * length + interval.edges.numpy()
    given = doses(np.arange(100) * length, 10.0)
    for quantity in ("concentrations", "responses"):
        seen = {quantity: times}
        laid = design(Study((subject("one", given, **seen),), ()), ratio=1.5)
        wanted = prediction(structure, patients, exposure(structure, patients, laid), laid)
        state = SteadyState(structure, patients, interval)
        got = getattr(state, quantity)(torch.tensor(10.0, dtype=torch.float64))
        # The dose of the last edge is not given here, and there a delay keeps it away.
        torch.testing.assert_close(got, wanted, atol=2e-3, rtol=1e-3)


def test_the_average_is_the_area_over_the_interval() -> None:
    structure = Structure(2, True, bioavailability=True, iiv=("CL",))
    patients = {name: torch.tensor([value], dtype=torch.float64) for name, value in NUMBERS.items()}
    del patients["TLAG"]
    state = SteadyState(structure, patients, Interval.of(24.0, 400))
    dose = torch.tensor([5.0], dtype=torch.float64)
    area = torch.trapezoid(state.concentrations(dose), state.interval.edges)
    torch.testing.assert_close(area / 24, state.average(dose), rtol=1e-3, atol=0)


def test_a_model_without_response_says_so() -> None:
    structure = Structure(iiv=("CL",))
    patients = {name: torch.tensor([1.0], dtype=torch.float64) for name in structure.parameters}
    with pytest.raises(ValueError, match="no response"):
        SteadyState(structure, patients, Interval.of(24.0)).responses(torch.ones(1))
