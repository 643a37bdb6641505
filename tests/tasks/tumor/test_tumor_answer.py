"""The trained models on made-up heads: what is said adds up, lies where it should, and hardly moves with noise."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import logsumexp, softmax

from qcore.io.image.series import Series
from qcore.tasks.classification.model import CONTROL
from qcore.tasks.tumor.answer import Answer, answer, answers, load, preparation
from qcore.tasks.tumor.attention import METHODS, OWN, Attended
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.known import refusal
from qcore.tasks.tumor.looked import MOST_JUDGED, SLICES_TOGETHER, Looked, look, look_at_all
from qcore.tasks.tumor.question import LABELS, N_CELLS


def thinned(series: Series, every: int) -> Series:
    """Return every so many-th slice, which is enough to be tested."""
    geometry = series.geometry
    assert geometry is not None
    return replace(
        series, pixels=series.pixels[::every], geometry=replace(geometry, positions=geometry.positions[::every])
    )


@pytest.fixture(scope="module")
def heads() -> dict[str, Series]:
    """The examples, in every fourth slice."""
    return {key: thinned(example.series(), 4) for key, example in EXAMPLES.items()}


@pytest.fixture(scope="module")
def seen(heads: dict[str, Series]) -> dict[str, Looked]:
    """The same as the models see them."""
    return {key: look(series, preparation(load())) for key, series in heads.items()}


@pytest.fixture(scope="module")
def said(seen: dict[str, Looked]) -> dict[str, Answer]:
    """What the hybrid says of them."""
    return {key: answer(load(), looked, "ideal") for key, looked in seen.items()}


def test_made_up_heads_are_answered_as_they_were_made(said: dict[str, Answer]) -> None:
    assert said["ring"].tumour > 0.8
    assert said["bright"].tumour > 0.8
    assert said["none"].tumour < min(said["ring"].tumour, said["bright"].tumour) - 0.2
    assert said["ring"].is_certain
    assert said["ring"].kind == "glioma"


def test_probabilities_add_up_and_what_is_answered_is_possible(said: dict[str, Answer]) -> None:
    for found in said.values():
        assert tuple(found.probabilities) == LABELS.names
        assert sum(found.probabilities.values()) == pytest.approx(1)
        assert found.by_slice.sum(axis=1) == pytest.approx(1)
        assert (found.kind if found.is_tumour else "no tumour") in found.possible
        assert found.is_tumour == (found.tumour >= 0.5)


def test_noise_of_a_processor_hardly_moves_an_answer(seen: dict[str, Looked], said: dict[str, Answer]) -> None:
    for key, looked in seen.items():
        noisy = answer(load(), looked, "noisy:fez:3")
        assert noisy.tumour != said[key].tumour
        assert noisy.tumour == pytest.approx(said[key].tumour, abs=0.1)
        assert noisy.backend == "noisy:fez:3"


def test_the_twin_answers_too(seen: dict[str, Looked]) -> None:
    assert answer(load(), seen["ring"], "ideal", CONTROL).tumour > 0.5


@pytest.mark.parametrize("method", [OWN, "grad-cam"])
def test_the_model_looks_at_the_lesion(
    method: str, heads: dict[str, Series], seen: dict[str, Looked], said: dict[str, Answer]
) -> None:
    for key in ("ring", "bright"):
        looked, place, lesion = seen[key], said[key].place, EXAMPLES[key].lesion
        assert lesion is not None
        drawn = looked.placed(place, METHODS[method](Attended(load(), looked, place, "ideal")).values)
        assert drawn.shape == heads[key].pixels.shape[1:]
        row, column = np.unravel_index(int(drawn.argmax()), drawn.shape)
        # Rows run from the front backwards, columns from right to left.
        height, width = drawn.shape
        front, left = (height / 2 - row) / 98, (column - width / 2) / 76
        assert abs(front - lesion.centre[1]) < 0.35
        assert abs(left - lesion.centre[2]) < 0.35


def test_what_the_model_says_of_an_image_is_made_of_what_it_says_of_its_cells(seen: dict[str, Looked]) -> None:
    model, looked = load(), seen["ring"]
    cells = Attended(model, looked, 3, "ideal").cells().values
    assert cells.shape == (N_CELLS, N_CELLS)
    logits = model.logits_of_prepared("hybrid", looked.x[3:4], "ideal").mean(0)[0]
    evidence = np.log(cells / (1 - cells))
    assert abs(logsumexp(logits[1:]) - (softmax(evidence) * evidence).sum()) < 1.0
    assert logsumexp(logits[1:]) <= evidence.max() + 1.0


def test_made_up_heads_look_like_brains_and_noise_does_not(heads: dict[str, Series], seen: dict[str, Looked]) -> None:
    for key, series in heads.items():
        assert refusal(series, seen[key]) == ""
    rng = np.random.default_rng(0)
    noise = Series(rng.integers(0, 1000, (1, 200, 200)).astype(np.int16))
    sentence = refusal(noise, look(noise, preparation(load())))
    assert (
        sentence
        == "This is not a brain MRI that the model knows: it looks unlike every MRI of a brain that trained it."
    )


def test_of_a_long_series_some_slices_are_judged_and_planes_with_flat_pixels_are_put_back(
    heads: dict[str, Series],
) -> None:
    one = heads["none"].pixels[5]
    long = Series(np.repeat(one[None], MOST_JUDGED + 30, axis=0), spacing_mm=(1.0, 1.0))
    flat = Series(one[None, ::2], spacing_mm=(2.0, 1.0))
    counted: list[tuple[int, int]] = []
    looked = look(
        replace(long, pixels=long.pixels[:, ::8, ::8]), preparation(load()), lambda *done: counted.append(done)
    )
    assert len(looked.slices) == (MOST_JUDGED + 30) // 2 == counted[-1][0] == counted[-1][1]
    assert (np.diff(looked.slices) == 2).all()
    assert looked.nearest(101) in {50, 51}
    squeezed = look(flat, preparation(load()))
    assert squeezed.placed(0, np.ones((3, 3))).shape == flat.pixels.shape[1:]
    whole = look(Series(one[None], spacing_mm=(1.0, 1.0)), preparation(load()))
    assert (squeezed.images - whole.images).abs().mean() < 0.03


def test_several_series_looked_at_together_are_seen_as_each_alone(heads: dict[str, Series]) -> None:
    slices = heads["ring"].pixels
    pictures = [Series(slices[n : n + 1, :: 1 + n % 2], spacing_mm=(1.0 + n % 2, 1.0)) for n in range(6)]
    several = [*pictures[:3], Series(np.repeat(slices[5:6], SLICES_TOGETHER, axis=0)), *pictures[3:]]
    together = list(look_at_all(several, preparation(load())))
    assert [len(looked.slices) for looked in together] == [1, 1, 1, SLICES_TOGETHER, 1, 1, 1]
    for series, looked in zip(several, together, strict=True):
        alone = look(series, preparation(load()))
        assert (looked.boxes, looked.shape, looked.square_shape) == (alone.boxes, alone.shape, alone.square_shape)
        torch.testing.assert_close(looked.x, alone.x, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(looked.summary, alone.summary, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:shots=200:seed=3"])
def test_several_series_get_the_answers_that_each_gets_alone(seen: dict[str, Looked], where: str) -> None:
    several = list(seen.values())
    together = answers(load(), several, where)
    assert answers(load(), [], where) == []
    for looked, found in zip(several, together, strict=True):
        alone = answer(load(), looked, where)
        assert found.probabilities == pytest.approx(alone.probabilities, abs=1e-5)
        assert (found.place, found.possible, found.backend) == (alone.place, alone.possible, alone.backend)
