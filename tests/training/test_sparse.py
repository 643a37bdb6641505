"""Sparse models on tables: they learn, they repeat, and their penalties and the pruning do what they say."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.models.basis import Plain
from qcore.models.mlp import MLPClassifier
from qcore.models.variational import VariationalClassifier
from qcore.tasks.classification.labels import yes_or_no
from qcore.training.classification.fitters import fit_sparse, prune
from qcore.training.loop.recipe import RateSchedule, Recipe, Sparsity

RECIPE = Recipe(25, batch=32, learning_rate=0.05, weight_decay=0.0, schedule=RateSchedule.COSINE)
EVERYTHING = 12
"""Entries of the matrix that reads the features: nothing is pruned."""
SPARSITY = Sparsity(feature_l1=0.0, readout_l2=0.0, feature_noise_sd=0.05, n_parameters=EVERYTHING + 9, restarts=1)
LABELS, IDEAL = yes_or_no("yes", "no"), backend("ideal")


def toy(n: int = 256) -> tuple[Tensor, Tensor]:
    features = torch.randn(n, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return features, ((features[:, :1] - features[:, 1:2]) > 0.3).double()


def perceptron() -> MLPClassifier:
    torch.manual_seed(1)
    return MLPClassifier(Plain(3), 4).double()


def trained(seed: int = 3, recipe: Recipe = RECIPE, **changed: float) -> tuple[MLPClassifier, float]:
    model = perceptron()
    return model, fit_sparse(model, *toy(), LABELS, recipe, replace(SPARSITY, **changed), IDEAL, seed)


def loss(model: MLPClassifier) -> float:
    features, outcome = toy()
    return float(binary_cross_entropy_with_logits(model(features), outcome).detach())


def test_the_loss_falls_and_the_rule_is_learnt() -> None:
    model, _ = trained()
    assert loss(model) < 0.5 * loss(perceptron())
    features, outcome = toy()
    assert ((model(features) > 0) == outcome.bool()).double().mean() > 0.9


def test_a_circuit_learns_too() -> None:
    torch.manual_seed(0)
    model = VariationalClassifier(reuploading(2, 2), Plain(3)).double()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    features, outcome = toy()
    first = binary_cross_entropy_with_logits(model(features, IDEAL), outcome)
    whole = replace(SPARSITY, n_parameters=sum(p.numel() for p in model.parameters()))
    last = fit_sparse(model, features, outcome, LABELS, replace(RECIPE, epochs=8), whole, IDEAL, 3)
    assert last < 0.7 * first
    assert all(not torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_objective_is_the_loss_and_the_penalties_without_noise() -> None:
    model, objective = trained()
    assert objective == pytest.approx(loss(model), abs=1e-12)
    held, objective = trained(feature_l1=0.01, readout_l2=0.02)
    penalty = 0.01 * held.hidden.weight.abs().sum() + 0.02 * held.readout.weight.square().sum()
    assert objective == pytest.approx(loss(held) + penalty.item(), abs=1e-12)


def test_the_same_seed_gives_the_same_weights() -> None:
    short = replace(RECIPE, epochs=3)
    first, again, other = (trained(seed, short)[0].hidden.weight for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_noise_on_the_features_takes_part() -> None:
    short = replace(RECIPE, epochs=3)
    still, noisy = (trained(3, short, feature_noise_sd=sd)[0].hidden.weight for sd in (0.0, 0.5))
    assert not torch.equal(still, noisy)


@pytest.mark.parametrize(("penalty", "layer"), [("feature_l1", "hidden"), ("readout_l2", "readout")])
def test_each_penalty_shrinks_the_weights_it_is_meant_for(penalty: str, layer: str) -> None:
    free, held = trained()[0], trained(**{penalty: 0.1})[0]
    assert getattr(held, layer).weight.norm() < 0.7 * getattr(free, layer).weight.norm()


def test_the_penalty_on_what_reads_the_features_ignores_a_feature_that_tells_nothing() -> None:
    matrix = trained(feature_l1=0.01)[0].hidden.weight
    assert matrix[:, 2].abs().sum() < 0.1 * matrix[:, :2].abs().sum()


def test_fewer_patients_than_a_batch_are_still_trained_on() -> None:
    model, objective = trained(recipe=replace(RECIPE, batch=10_000))
    assert objective < loss(perceptron())
    assert torch.isfinite(model.hidden.weight).all()


def test_a_model_is_pruned_to_as_many_numbers_as_asked_for() -> None:
    model, _ = trained(feature_l1=0.01, n_parameters=8 + 9)
    assert torch.count_nonzero(model.hidden.weight) == 8


def test_pruning_keeps_the_largest_entries_and_touches_nothing_else() -> None:
    matrix = torch.nn.Parameter(torch.tensor([[3.0, -0.1, 0.2], [-5.0, 0.0, 0.3]]))
    prune(matrix, 3)
    assert matrix.tolist() == [[3.0, 0.0, 0.0], [-5.0, 0.0, pytest.approx(0.3)]]
    prune(matrix, 6)
    assert torch.count_nonzero(matrix) == 3


def test_pruning_what_the_penalty_made_small_changes_little() -> None:
    features, _ = toy()
    model, _ = trained(feature_l1=0.01)
    before = model(features).detach()
    prune(model.hidden.weight, 8)
    assert torch.count_nonzero(model.hidden.weight) == 8
    assert (model(features) - before).abs().mean() < 0.1 * before.std()
