"""Gradient-boosted trees as plain tensors, so that they are stored as safetensors and never as pickles."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.errors import MissingAsset


class BoostedTrees(nn.Module):
    """A binary classifier made of regression trees that vote on the log odds.

    Trees are stored as arrays ``(n_trees, n_nodes)``, padded to the largest tree; a leaf points at itself.

    Args:
        feature, threshold, left, right, value, missing_left: node tables, see `from_sklearn`.
        baseline: log odds before the first tree, shape ``(1,)``.
        depth: longest way from a root to a leaf, shape ``(1,)``.
    """

    feature: Tensor
    threshold: Tensor
    left: Tensor
    right: Tensor
    value: Tensor
    missing_left: Tensor
    baseline: Tensor
    depth: Tensor

    def __init__(self, **tables: Tensor) -> None:
        super().__init__()
        for name, table in tables.items():
            self.register_buffer(name, table)

    @property
    def n_nodes(self) -> int:
        """Splits and leaves of all trees: what stands for a parameter count."""
        splits = int((self.left != torch.arange(self.left.shape[1])).sum())
        # A binary tree has one leaf more than splits; padding looks like leaves and is not counted.
        return 2 * splits + len(self.left)

    def forward(self, inputs: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return log odds ``(batch, 1)`` of raw inputs ``(batch, n_inputs)``; NaN is allowed."""
        rows = torch.arange(len(inputs))[:, None]
        trees = torch.arange(len(self.feature))[None, :]
        node = torch.zeros(len(inputs), len(self.feature), dtype=torch.long)
        for _ in range(int(self.depth)):
            x = inputs[rows, self.feature[trees, node]]
            goes_left = torch.where(torch.isnan(x), self.missing_left[trees, node], x <= self.threshold[trees, node])
            node = torch.where(goes_left, self.left[trees, node], self.right[trees, node])
        return self.baseline + self.value[trees, node].sum(dim=1, keepdim=True)


def from_sklearn(model: Any) -> BoostedTrees:
    """Convert a fitted binary HistGradientBoostingClassifier without categorical splits."""
    # scikit-learn offers no public way to read the trees out; test_trees.py compares the two to 1e-12.
    tables = [stage[0].nodes for stage in model._predictors]
    n_nodes = max(len(nodes) for nodes in tables)

    def stack(values_of: Any, dtype: torch.dtype) -> Tensor:
        # A padded node points at itself, as a leaf does; nothing points at it.
        padded = np.tile(np.arange(n_nodes, dtype=np.float64), (len(tables), 1))
        for row, nodes in zip(padded, tables, strict=True):
            row[: len(nodes)] = values_of(nodes)
        return torch.as_tensor(padded).to(dtype)

    def self_if_leaf(side: str) -> Any:
        return lambda nodes: np.where(nodes["is_leaf"], np.arange(len(nodes)), nodes[side])

    return BoostedTrees(
        feature=stack(lambda n: n["feature_idx"], torch.long),
        threshold=stack(lambda n: n["num_threshold"], torch.float64),
        left=stack(self_if_leaf("left"), torch.long),
        right=stack(self_if_leaf("right"), torch.long),
        value=stack(lambda n: n["value"], torch.float64),
        missing_left=stack(lambda n: n["missing_go_to_left"], torch.bool),
        baseline=torch.as_tensor(model._baseline_prediction.ravel(), dtype=torch.float64),
        depth=torch.tensor([max(int(nodes["depth"].max()) for nodes in tables)]),
    )


def load_trees(path: Path) -> BoostedTrees:
    """Read trees written by `save_weights`; their number and size come from the file.

    Raises:
        MissingAsset: the file is damaged.
    """
    try:
        return BoostedTrees(**load_file(path))
    except (TypeError, SafetensorError) as error:
        raise MissingAsset(f"{path} is damaged. Restore assets/models with git, or train again.") from error
