"""Train a model of any family on a table of outcomes: by the loop of all networks, or by its own means."""

import torch
from torch import Tensor, nn

from qcore.arguments import check_kind, check_whole
from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.errors import InvalidArgument
from qcore.models.family import Family
from qcore.models.shape import Kind
from qcore.training.loop.network import Change, Loss, fit_network, smoothed_cross_entropy
from qcore.training.loop.recipe import Recipe


def fit_family(
    family: Family,
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    recipe: Recipe,
    backend: Backend | str,
    seed: int,
    change: Change = lambda x, _: x,
    loss: Loss | None = None,
) -> None:
    """Train a hybrid or control of a family in place.

    Args:
        family: the family that the member belongs to.
        model: built by it, untrained.
        x: ``(n, ...)`` prepared cases.
        y: ``(n, n_labels)`` outcomes, 0 or 1.
        recipe: of the loop of networks.
        backend: where the circuits of the member run while it is trained, or its text, such as ``noisy:fez``.
        seed: of initial weights, batches and everything else that is drawn.
        change: of the cases of a step of that loop, such as augmentation.
        loss: of outputs and outcomes in that loop; that of yes/no outcomes if None.

    Raises:
        InvalidArgument: cases and outcomes do not fit each other or the model, an outcome is neither 0 nor 1, or the
            recipe has no epochs; the message says which.
        InvalidValue, MissingAsset, HardwareUnavailable: there is no such backend, see `qcore.backend`.
    """
    check_kind("family", family, Family, "one of qcore.FAMILIES, such as qcore.FAMILIES['variational']")
    check_kind("model", model, nn.Module, "what the family's build or control returned")
    check_kind("recipe", recipe, Recipe, "a qcore.Recipe, such as qcore.Recipe(epochs=30)")
    check_whole("seed", seed, 0)
    _check_cases(family, x, y)
    backend, y = built(backend), y.to(x.dtype)
    if family.fits_itself:
        model.fit(x, y, backend, seed)  # type: ignore[operator]
    else:
        usual = smoothed_cross_entropy(recipe.label_smoothing)
        fit_network(model, x, y, loss or usual, recipe, backend, seed, change)
    model.eval()


def _check_cases(family: Family, x: Tensor, y: Tensor) -> None:
    """Refuse cases and outcomes that cannot be; the model itself refuses cases that do not have its shape."""
    if not isinstance(x, Tensor) or not isinstance(y, Tensor):
        raise InvalidArgument("x and y must be torch tensors: torch.as_tensor makes one of an array or a list.")
    if not x.is_floating_point() or not x.ndim or not len(x):
        raise InvalidArgument(
            f"x must hold one case or more as floating-point numbers, not {x.dtype} {tuple(x.shape)}."
        )
    # A moment of a series that is not there is NaN.
    if bool((x.isinf() if Kind.SERIES in family.kinds else ~torch.isfinite(x)).any()):
        raise InvalidArgument("x must hold finite numbers: there is an infinite one or one that is no number.")
    if y.ndim != 2 or len(y) != len(x):
        raise InvalidArgument(
            f"y must be (n, n_labels), a row for each of the {len(x)} cases, not {tuple(y.shape)}; "
            "of a single label it is y[:, None]."
        )
    if not bool(((y == 0) | (y == 1)).all()):
        raise InvalidArgument("y must hold 0 and 1 alone: 1 where a case has the label.")
