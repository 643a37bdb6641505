"""Extrapolation to zero noise against PennyLane, NumPy and analytic decays; its standard error; what it is called."""

import numpy as np
import pennylane as qml
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from qcore.noise.mitigation import EXTRAPOLATIONS, FOLDS, Mitigation, extrapolated

FOLDED = np.array(FOLDS, dtype=float)
POINTS = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=3, max_size=3)


def points(*values: float) -> Tensor:
    """``(3, 1, 1)``."""
    return torch.tensor(values, dtype=torch.float64)[:, None, None]


def at_zero(values: Tensor, kind: str) -> float:
    return float(extrapolated(values, kind)[0])


@given(values=POINTS)
def test_quadratic_is_richardson(values: list[float]) -> None:
    expected = float(qml.noise.richardson_extrapolate(FOLDED, np.array(values)))
    assert at_zero(points(*values), "quadratic") == pytest.approx(expected, abs=1e-12)


@given(values=POINTS)
def test_linear_is_the_least_squares_line(values: list[float]) -> None:
    expected = np.polynomial.polynomial.polyfit(FOLDED, values, 1)[0]
    assert at_zero(points(*values), "linear") == pytest.approx(expected, abs=1e-12)


@given(start=st.floats(-1, 1).filter(lambda v: abs(v) > 1e-6), rate=st.floats(0, 0.7))
def test_exponential_finds_an_exponential_exactly(start: float, rate: float) -> None:
    found = at_zero(points(*(start * np.exp(-rate * FOLDED))), "exponential")
    assert found == pytest.approx(start, rel=1e-9)


def test_exponential_near_a_decay_is_numpys_weighted_fit_of_the_logarithm() -> None:
    values = np.array([0.7, 0.5, 0.4])
    expected = float(np.exp(np.polynomial.polynomial.polyfit(FOLDED, np.log(values), 1, w=values)[0]))
    assert at_zero(points(*values), "exponential") == pytest.approx(expected, abs=1e-12)
    assert at_zero(points(*-values), "exponential") == pytest.approx(-expected, abs=1e-12)


@pytest.mark.parametrize("last", [1e-3, 1e-6, 1e-100, 1e-237])
def test_a_last_point_next_to_zero_does_not_blow_it_up(last: float) -> None:
    assert abs(at_zero(points(0.5, 0.45, last), "exponential")) < 0.6


@pytest.mark.parametrize("values", [(0.1, -0.1, -0.2), (0.3, 0.4, 0.5), (0.5, 0.2, 0.3), (0.2, 0.1, 0.0), (0, 0, 0)])
def test_where_nothing_decays_exponential_is_linear(values: tuple[float, ...]) -> None:
    assert at_zero(points(*values), "exponential") == pytest.approx(at_zero(points(*values), "linear"), abs=1e-14)


@pytest.mark.parametrize("values", [(0.5, 0.45, 1e-6), (0.06, 0.05, 1e-9), (-0.9, -0.8, -1e-4), (1.0, 1.0, 1e-200)])
def test_a_point_lost_in_the_noise_is_not_taken_for_a_decay(values: tuple[float, ...]) -> None:
    """The logarithm of next to nothing must not make an expectation that no observable can have."""
    linear = abs(at_zero(points(*values), "linear"))
    value, slopes = extrapolated(points(*values), "exponential")
    assert abs(float(value)) <= max(1.0, linear)
    assert slopes.isfinite().all()


@pytest.mark.parametrize("kind", EXTRAPOLATIONS)
def test_without_noise_nothing_changes(kind: str) -> None:
    same = torch.linspace(-1, 1, 8, dtype=torch.float64).reshape(1, 4, 2).expand(3, 4, 2)
    torch.testing.assert_close(extrapolated(same, kind)[0], same[0], rtol=0, atol=1e-12)


def test_every_observable_is_extrapolated_on_its_own() -> None:
    decaying, growing = [0.8, 0.6, 0.5], [0.3, 0.4, 0.5]
    both = torch.tensor([decaying, growing, decaying, growing], dtype=torch.float64).T.reshape(3, 2, 2)
    found = extrapolated(both, "exponential")[0]
    assert found.flatten().tolist() == pytest.approx(
        [at_zero(points(*values), "exponential") for values in (decaying, growing, decaying, growing)]
    )


@pytest.mark.parametrize("kind", EXTRAPOLATIONS)
@pytest.mark.parametrize("values", [(0.8, 0.6, 0.45), (-0.8, -0.6, -0.45), (0.3, 0.4, 0.5), (0.1, -0.1, 0.2)])
def test_slopes_are_the_derivatives(kind: str, values: tuple[float, ...]) -> None:
    start = points(*values).requires_grad_()
    value, slopes = extrapolated(start, kind)
    value.sum().backward()
    torch.testing.assert_close(slopes, start.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", EXTRAPOLATIONS)
def test_the_standard_error_from_the_slopes_is_that_of_many_experiments(kind: str) -> None:
    errors = torch.tensor([0.002, 0.003, 0.004], dtype=torch.float64)[:, None, None]
    exact = points(0.8, 0.6, 0.5)
    generator = torch.Generator().manual_seed(1)
    noise = torch.randn(3, 20_000, 1, generator=generator, dtype=torch.float64)
    measured = extrapolated(exact + errors * noise, kind)[0]
    by_delta = (extrapolated(exact, kind)[1] * errors).square().sum(0).sqrt()
    assert float(measured.std() / by_delta) == pytest.approx(1, abs=0.03)


@settings(max_examples=60)
@given(values=st.lists(POINTS, min_size=1, max_size=5), kind=st.sampled_from(EXTRAPOLATIONS))
def test_nothing_measured_makes_it_fail(values: list[list[float]], kind: str) -> None:
    start = torch.tensor(values, dtype=torch.float64).T[:, :, None].requires_grad_()
    value, slopes = extrapolated(start, kind)
    value.sum().backward()
    assert value.isfinite().all()
    assert slopes.isfinite().all()
    assert start.grad.isfinite().all()


def test_what_is_done_is_told() -> None:
    assert Mitigation().label == "none"
    assert Mitigation(readout=True).label == "read-out inversion"
    both = Mitigation(readout=True, extrapolation="linear").label
    assert both == "read-out inversion + zero-noise extrapolation (linear, folds 1, 3, 5)"
    assert Mitigation(extrapolation="quadratic").folds == (1, 3, 5)
    assert Mitigation(readout=True).folds == (1,)


@pytest.mark.parametrize("name", ["", "cubic", "Linear"])
def test_an_unknown_extrapolation_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"no extrapolation '{name}'. Choose from .*exponential"):
        Mitigation(extrapolation=name)
