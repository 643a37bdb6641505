"""The networks that correct a base: what they say untrained, what they are trained by, and how sure they are."""

import numpy as np
import pytest
import torch
from made_up_study import study

from qcore.backends.registry import backend
from qcore.models.encoded import n_parameters
from qcore.models.experts import Mode
from qcore.tasks.dosing.networks.base import fit_superposition
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.features import fit_features
from qcore.tasks.dosing.networks.model import LIMIT, Build, Corrector, Experts, Learned, relative_loss
from qcore.tasks.dosing.networks.samples import measured_moments

IDEAL = backend("ideal")
WHOLE = study(6)
MOMENTS = measured_moments(WHOLE)


def learned(noise: float = 0.1, n_members: int = 2) -> Learned:
    features = fit_features(WHOLE, MOMENTS, fit_superposition(WHOLE), None, half_lives_of(WHOLE, 3))
    members = []
    for seed in range(n_members):
        torch.manual_seed(seed)
        member = Corrector(Build(n_qubits=2, n_layers=1), features.n_features)
        for parameter in member.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        members.append(member.eval())
    return Learned(features, tuple(members), torch.full((2,), noise, dtype=torch.float64))


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("experts", list(Experts))
def test_an_untrained_model_says_what_its_base_says(experts: Experts, mode: Mode) -> None:
    torch.manual_seed(0)
    table = torch.randn(4, 7)
    model = Corrector(Build(experts, mode, n_qubits=2, n_layers=1), 5).eval()
    torch.testing.assert_close(model(table, IDEAL), table[:, -2:])
    model.shift.copy_(torch.tensor([0.5, -0.25]))
    torch.testing.assert_close(model(table, IDEAL), table[:, -2:] + model.shift)


def test_a_correction_is_bounded() -> None:
    model = Corrector(Build(Experts.CLASSICAL), 5).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(5.0)
        table = torch.randn(4, 7)
        assert bool(((model(table) - table[:, -2:]).abs() <= LIMIT + 1e-5).all())


def test_the_control_has_about_as_many_parameters() -> None:
    quantum, classical = (n_parameters(Corrector(Build(experts), 20)) for experts in Experts)
    assert abs(quantum - classical) < 0.05 * quantum


def test_the_loss_is_least_at_the_mean_and_blind_to_what_was_not_measured() -> None:
    measured = torch.tensor([[1.0, torch.nan], [3.0, 5.0], [torch.nan, 5.0]], dtype=torch.float64)
    log_mean = torch.tensor([2.0, 5.0], dtype=torch.float64).log().repeat(3, 1).requires_grad_(True)
    loss = relative_loss(log_mean, measured)
    (slope,) = torch.autograd.grad(loss, log_mean)
    torch.testing.assert_close(slope.sum(0), torch.zeros(2, dtype=torch.float64), atol=1e-12, rtol=0)
    assert float(slope[0, 1]) == float(slope[2, 0]) == 0
    wrong = relative_loss(log_mean + 0.1, measured) - loss
    # Half the squared relative error of each quantity.
    assert float(wrong.detach()) == pytest.approx(2 * 0.1**2 / 2, rel=0.05)


def test_a_measurement_of_nought_costs_a_finite_amount() -> None:
    assert bool(relative_loss(torch.zeros(1, 2), torch.zeros(1, 2)).isfinite())


def test_members_are_averaged() -> None:
    model = learned()
    table = model.features.table(WHOLE, MOMENTS).float()
    with torch.no_grad():
        each = [member(table, IDEAL).double().exp() for member in model.members]
    assert not torch.allclose(*each)
    torch.testing.assert_close(model.predicted(WHOLE, MOMENTS, IDEAL), sum(each) / 2)


def test_an_interval_holds_the_spread_of_draws_and_of_measurements() -> None:
    narrow, wide = (learned(noise).interval(WHOLE, MOMENTS, IDEAL) for noise in (0.0, 0.5))
    assert narrow.shape == (2, len(MOMENTS), 2)
    assert bool((narrow[0] < narrow[1]).all())
    widths = [torch.log(each[1] / each[0]).mean() for each in (narrow, wide)]
    assert widths[1] > widths[0]
    # Where dropout moves little, nine in ten of normal errors of 0.5 lie within 1.645 of it.
    assert float(widths[1]) > 2 * 1.645 * 0.5 * 0.9
    torch.testing.assert_close(learned(0.5).interval(WHOLE, MOMENTS, IDEAL), wide)


def test_curves_can_be_asked_for_at_any_time() -> None:
    model = learned()
    said = model.predicted(WHOLE, MOMENTS, IDEAL)
    assert said.shape == (len(MOMENTS), 2)
    assert bool(np.isfinite(said.numpy()).all())
