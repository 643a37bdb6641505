"""Where maps lie, and what the background does, measured on made-up heads; what is measured is written on the card."""

import numpy as np
import pytest
import torch

from qcore.backends.registry import backend
from qcore.tasks.classification import store
from qcore.tasks.tumor.answer import ENTRY, load
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.framing import framed, head_mask
from qcore.training.cohorts.brain_mri import HEALTHY, TUMOUR, Slices
from qcore.training.tumor.background import blackened, without_background
from qcore.training.tumor.cases import as_they_are
from qcore.training.tumor.notes import notes
from qcore.training.tumor.pointing import localisation

ENGINE = backend("noisy:fez:0")
N_OF_EACH = 12
"""Enough that hardly a resample holds one kind alone."""


@pytest.fixture(scope="module")
def slices() -> Slices:
    """Slices in the middle of a head with a lesion, outlined where it is bright or dark, and of one without."""
    images = []
    for key in ("ring", "none"):
        pixels = EXAMPLES[key].series().pixels
        middle = len(pixels) // 2
        images += [framed(pixels[middle + step - N_OF_EACH // 2]).pixels for step in range(N_OF_EACH)]
    kind = np.repeat([1, 0], N_OF_EACH)
    where = np.full((len(images), *images[0].shape), HEALTHY, np.uint8)
    where[:N_OF_EACH, 64:192, 64:192] = TUMOUR
    stored = np.rint(255 * np.stack(images))[:, None].astype(np.uint8)
    text = np.array([str(number) for number in range(len(images))])
    return Slices(stored, where, kind, text, text, text)


def test_what_lies_outside_the_head_becomes_black_and_the_head_stays(slices: Slices) -> None:
    x = as_they_are(slices, 14, "").x
    bare = blackened(x)
    heads = torch.from_numpy(np.stack([head_mask(image) for image in x[:, 0].numpy()]))[:, None]
    assert 0.3 < float(heads.float().mean()) < 0.9
    assert not bare[~heads].any()
    assert torch.equal(bare[heads], x[heads])
    assert not head_mask(np.zeros(x.shape[-2:], np.float32)).any()


def test_localisation_and_background_are_measured_and_written_on_the_card(slices: Slices) -> None:
    model = load()
    found = localisation(model, slices.part(slices.kind == 1), "cells", ENGINE)
    assert found.in_head is not None
    assert found.overlap.value < found.in_head.value <= 1
    assert found.in_head.value > 0.5
    bare = without_background(model, as_they_are(slices, 14, ""), ENGINE)
    assert 0 <= bare.changed <= 1
    assert bare.auroc.value > 0.5
    evaluation = store.load_evaluation(ENTRY).model_copy(update={"localisation": [found], "without_background": bare})
    sections = dict(notes(model, evaluation).sections)
    assert "Share in the head" in sections["Where the model looks"]
    assert f"{bare.accuracy.value:.3f}" in sections["Without the background"]
