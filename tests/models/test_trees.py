"""Boosted trees as tensors answer as scikit-learn does, missing values included."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from qcore.models.encoded import save_weights
from qcore.models.trees import from_sklearn, load_trees

Fitted = tuple[HistGradientBoostingClassifier, NDArray[np.float64]]


def table(n: int, seed: int, missing: float) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6))
    x[:, 2] = np.round(x[:, 2])  # many ties with a threshold
    x[:, 4] = 1.0  # says something only by being missing
    x[:, :5][rng.random((n, 5)) < missing] = np.nan
    return x


@pytest.fixture(scope="module", params=[0.0, 0.25], ids=["complete", "with missing values"])
def fitted(request: pytest.FixtureRequest) -> Fitted:
    x = table(800, 0, request.param)
    rule = np.nan_to_num(x[:, 0]) + np.nan_to_num(x[:, 1] * x[:, 2]) + 2 * np.isnan(x[:, 4])
    outcome = rule + np.random.default_rng(1).normal(size=800) > 0.5
    trees = HistGradientBoostingClassifier(max_iter=40, min_samples_leaf=40, early_stopping=False, random_state=0)
    return trees.fit(x, outcome), x


def test_as_scikit_learn(fitted: Fitted) -> None:
    sklearn_trees, seen = fitted
    trees = from_sklearn(sklearn_trees)
    for x in (seen, table(500, 5, 0.0), table(500, 6, 0.3), np.full((1, 6), np.nan), 100 * table(50, 7, 0.1)):
        expected = sklearn_trees.decision_function(x)
        np.testing.assert_allclose(trees(torch.from_numpy(x))[:, 0].numpy(), expected, rtol=0, atol=1e-12)


def test_trees_survive_the_disk(fitted: Fitted, tmp_path: Path) -> None:
    sklearn_trees, seen = fitted
    trees, x = from_sklearn(sklearn_trees), torch.from_numpy(seen)
    save_weights(trees, tmp_path / "folder" / "trees.safetensors")
    read = load_trees(tmp_path / "folder" / "trees.safetensors")
    assert torch.equal(read(x), trees(x))
    assert read.n_nodes == trees.n_nodes


def test_nodes_are_counted_without_padding(fitted: Fitted) -> None:
    sklearn_trees, _ = fitted
    sizes = [len(stage[0].nodes) for stage in sklearn_trees._predictors]
    assert len(set(sizes)) > 1, "trees of one size would not need padding"
    assert from_sklearn(sklearn_trees).n_nodes == sum(sizes)
