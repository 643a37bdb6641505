"""Where patients cross a limit, however steep or flat they are there."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from qcore.tasks.dosing.crossing import N_HALVINGS, N_SECANTS, crossing


def hill(steepness: Tensor, half: Tensor, doses: Tensor, sign: float) -> Tensor:
    return 10 + sign * 9 * torch.sigmoid(steepness * (torch.log(doses.clamp(min=1e-300)) - torch.log(half)))


@given(
    st.lists(st.tuples(st.floats(0.3, 8.0), st.floats(0.01, 50.0)), min_size=1, max_size=8),
    st.floats(1.0, 60.0),
    st.sampled_from([-1.0, 1.0]),
)
def test_everybody_is_at_the_limit_with_the_dose_found(
    patients: list[tuple[float, float]], shown_with: float, sign: float
) -> None:
    steepness, half = torch.tensor(patients, dtype=torch.float64).T
    # What the first patient shows with some dose below the cap is a limit that patient crosses.
    limit = float(hill(steepness[:1], half[:1], torch.tensor([shown_with], dtype=torch.float64), sign))
    found = crossing(lambda doses: hill(steepness, half, doses, sign), limit, 100.0, half)
    at_cap = hill(steepness, half, torch.full_like(half, 100.0), sign)
    crosses = (10 - limit) * (at_cap - limit) < 0
    shown = hill(steepness, half, found, sign)[crosses]
    assert shown.tolist() == pytest.approx([limit] * len(shown), rel=1e-4)


def test_a_straight_line_is_found_at_once() -> None:
    calls = 0

    def measured(doses: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return 10 * (1 - doses / (doses + 2))

    found = crossing(measured, 4.0, 100.0, torch.tensor([2.0], dtype=torch.float64))
    assert found.tolist() == pytest.approx([3.0])
    assert calls <= 4


def test_who_never_crosses_costs_nobody_else_anything() -> None:
    calls = 0

    def measured(doses: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return torch.tensor([10.0, 1.0], dtype=torch.float64) * (1 - doses / (doses + 2))

    found = crossing(measured, 4.0, 100.0, torch.full((2,), 2.0, dtype=torch.float64))
    assert float(found[0]) == pytest.approx(3.0)
    assert calls < N_SECANTS


def test_a_jump_is_found_by_halving() -> None:
    half = torch.ones(1, dtype=torch.float64)
    found = crossing(lambda doses: torch.where(doses < 7.3, 10.0, 1.0).double(), 4.0, 100.0, half)
    # Where no dose shows the limit itself, halving ends next to the jump.
    assert float(found) == pytest.approx(7.3, rel=1e3 / 2**N_HALVINGS)
