import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from trials import doses, subject

from qcore.population.design import doses_by_route
from qcore.population.kinetics import APART, Events, modes, steady, superposed
from qcore.population.predict import concentration

POSITIVE = st.floats(0.05, 20)


def number(value: float) -> torch.Tensor:
    return torch.tensor(value, dtype=torch.float64)


@given(clearance=POSITIVE, volume=POSITIVE, absorption=POSITIVE)
def test_a_tablet_follows_the_analytic_solution(clearance: float, volume: float, absorption: float) -> None:
    """The Bateman function, an error of 1e-6 being what is promised."""
    rate = clearance / volume
    if abs(absorption / rate - 1) < 1e-3:
        absorption *= 1.01
    times = np.linspace(0, 60, 121)
    found = modes(number(clearance), number(volume), number(absorption))
    events = Events(torch.tensor([0.0, 24.0, 48.0], dtype=torch.float64), 5 * found.absorbed.expand(3, -1))
    got = superposed(events, found.rates, torch.from_numpy(times))

    def bateman(since: np.ndarray) -> np.ndarray:
        part = np.exp(-rate * np.maximum(since, 0)) - np.exp(-absorption * np.maximum(since, 0))
        return np.where(since >= 0, 5 / volume * absorption / (absorption - rate) * part, 0)

    wanted = sum(bateman(times - given) for given in (0, 24, 48))
    np.testing.assert_allclose(got, wanted, atol=1e-6 * wanted.max())


def test_equal_rates_are_no_division_by_zero() -> None:
    found = modes(number(2.0), number(4.0), number(0.5))
    events = Events(torch.zeros(1, dtype=torch.float64), found.absorbed.unsqueeze(0))
    times = torch.linspace(0, 20, 50, dtype=torch.float64)
    # The limit of the Bateman function for ka = ke.
    wanted = 0.5 * times * torch.exp(-0.5 * times) / 4
    torch.testing.assert_close(superposed(events, found.rates, times), wanted, atol=10 * APART, rtol=0)


@pytest.mark.parametrize("absorbed", [False, True])
def test_two_compartments_and_an_infusion_follow_the_differential_equation(absorbed: bool) -> None:
    clearance, volume, flow, second, absorption, length = 2.0, 30.0, 5.0, 60.0, 0.7, 3.0
    found = modes(number(clearance), number(volume), number(absorption), number(flow), number(second))
    assert found.infused is not None
    given = 8 * found.absorbed if absorbed else 8 * found.bolus
    events = Events(
        torch.tensor([0.0, 10.0, 10.0 + length], dtype=torch.float64),
        torch.stack([given, 4 * found.infused, -4 * found.infused]),
    )

    def slope(time: float, state: np.ndarray) -> list[float]:
        depot, blood, tissue = state
        rate = 4.0 if 10 <= time < 10 + length else 0.0
        between = flow * (blood / volume - tissue / second)
        return [-absorption * depot, absorption * depot + rate - clearance / volume * blood - between, between]

    state = np.array([8.0, 0, 0] if absorbed else [0, 8.0, 0])
    wanted, times = [], []
    for start, end in ((0, 10), (10, 13), (13, 60)):
        at = np.linspace(start, end, 30)[1:-1]
        solved = solve_ivp(slope, (start, end), state, t_eval=[*at, end], rtol=1e-11, atol=1e-13, max_step=0.5)
        wanted += list(solved.y[1, :-1] / volume)
        times += list(at)
        state = solved.y[:, -1]
    got = superposed(events, found.rates, torch.tensor(times, dtype=torch.float64))
    np.testing.assert_allclose(got, wanted, atol=1e-9)


def test_a_dose_given_for_ever_is_many_doses() -> None:
    found = modes(number(1.0), number(10.0), number(1.5), number(2.0), number(20.0))
    interval = number(12.0)
    times = torch.linspace(0, 40, 60, dtype=torch.float64)
    forever = Events(torch.zeros(1, dtype=torch.float64), steady(found.absorbed, found.rates, interval).unsqueeze(0))
    before = torch.arange(-200, 1, dtype=torch.float64) * 12
    many = Events(before, found.absorbed.expand(201, -1))
    got, wanted = superposed(forever, found.rates, times), superposed(many, found.rates, times)
    torch.testing.assert_close(got, wanted, atol=1e-10, rtol=0)


def test_nothing_is_there_before_a_dose() -> None:
    found = modes(number(1.0), number(10.0))
    events = Events(torch.tensor([5.0], dtype=torch.float64), found.bolus.unsqueeze(0))
    times = torch.tensor([0.0, 4.999, 5.0], dtype=torch.float64)
    assert superposed(events, found.rates, times).tolist() == [0, 0, pytest.approx(0.1)]


def test_patients_with_few_doses_are_not_disturbed_by_one_with_many() -> None:
    """They are worked out in groups of about as many doses, and must come back in their order."""
    times = (1.0, 30.0, 200.0, 800.0)
    counts = (3, 100, 1, 30, 12, 2)
    people = [subject(str(n), doses(np.arange(n) * 8.0, 5.0 + n), times) for n in counts]
    numbers = {"CL": 0.5, "V": 10.0, "KA": 1.2, "TLAG": 0.3}
    spread = torch.linspace(0.5, 2, len(counts), dtype=torch.float64)
    patients = {name: value * spread for name, value in numbers.items()}
    together = concentration(
        patients, doses_by_route([each.doses for each in people]), torch.tensor([times] * len(counts))
    )
    for index, each in enumerate(people):
        one = {name: value[index : index + 1] for name, value in patients.items()}
        alone = concentration(one, doses_by_route([each.doses]), torch.tensor([times]))
        torch.testing.assert_close(together[index], alone[0], rtol=1e-6, atol=1e-9, check_dtype=False)
