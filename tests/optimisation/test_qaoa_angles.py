"""Angles: what they are made good for, and that searching makes them so, with a gradient and without."""

from dataclasses import dataclass, field, replace

import pytest
import torch
from qubos import random_qubo
from torch import Tensor

from qcore.backends.protocol import Backend, Expectations
from qcore.backends.registry import backend
from qcore.circuits import Circuit
from qcore.optimisation.angles import SHARPNESS, gibbs, noiseless, ramps, retrained, trained
from qcore.optimisation.circuit import qaoa
from qcore.optimisation.qubo import Qubo
from qcore.optimisation.reading import distribution

NO_WEIGHTS = torch.zeros(0, dtype=torch.float64)


def normalised(qubo: Qubo) -> Tensor:
    return torch.from_numpy((qubo.values - qubo.values.mean()) / qubo.values.std())


def loss_on(where: str, circuit: Circuit, cost: Tensor, angles: Tensor) -> float:
    values = backend(where).expectations(circuit, angles[None], NO_WEIGHTS).values
    return gibbs(distribution(values), cost).item()


@dataclass
class Counted:
    """A backend without gradients, as a processor is; remembers what it was asked."""

    real: Backend
    asked: list[Tensor] = field(default_factory=list)
    name: str = "counted"
    fingerprint: str = "counted"

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        self.asked.append(inputs.detach().clone())
        found = self.real.expectations(circuit, inputs.detach(), weights)
        return replace(found, values=found.values.detach())


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


@pytest.mark.parametrize("where", ["ideal", "noisy:fez"])
def test_by_gradient_a_bad_start_becomes_good(where: str) -> None:
    qubo = random_qubo(3)
    cost, circuit = normalised(qubo), qaoa(qubo.ising, 1)
    start = torch.tensor([0.1, 0.1], dtype=torch.float64)
    found = retrained(circuit, cost, start, backend(where), n_evaluations=40)
    best = loss_on(where, circuit, cost, trained(cost, 1))
    assert loss_on(where, circuit, cost, start) > best + 0.1
    assert loss_on(where, circuit, cost, found) == pytest.approx(best, abs=0.02)


@pytest.mark.parametrize("where", ["noisy:fez", "noisy:fez:shots=2000"])
def test_without_a_gradient_too_and_the_best_seen_is_kept(where: str) -> None:
    qubo = random_qubo(3)
    cost, circuit = normalised(qubo), qaoa(qubo.ising, 1)
    start = torch.tensor([0.1, 0.1], dtype=torch.float64)
    place = Counted(backend(where))
    found = retrained(circuit, cost, start, place, n_evaluations=25)
    seen = [loss_on(where, circuit, cost, asked[0]) for asked in place.asked]
    assert len(seen) <= 26
    assert loss_on(where, circuit, cost, found) == min(seen)
    assert min(seen) < loss_on(where, circuit, cost, start) - 0.1


def test_a_search_that_finds_nothing_better_returns_its_start() -> None:
    qubo = random_qubo(3)
    cost = normalised(qubo)
    best = trained(cost, 1)
    found = retrained(qaoa(qubo.ising, 1), cost, best, Counted(backend("ideal")), n_evaluations=5)
    assert torch.equal(found, best)


def test_shots_are_searched_without_the_gradient_they_do_not_show() -> None:
    """From the start on, a gradient would make the first step far longer than the tenth of a radian of COBYLA."""
    qubo = random_qubo(3)
    cost, circuit = normalised(qubo), qaoa(qubo.ising, 1)
    start = torch.tensor([0.3, 0.3], dtype=torch.float64)
    place = backend("noisy:fez:shots=500")
    found = retrained(circuit, cost, start, place, n_evaluations=4)
    assert torch.linalg.vector_norm(found - start) <= 0.3
