"""The training loop: it learns, it repeats, and its penalties and the pruning do what they say."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.models.basis import Plain
from qcore.models.mlp import MLPClassifier
from qcore.models.variational import VariationalClassifier
from qcore.training.aki.train import CONTROL_RECIPE
from qcore.training.loop.fit import fit_classifier, prune

RECIPE = replace(
    CONTROL_RECIPE, epochs=25, batch=32, learning_rate=0.05, feature_l1=0.0, readout_l2=0.0, feature_noise_sd=0.05
)


def toy(n: int = 256) -> tuple[Tensor, Tensor]:
    features = torch.randn(n, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return features, ((features[:, 0] - features[:, 1]) > 0.3).double()


def perceptron() -> MLPClassifier:
    torch.manual_seed(1)
    return MLPClassifier(Plain(3), 4).double()


def trained(seed: int = 3, **changed: float) -> tuple[MLPClassifier, float]:
    model, recipe = perceptron(), replace(RECIPE, **changed)
    objective = fit_classifier(model, model, model.hidden.weight, model.readout.weight, *toy(), recipe, seed)
    return model, objective


def loss(model: MLPClassifier) -> float:
    features, outcome = toy()
    return float(binary_cross_entropy_with_logits(model(features), outcome).detach())


def test_the_loss_falls_and_the_rule_is_learnt() -> None:
    model, _ = trained()
    assert loss(model) < 0.5 * loss(perceptron())
    features, outcome = toy()
    assert ((model(features) > 0) == outcome.bool()).double().mean() > 0.9


def test_a_circuit_learns_by_the_same_loop() -> None:
    torch.manual_seed(0)
    model, ideal = VariationalClassifier(reuploading(2, 2), Plain(3)).double(), backend("ideal")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    features, outcome = toy()
    first = binary_cross_entropy_with_logits(model(features, ideal), outcome)
    last = fit_classifier(
        lambda batch: model(batch, ideal),
        model,
        model.angles.weight,
        model.readout.weight,
        features,
        outcome,
        replace(RECIPE, epochs=8),
        seed=3,
    )
    assert last < 0.7 * first
    assert all(not torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_the_objective_is_the_loss_and_the_penalties_without_noise() -> None:
    model, objective = trained()
    assert objective == pytest.approx(loss(model), abs=1e-12)
    held, objective = trained(feature_l1=0.01, readout_l2=0.02)
    penalty = 0.01 * held.hidden.weight.abs().sum() + 0.02 * held.readout.weight.square().sum()
    assert objective == pytest.approx(loss(held) + penalty.item(), abs=1e-12)


def test_the_same_seed_gives_the_same_weights() -> None:
    first, again, other = (trained(seed, epochs=3)[0].hidden.weight for seed in (3, 3, 4))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_noise_on_the_features_takes_part() -> None:
    still, noisy = (trained(epochs=3, feature_noise_sd=sd)[0].hidden.weight for sd in (0.0, 0.5))
    assert not torch.equal(still, noisy)


def test_steps_begin_small_and_end_small() -> None:
    model, seen = perceptron(), []

    def forward(features: Tensor) -> Tensor:
        seen.append(model.hidden.weight.detach().clone())
        return model(features)

    fit_classifier(forward, model, model.hidden.weight, model.readout.weight, *toy(), RECIPE, 3)
    steps = torch.stack([(after - before).norm() for before, after in pairwise(seen)])
    assert steps[0] < 0.2 * steps.max()
    assert steps[-5:].max() < 0.02 * steps.max()


@pytest.mark.parametrize(("penalty", "layer"), [("feature_l1", "hidden"), ("readout_l2", "readout")])
def test_each_penalty_shrinks_the_weights_it_is_meant_for(penalty: str, layer: str) -> None:
    free, held = trained()[0], trained(**{penalty: 0.1})[0]
    assert getattr(held, layer).weight.norm() < 0.7 * getattr(free, layer).weight.norm()


def test_the_penalty_on_what_reads_the_features_ignores_a_feature_that_tells_nothing() -> None:
    matrix = trained(feature_l1=0.01)[0].hidden.weight
    assert matrix[:, 2].abs().sum() < 0.1 * matrix[:, :2].abs().sum()


def test_fewer_patients_than_a_batch_are_still_trained_on() -> None:
    model, objective = trained(batch=10_000)
    assert objective < loss(perceptron())
    assert torch.isfinite(model.hidden.weight).all()


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
