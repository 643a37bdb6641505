"""Train a model of any family on a table of outcomes: by the loop of all networks, or by its own means."""

from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.models.families import Family
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
    """
    backend = built(backend)
    if family.fits_itself:
        model.fit(x, y, backend, seed)  # type: ignore[operator]
    else:
        usual = smoothed_cross_entropy(recipe.label_smoothing)
        fit_network(model, x, y, loss or usual, recipe, backend, seed, change)
    model.eval()
