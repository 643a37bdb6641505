"""Cells that are told where something lies learn where, and the image follows from them."""

import torch

from qcore.backends.registry import backend
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.models.images.cells import image_logits
from qcore.training.classification.fitters import fit_cells
from qcore.training.loop.cells import cell_loss
from qcore.training.loop.recipe import Recipe

N, FEATURES, SIDE = 240, 6, 5


def spots(seed: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return features, shares of nothing and of two kinds, and cells: a kind is a bright channel in one cell."""
    generator = torch.Generator().manual_seed(seed)
    x = 0.3 * torch.randn(N, FEATURES, SIDE, SIDE, generator=generator)
    kind = torch.randint(0, 3, (N,), generator=generator)
    place = torch.randint(0, SIDE, (N, 2), generator=generator)
    cells = torch.zeros(N, SIDE, SIDE)
    for number in torch.nonzero(kind)[:, 0]:
        row, column = place[number]
        x[number, kind[number] - 1, row, column] += 3
        cells[number, row, column] = 1
    return x, torch.nn.functional.one_hot(kind, 3).float(), cells


def test_hybrid_and_twin_learn_where_and_of_which_kind() -> None:
    where, family = backend("noisy:fez:0"), FAMILIES["cells"]
    shape = Shape(Kind.CELLS, FEATURES, 3)
    x, y, cells = spots(1)
    new_x, new_y, new_cells = spots(2)
    for build in (family.build, family.control):
        torch.manual_seed(3)
        member = build(shape, 2, 1)
        fit_cells(member, x, y, cells, Recipe(12, batch=24, learning_rate=0.03), where, 0)
        with torch.no_grad():
            said = member.cells(new_x, where)  # type: ignore[operator]
            right = image_logits(said).argmax(1) == new_y.argmax(1)
        assert right.float().mean() > 0.85
        shown = new_cells.flatten(1).any(1)
        pointed = said[shown, 0].flatten(1).argmax(1) == new_cells[shown].flatten(1).argmax(1)
        assert pointed.float().mean() > 0.9


def test_what_nobody_knows_costs_nothing() -> None:
    said = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    known = torch.zeros(2, 4, 4)
    known[0] = -1
    y = torch.tensor([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]])
    changed = said.clone()
    changed[0] += 5
    assert torch.equal(cell_loss(said, y, known), cell_loss(changed, y, known))
    either = torch.tensor([[0.0, 0.5, 0.5], [1.0, 0.0, 0.0]])
    swapped = said.clone()
    swapped[0, 1], swapped[0, 2] = said[0, 2], said[0, 1]
    assert torch.allclose(cell_loss(said, either, known), cell_loss(swapped, either, known))
