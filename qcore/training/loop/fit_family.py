"""Train a model of any family on a table of outcomes: by the loop of all networks, or by its own means."""

from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.models.families import Family
from qcore.training.loop.network import Change, Loss, fit_network
from qcore.training.loop.recipe import NetworkRecipe


def fit_family(
    family: Family,
    model: nn.Module,
    x: Tensor,
    y: Tensor,
    loss: Loss,
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
        y: ``(n, n_labels)`` outcomes, 0 or 1.
        loss: of outputs and outcomes, for that loop.
        recipe: of the loop of networks.
        backend: where circuits run.
        seed: of everything drawn.
        change: of the cases of a step of that loop, such as augmentation.
    """
    if family.fits_itself:
        model.fit(x, y, backend, seed)  # type: ignore[operator]
    else:
        fit_network(model, x, y, loss, recipe, backend, seed, change)
    model.eval()
