"""Families beside the released one: each answers the framed slice, whole and small, on every backend."""

import numpy as np
import pytest
import torch
from torch import Tensor

from qcore.models.families import Kind, Shape
from qcore.tasks.classification import store
from qcore.tasks.classification.medmnist import BREAST
from qcore.tasks.classification.model import CONTROL, HYBRID, RESNET, Model
from qcore.tasks.classification.preparation import Resized
from qcore.tasks.classification.question import entry_of
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.families import asked, other_families, said
from qcore.tasks.tumor.framing import SIDE, framed
from qcore.tasks.tumor.question import LABELS, NONE, SIDE_PX, SMALL_SIDE_PX, TUMOR

OTHERS = other_families()


@pytest.fixture(scope="module")
def image() -> Tensor:
    """A made-up head with a lesion, framed ``(1, SIDE, SIDE)``."""
    pixels = EXAMPLES["ring"].series().pixels
    return torch.from_numpy(framed(pixels[len(pixels) // 2].astype(np.float32)).pixels)[None]


@pytest.fixture(scope="module", params=OTHERS, ids=lambda entry: entry.family)
def model(request: pytest.FixtureRequest) -> Model:
    return store.load(request.param)


def test_they_read_the_whole_slice_at_a_small_side_but_for_one() -> None:
    assert "resistant" in {entry.family for entry in OTHERS}
    small, whole = (Shape(Kind.IMAGE, 1, 4, 0, (16, 32, 64), 0.3, side) for side in (SMALL_SIDE_PX, SIDE_PX))
    assert all(entry.shape == (whole if entry.family == "hqcnn-full" else small) for entry in OTHERS)
    assert entry_of(TUMOR, "hqcnn-full").shape == whole
    assert "hqcnn-full" not in BREAST.families


def test_each_answers_on_every_kind_of_simulator_and_noise_moves_the_hybrid_alone(model: Model, image: Tensor) -> None:
    noiseless = asked(model, HYBRID, image, "ideal")
    for backend in ("noisy:fez:3", "noisy:torino:1:shots=4000:seed=1"):
        here = asked(model, HYBRID, image, backend)
        assert here.tumour != noiseless.tumour
        assert here.tumour == pytest.approx(noiseless.tumour, abs=0.3)
        assert here.kind in LABELS.names[1:]
        assert asked(model, CONTROL, image, backend) == asked(model, CONTROL, image, "ideal")


def test_a_slice_is_answered_alike_in_any_size(model: Model, image: Tensor) -> None:
    small = torch.nn.functional.interpolate(
        image[None], size=(SMALL_SIDE_PX, SMALL_SIDE_PX), mode="bilinear", antialias=True
    )
    assert image.shape[-1] == SIDE
    assert asked(model, CONTROL, small[0].clamp(0, 1), "ideal").tumour == pytest.approx(
        asked(model, CONTROL, image, "ideal").tumour, abs=1e-5
    )


def test_the_resnet_comes_with_one_of_them() -> None:
    assert sum(RESNET in store.load(entry).members for entry in OTHERS) == 1


def test_what_is_said_is_the_probability_of_any_tumour_and_its_likeliest_kind() -> None:
    probabilities = np.array([0.6, 0.05, 0.25, 0.1])
    assert LABELS.names[0] == NONE
    found = said(probabilities)
    assert found.tumour == pytest.approx(0.4)
    assert found.kind == LABELS.names[2]


def test_images_are_resized_before_they_are_standardised() -> None:
    x = torch.rand(6, 1, 40, 40, generator=torch.Generator().manual_seed(0))
    made = Resized(10).fit(x)
    assert made(x).shape == (6, 1, 10, 10)
    assert float(made(x).mean()) == pytest.approx(0, abs=1e-5)
    assert float(made(x).std()) == pytest.approx(1, abs=1e-3)
    grey = made(torch.full((1, 1, 33, 21), 0.7))
    assert grey.unique() == pytest.approx(float((0.7 - made.mean) / made.sd), abs=1e-5)
    made.stored(Shape(Kind.IMAGE, 1, side=10)).check(x)
