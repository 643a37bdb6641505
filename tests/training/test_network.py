"""The training loop: learns, repeats by seed, leaves what is frozen alone, mixes, smooths."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import nn

from qcore.backends.registry import backend
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.training.loop.network import fit_network, outputs, smoothed_cross_entropy
from qcore.training.loop.recipe import RateSchedule, Recipe

ENGINE = backend("noisy:fez:0")
RECIPE = Recipe(epochs=25, batch=32, learning_rate=0.03)
LOSS = smoothed_cross_entropy(0.0)


def xor(n: int = 256) -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.rand(n, 2, generator=torch.Generator().manual_seed(1)) * 2 - 1
    return x, (x.prod(1, keepdim=True) > 0).float()


def hybrid(seed: int = 0) -> nn.Module:
    torch.manual_seed(seed)
    return FAMILIES["variational"].build(Shape(Kind.TABLE, 2), 2, 2)


def test_a_circuit_learns_what_no_line_can() -> None:
    x, y = xor()
    model = hybrid()
    fit_network(model, x, y, LOSS, RECIPE, ENGINE, seed=0)
    assert not model.training
    right = (outputs(model, x, ENGINE) > 0) == (y > 0.5)
    assert right.float().mean() > 0.9


def test_a_seed_gives_the_same_model_and_another_one_another() -> None:
    x, y = xor(64)
    trained = []
    for seed in (3, 3, 4):
        model = hybrid()
        fit_network(model, x, y, LOSS, replace(RECIPE, epochs=2, mixup=0.3), ENGINE, seed)
        trained.append(outputs(model, x, ENGINE))
    assert torch.equal(trained[0], trained[1])
    assert not torch.equal(trained[0], trained[2])


def test_what_is_frozen_stays() -> None:
    x, y = xor(64)
    model = hybrid()
    model.quantum.weights.requires_grad_(False)
    before = model.quantum.weights.clone()
    fit_network(model, x, y, LOSS, replace(RECIPE, epochs=2), ENGINE, 0)
    assert torch.equal(model.quantum.weights, before)


def test_matrices_shrink_and_rotation_angles_do_not() -> None:
    x, y = torch.zeros(64, 2), torch.full((64, 1), 0.5)
    model = hybrid()
    angles, matrix = (part.detach().clone() for part in (model.quantum.weights, model.angles.linear.weight))
    strong = replace(RECIPE, epochs=5, weight_decay=1.0)
    fit_network(model, x, y, lambda out, _: 0.0 * out.sum(), strong, ENGINE, 0)
    torch.testing.assert_close(model.quantum.weights.detach(), angles)
    assert model.angles.linear.weight.detach().norm() < 0.9 * matrix.norm()


def test_every_step_sees_changed_cases_and_every_epoch_is_told() -> None:
    x, y = xor(64)
    seen: list[int] = []
    told: list[tuple[int, int]] = []

    def change(part: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
        seen.append(len(part))
        return part + 0.01 * torch.randn(part.shape, generator=generator)

    recipe = replace(RECIPE, epochs=3)
    fit_network(hybrid(), x, y, LOSS, recipe, ENGINE, 0, change, lambda done, total: told.append((done, total)))
    assert seen == [32] * 6
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_smoothing_moves_the_best_answer_from_certainty() -> None:
    yes = torch.ones(1, 1)
    smooth = smoothed_cross_entropy(0.2)
    best = torch.logit(torch.tensor([[0.9]]))
    assert smooth(best, yes) < smooth(best + 0.5, yes)
    assert smooth(best, yes) < smooth(best - 0.5, yes)
    assert LOSS(best + 5, yes) < LOSS(best, yes)


def test_outputs_in_parts_are_outputs() -> None:
    x = torch.randn(700, 2)
    model = hybrid().eval()
    with torch.no_grad():
        torch.testing.assert_close(outputs(model, x, ENGINE), model(x, ENGINE))


def test_the_loss_of_the_last_epoch_comes_back() -> None:
    x, y = xor(64)
    assert fit_network(hybrid(), x, y, lambda out, _: (out * 0 + 2.0).mean(), replace(RECIPE, epochs=1), ENGINE, 0) == (
        pytest.approx(2.0)
    )


def test_by_cosine_steps_begin_small_and_end_small() -> None:
    x, y = xor()
    model, seen = hybrid(), []

    def change(batch: torch.Tensor, _: torch.Generator) -> torch.Tensor:
        seen.append(torch.cat([p.detach().flatten().clone() for p in model.parameters()]))
        return batch

    recipe = replace(RECIPE, schedule=RateSchedule.COSINE, epochs=25)
    fit_network(model, x, y, LOSS, recipe, ENGINE, 0, change)
    steps = torch.stack([(after - before).norm() for before, after in pairwise(seen)])
    assert steps[0] < 0.2 * steps.max()
    assert steps[-5:].max() < 0.05 * steps.max()
