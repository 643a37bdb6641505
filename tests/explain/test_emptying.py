"""Parts of a shape are taken away: what the answer rests on stands out, and nothing outside the shape does."""

import numpy as np
import torch
from torch import Tensor

from qcore.explain.images.emptying import emptying


def test_the_part_that_the_answer_rests_on_stands_out() -> None:
    block = torch.zeros(1, 1, 12, 12, 12)
    block[..., 2:10, 4:8, 4:8] = 1

    def counts_one_end(blocks: Tensor) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
        evidence = blocks[:, 0, 8:].sum((1, 2, 3)).double().numpy() / 32
        return evidence, np.full(len(blocks), 0.1)

    found = emptying(block, counts_one_end)
    assert found.values.shape == (12, 12, 12)
    assert found.values.argmax() in {
        np.ravel_multi_index((z, y, x), (12,) * 3) for z in (8, 9) for y in range(4, 8) for x in range(4, 8)
    }
    assert found.values[2:6].max() == 0
    outside = block[0, 0].numpy() == 0
    assert (found.values[outside] == 0).all()
    assert (found.standard_error[outside] == 0).all()
    assert found.standard_error.max() > 0.1
