"""Angles: what they are made good for, and that searching makes them so."""

import pytest
import torch
from qubos import random_qubo
from torch import Tensor

from qcore.optimisation.angles import SHARPNESS, gibbs, noiseless, ramps, trained
from qcore.optimisation.qubo import Qubo


def normalised(qubo: Qubo) -> Tensor:
    return torch.from_numpy((qubo.values - qubo.values.mean()) / qubo.values.std())


def test_the_loss_is_the_cost_of_a_certain_outcome_and_below_the_mean_of_uncertain_ones() -> None:
    cost = torch.tensor([0.5, -1.0, 2.0, 0.0], dtype=torch.float64)
    certain = torch.eye(4, dtype=torch.float64)
    torch.testing.assert_close(gibbs(certain, cost), cost)
    mixed = torch.tensor([[0.5, 0.5, 0.0, 0.0]], dtype=torch.float64)
    # By hand: both outcomes half the time.
    expected = -torch.log((torch.exp(torch.tensor(-0.5 * SHARPNESS)) + torch.exp(torch.tensor(SHARPNESS))) / 2)
    assert gibbs(mixed, cost).item() == pytest.approx(expected.item() / SHARPNESS, rel=1e-6)
    assert gibbs(mixed, cost).item() < -0.25


def test_ramps_rise_in_gamma_and_fall_in_beta() -> None:
    gamma, beta = ramps(4).chunk(2, dim=1)
    assert (gamma.diff(dim=1) > 0).all()
    assert (beta.diff(dim=1) < 0).all()
    assert len({tuple(row) for row in ramps(4).tolist()}) == len(ramps(4)) > 20


@pytest.mark.parametrize("n_layers", [1, 2, 4])
def test_trained_angles_are_a_minimum_that_no_ramp_reaches(n_layers: int) -> None:
    cost = normalised(random_qubo(6))
    found = trained(cost, n_layers).requires_grad_()
    loss = gibbs(noiseless(cost, found[None]), cost).sum()
    (slope,) = torch.autograd.grad(loss, found)
    assert slope.abs().max() < 1e-3
    assert loss.item() < gibbs(noiseless(cost, ramps(n_layers)), cost).min().item() - 1e-4
    assert torch.equal(trained(cost, n_layers), found.detach())


@pytest.mark.parametrize("seed", range(4))
def test_more_layers_do_better(seed: int) -> None:
    cost = normalised(random_qubo(6, seed))
    losses = [gibbs(noiseless(cost, trained(cost, n)[None]), cost).item() for n in (1, 2, 3)]
    assert losses[0] > losses[1] > losses[2]
