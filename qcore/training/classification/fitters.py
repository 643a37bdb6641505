"""How one member is fitted: by the loop of all networks, with pruning, by its own means, or by scikit-learn."""

import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from torch import Generator, Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.encoded import n_parameters
from qcore.models.families import Family
from qcore.models.mlp import LinearClassifier, MLPClassifier
from qcore.models.trees import BoostedTrees, from_sklearn
from qcore.models.variational import VariationalClassifier
from qcore.tasks.classification.labels import Labels
from qcore.tasks.classification.preparation import Preparation
from qcore.training.loop.augmentation import augment
from qcore.training.loop.cells import cell_loss
from qcore.training.loop.fit_family import fit_family
from qcore.training.loop.network import Change, fit_network
from qcore.training.loop.recipe import Recipe, Sparsity

BOOSTING_SEED = 7


def fit_usually(
    family: Family,
    member: nn.Module,
    x: Tensor,
    y: Tensor,
    preparation: Preparation,
    labels: Labels,
    recipe: Recipe,
    backend: Backend,
    seed: int,
) -> None:
    """Train a member in place as its family is; images are changed before they are prepared.

    Args:
        family: family of the entry, which says how it is trained.
        member: untrained, changed in place.
        x: ``(n, ...)`` cases as stored.
        y: ``(n, n_labels)`` 0 or 1.
        preparation: of the cases, fitted.
        labels: of the question: their loss.
        recipe: epochs, batch size, optimiser and augmentation.
        backend: where the circuits of the member run while it is trained.
        seed: of initial weights, batches and everything else that is drawn.
    """

    def loss(outputs: Tensor, outcome: Tensor) -> Tensor:
        return labels.loss(outputs, outcome, recipe.label_smoothing)

    changes = recipe.augmentation
    if changes is None:
        fit_family(family, member, preparation(x), y, recipe, backend, seed, loss=loss)
        return

    def change(images: Tensor, generator: Generator) -> Tensor:
        prepared: Tensor = preparation(augment(images, changes, generator))
        return prepared

    fit_family(family, member, x, y, recipe, backend, seed, change, loss)


def fit_cells(
    member: nn.Module, x: Tensor, y: Tensor, cells: Tensor, recipe: Recipe, backend: Backend, seed: int
) -> None:
    """Train a member in place that judges the cells of an image, by what is known of cells and images.

    Args:
        member: untrained, with a method ``cells``, such as `CellExperts`; changed in place.
        x: ``(n, n_features, h, w)`` features of the cells.
        y: ``(n, n_labels)`` as `cell_loss` takes it.
        cells: ``(n, h, w)`` 1, 0, or -1 where nobody knows.
        recipe: epochs, batch size and optimiser.
        backend: where the circuits of the member run while it is trained.
        seed: of batches.
    """
    n_labels = y.shape[1]

    def loss(outputs: Tensor, packed: Tensor) -> Tensor:
        return cell_loss(outputs, packed[:, :n_labels], packed[:, n_labels:].view(-1, *cells.shape[1:]))

    fit_network(_EveryCell(member), x, torch.cat([y, cells.flatten(1).to(y.dtype)], 1), loss, recipe, backend, seed)


class _EveryCell(nn.Module):
    """A member that returns what it says of every cell, and not only of the image."""

    def __init__(self, member: nn.Module) -> None:
        super().__init__()
        self.member = member

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        return self.member.cells(x, backend)  # type: ignore[operator,no-any-return]


def fit_sparse(
    member: VariationalClassifier | MLPClassifier,
    x: Tensor,
    y: Tensor,
    labels: Labels,
    recipe: Recipe,
    sparsity: Sparsity,
    backend: Backend,
    seed: int,
) -> float:
    """Train a small model on a table in place and prune it.

    Args:
        member: untrained, changed in place.
        x: ``(n, n_features)`` features, encoded and standardised.
        y: ``(n, n_labels)`` 0 or 1.
        labels: of the question: their loss.
        recipe: epochs, batch size, optimiser and augmentation.
        sparsity: penalties, noise on the features and what is left.
        backend: where the circuits of the member run while it is trained.
        seed: of initial weights, batches and everything else that is drawn.

    Returns:
        Cross-entropy plus penalties over all training cases after the last step, without noise on the features: by it,
        restarts from other initial weights can be compared without looking at any other case.
    """
    matrix, readout = feature_matrix(member), member.readout.weight

    def penalty() -> Tensor:
        return sparsity.feature_l1 * matrix.abs().sum() + sparsity.readout_l2 * readout.square().sum()

    def noisy(features: Tensor, generator: Generator) -> Tensor:
        noise = torch.randn(features.shape, generator=generator, dtype=features.dtype)
        return features + sparsity.feature_noise_sd * noise

    def loss(outputs: Tensor, outcome: Tensor) -> Tensor:
        return labels.loss(outputs, outcome, recipe.label_smoothing)

    change: Change = noisy
    fit_network(member, x, y, loss, recipe, backend, seed, change, penalty=penalty)
    with torch.no_grad():
        objective = float(loss(member(x, backend), y) + penalty())
    prune(matrix, sparsity.n_parameters - n_parameters(member) + int(torch.count_nonzero(matrix)))
    return objective


def feature_matrix(member: VariationalClassifier | MLPClassifier) -> Tensor:
    """Return the parameter that reads the features."""
    return member.angles.weight if isinstance(member, VariationalClassifier) else member.hidden.weight


def prune(matrix: Tensor, keep: int) -> None:
    """Set all but the largest entries of a parameter to zero, in place.

    After an L1 penalty most entries are next to nothing; without them the model is the same and can be counted.

    Args:
        matrix: a trained parameter, changed in place.
        keep: how many entries stay.
    """
    with torch.no_grad():
        smallest_kept = matrix.abs().flatten().topk(keep).values[-1]
        matrix[matrix.abs() < smallest_kept] = 0.0


def fit_logistic_regression(member: LinearClassifier, x: Tensor, y: Tensor) -> None:
    """Fit a logistic regression with one label in place, on prepared cases ``(n, n_features)``, ``(n, 1)``."""
    fitted = LogisticRegression(C=0.1, max_iter=1000).fit(member.basis(x).numpy(), y[:, 0].numpy())
    weights, bias = torch.from_numpy(fitted.coef_), torch.from_numpy(fitted.intercept_)
    member.linear.load_state_dict({"weight": weights, "bias": bias})


def fit_gradient_boosting(x: Tensor, y: Tensor) -> BoostedTrees:
    """Fit boosted trees with one label on raw inputs ``(n, n_columns)``, ``(n, 1)``; missing values may stay."""
    fitted = HistGradientBoostingClassifier(
        learning_rate=0.03,
        max_iter=300,
        max_leaf_nodes=4,
        min_samples_leaf=30,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=BOOSTING_SEED,
    ).fit(x.numpy(), y[:, 0].numpy())
    return from_sklearn(fitted)
