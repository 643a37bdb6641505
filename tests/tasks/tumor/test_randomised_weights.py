"""A map must be the model's and not the picture's: without what was learnt it shows something else.

The check of Adebayo et al. 2018 (arXiv:1810.03292): the weights of trunk and head are shuffled, and the map is compared
with the real one. How alike two maps of the same trained model can be is told by those of its members.
"""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from scipy.stats import spearmanr

from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.tumor.answer import load, preparation
from qcore.tasks.tumor.attention import METHODS, Attended
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.framing import head_mask
from qcore.tasks.tumor.looked import Looked, look

QUICK = ("cells", "grad-cam")
N_CELLS = 14
"""Along a side, in which all maps are compared."""


def seen(model: Model) -> Looked:
    """One slice through the lesion of a made-up head, as a model sees it."""
    series = EXAMPLES["ring"].series()
    middle = len(series) // 2
    one = replace(series, pixels=series.pixels[middle : middle + 1], geometry=None, spacing_mm=(1.0, 1.0))
    return look(one, preparation(model))


def in_head(model: Model, method: str) -> NDArray[np.float64]:
    """Return the absolute values of a map in the cells of the head: the background is alike in all of them."""
    looked = seen(model)
    drawn = np.abs(METHODS[method](Attended(model, looked, 0, "noisy:fez:0")).values).astype(np.float32)
    cells, head = (
        np.asarray(Image.fromarray(each).resize((N_CELLS, N_CELLS), Image.Resampling.BOX))
        for each in (drawn, head_mask(looked.images[0, 0].numpy()).astype(np.float32))
    )
    return cells[head > 0.5].astype(np.float64)


def of_member(number: int) -> Model:
    """The model with one member alone."""
    return replace(load(), members={HYBRID: [load().members[HYBRID][number]]})


def shuffled(model: Model) -> Model:
    """The model with the entries of every tensor of weights in random order: as large as before, and nothing learnt."""
    generator = torch.Generator().manual_seed(0)

    def anew(module: Any) -> Any:
        changed = copy.deepcopy(module)
        with torch.no_grad():
            for weight in changed.parameters():
                weight.copy_(weight.flatten()[torch.randperm(weight.numel(), generator=generator)].view_as(weight))
        return changed.eval()

    members = {HYBRID: [anew(member) for member in model.members[HYBRID]]}
    return replace(model, members=members, preparation=anew(preparation(model)))


@pytest.mark.parametrize(
    "method", [pytest.param(name, marks=() if name in QUICK else pytest.mark.slow) for name in METHODS]
)
def test_a_map_is_lost_with_what_was_learnt(method: str) -> None:
    real, other, lost = (in_head(model, method) for model in (of_member(0), of_member(1), shuffled(of_member(0))))
    alike = float(spearmanr(real, other).statistic)
    # Where nothing speaks for a tumour any more, Grad-CAM is 0 all over, and has no ranks to be like others'.
    left = float(spearmanr(real, lost).statistic) if lost.std() > 0 else 0.0
    # Members need not agree on where to look, as Grad-CAM's slopes show, but nothing of either may be left by chance.
    assert left < max(alike - 0.3, 0.3)
