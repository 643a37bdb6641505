"""Train a model of any family on a table of outcomes: by the loop of all networks, or by its own means."""

from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.families import Family
from qcore.training.loop.network import Change, NetworkRecipe, fit_network, smoothed_cross_entropy


def fit_family(
    family: Family,
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    recipe: NetworkRecipe,
    backend: Backend,
    seed: int,
    change: Change = lambda x, _: x,
) -> None:
    """Train a hybrid or control of a family in place.

    Args:
        family: which one.
        model: built by it, untrained.
        x: ``(n, ...)`` cases.
        y: ``(n, 1)`` outcomes, 0 or 1.
        recipe: of the loop of networks.
        backend: where circuits run.
        seed: of everything drawn.
        change: of the cases of a step of that loop, such as augmentation.
    """
    if family.fits_itself:
        model.fit(x, y, backend, seed)  # type: ignore[operator]
    else:
        fit_network(model, x, y, smoothed_cross_entropy(recipe.label_smoothing), recipe, backend, seed, change)
    model.eval()
