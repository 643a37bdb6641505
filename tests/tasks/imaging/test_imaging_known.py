"""Which question a file belongs to, and what is refused by name."""

from dataclasses import replace

import numpy as np
import pytest

from qcore.io.image.series import Geometry, Series
from qcore.tasks.imaging.examples import EXAMPLES
from qcore.tasks.imaging.known import may_be, refusal, said_by_file
from qcore.tasks.imaging.subjects import SUBJECTS
from qcore.tasks.tumor.phantom import head

BREAST, CHEST, ADRENAL = SUBJECTS.values()
ULTRASOUND, X_RAY, GLAND = (EXAMPLES[key].series() for key in ("ragged", "clear", "slender"))


@pytest.mark.parametrize(
    ("modality", "part", "name"),
    [
        ("US", "", "breast"),
        ("US", "BREAST", "breast"),
        ("US", "ABDOMEN", ""),
        ("DX", "CHEST", "pneumonia"),
        ("CR", "THORAX", "pneumonia"),
        ("CR", "", ""),
        ("DX", "HAND", ""),
        ("MG", "BREAST", ""),
        ("CT", "ABDOMEN", ""),
        ("MR", "BRAIN", ""),
        ("", "", ""),
    ],
)
def test_a_file_says_what_it_shows_by_modality_and_part(modality: str, part: str, name: str) -> None:
    assert said_by_file(replace(ULTRASOUND, modality=modality, body_part=part)) == name


def test_a_cube_of_two_values_is_a_segmented_gland() -> None:
    assert said_by_file(GLAND) == "adrenal"
    assert said_by_file(replace(GLAND, pixels=GLAND.pixels[:, :, :-1])) == ""


@pytest.mark.parametrize("key", EXAMPLES)
def test_examples_are_answered_and_belong_to_no_other_question(key: str) -> None:
    example = EXAMPLES[key]
    assert may_be(example.series()) == [example.question]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"modality": "MR"}, "the file says that it is an MRI"),
        ({"modality": "MG", "body_part": "BREAST"}, "the file says that it is a mammogram"),
        ({"modality": "US", "body_part": "LIVER"}, "another part of the body (liver)"),
        ({"colour": True}, "it has colours"),
        ({"pixels": ULTRASOUND.pixels[:, :20]}, "it is 540 x 20 pixels, and the model needs 28 a side at least"),
        ({"pixels": ULTRASOUND.pixels[:, :100]}, "it is too long and narrow"),
        ({"pixels": ULTRASOUND.pixels.repeat(3, 0)}, "it holds 3 images, and the model judges one"),
        ({"pixels": np.full((1, 90, 90), 7, np.int16)}, "it is empty, or nearly of one grey"),
        ({"pixels": X_RAY.pixels}, "it looks more like a chest X-ray"),
        ({"pixels": head(None, 5).pixels[20:21]}, "it looks like nothing that trained the model"),
        ({"pixels": np.random.default_rng(0).integers(0, 255, (1, 90, 90)).astype(np.int16)}, "looks like nothing"),
    ],
)
def test_what_is_no_ultrasound_image_of_a_breast_is_named(change: dict[str, object], why: str) -> None:
    sentence = refusal(replace(ULTRASOUND, **change), BREAST)  # type: ignore[arg-type]
    assert sentence.startswith("This is not an ultrasound image of the breast that the model can judge: ")
    assert why in sentence
    assert sentence.endswith(BREAST.needs)


def test_an_x_ray_whose_bones_are_dark_is_refused() -> None:
    assert refusal(X_RAY, CHEST) == ""
    assert "it looks like nothing that trained the model" in refusal(replace(X_RAY, pixels=255 - X_RAY.pixels), CHEST)


def block(mask: np.ndarray, spacing_mm: float | None = None, across: int = 0) -> Series:  # type: ignore[type-arg]
    n, axes = len(mask), np.roll(np.eye(3), -across, axis=0)
    if spacing_mm is None:
        return Series(mask)
    positions = spacing_mm * np.arange(n)[:, None] * axes[2]
    return Series(mask, geometry=Geometry((spacing_mm, spacing_mm), axes[0], axes[1], positions))


def cube(side: int, lowest: int, highest: int) -> np.ndarray:  # type: ignore[type-arg]
    mask = np.zeros((side,) * 3, np.int16)
    mask[(slice(lowest, highest),) * 3] = 1
    return mask


@pytest.mark.parametrize(
    ("series", "why"),
    [
        (replace(GLAND, modality="MR"), "the file says that it is an MRI"),
        (Series(np.zeros((40, 50, 60), np.int16), modality="CT"), "it is no such cube, but 60 x 50 x 40 voxels"),
        (block(np.arange(28**3, dtype=np.int16).reshape((28,) * 3)), "it holds grey values, and not a segmentation"),
        (block(cube(28, 13, 14)), "has 0.0 mL"),
        (block(cube(28, 2, 26)), "has 165.1 mL"),
        (block(cube(28, 1, 8)), "the middle of the gland lies 22 mm beside that of the cube"),
        (block(cube(28, 10, 17), 3.5), "it is 98 mm wide, and not 64 mm"),
        (block(cube(28, 10, 17), 2.3, across=1), "its first axis does not run from side to side"),
    ],
)
def test_what_is_no_segmented_gland_is_named(series: Series, why: str) -> None:
    assert why in refusal(series, ADRENAL)


@pytest.mark.parametrize("spacing_mm", [None, 1.0, 2.3])
def test_a_cube_of_28_is_answered_where_its_place_is_known_unknown_or_made_up(spacing_mm: float | None) -> None:
    assert refusal(block(cube(28, 10, 17), spacing_mm), ADRENAL) == ""


def test_a_ct_is_told_what_is_needed() -> None:
    ct = Series(np.zeros((40, 50, 60), np.int16), modality="CT")
    assert may_be(ct) == ["adrenal"]
    assert "cannot read a CT" in refusal(ct, ADRENAL)
