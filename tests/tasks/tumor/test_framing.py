"""The head is found, cut out and scaled, whatever the field of view, size and grey values; and maps go back."""

import numpy as np
import pytest
from numpy.typing import NDArray

from qcore.tasks.tumor.framing import SIDE, cut_out, framed, head_box, put_back, square_pixels


def picture(height: int = 300, width: int = 260, bright: float = 900.0) -> NDArray[np.float32]:
    """An ellipse of 160 by 120 pixels around (130, 150), a bright spot in it, noise around."""
    rows, columns = np.mgrid[:height, :width]
    image = np.random.default_rng(0).uniform(0, 0.02 * bright, (height, width))
    image[((rows - 130) / 80) ** 2 + ((columns - 150) / 60) ** 2 < 1] = 0.5 * bright
    image[116:132, 136:152] = bright
    return image.astype(np.float32)


def test_the_head_is_in_the_middle_of_the_frame() -> None:
    box = head_box(picture())
    assert box.top + box.side / 2 == pytest.approx(130, abs=3)
    assert box.left + box.side / 2 == pytest.approx(150, abs=3)
    assert box.side == pytest.approx(160 * 1.06, abs=6)


@pytest.mark.parametrize("bright", [1.0, 255.0, 30_000.0])
def test_grey_values_are_from_0_to_1_whatever_they_were(bright: float) -> None:
    pixels = framed(picture(bright=bright)).pixels
    assert pixels.shape == (SIDE, SIDE)
    assert pixels.dtype == np.float32
    assert (pixels.min(), pixels.max()) == (pytest.approx(0, abs=0.05), 1)
    np.testing.assert_allclose(pixels, framed(picture()).pixels, atol=0.02)


def test_empty_space_around_the_head_makes_no_difference() -> None:
    wide = np.zeros((500, 460), np.float32)
    wide[100:400, 100:360] = picture()
    assert np.abs(framed(wide).pixels - framed(picture()).pixels).mean() < 0.03


@pytest.mark.parametrize("image", [np.zeros((40, 60)), np.full((40, 60), -7.0), np.ones((1, 1))], ids=["0", "-7", "1"])
def test_an_image_without_a_head_is_framed_whole(image: NDArray[np.float64]) -> None:
    found = framed(image)
    assert found.pixels.shape == (SIDE, SIDE)
    assert np.isfinite(found.pixels).all()
    assert found.box.side >= max(image.shape)


def test_a_map_of_the_frame_lies_where_it_belongs_in_the_image() -> None:
    image = picture()
    box = framed(image).box
    spot = np.zeros(image.shape)
    spot[120:124, 140:144] = 1
    back = put_back(cut_out(spot, box), box, (300, 260))
    assert back.shape == (300, 260)
    assert back[0, 0] == 0
    row, column = np.unravel_index(int(back.argmax()), back.shape)
    assert (row, column) == (pytest.approx(121.5, abs=2), pytest.approx(141.5, abs=2))


def test_labels_are_never_mixed() -> None:
    labels = np.where(picture() > 600, 2, 1).astype(np.uint8)
    assert set(np.unique(cut_out(labels, head_box(picture()), nearest=True))) <= {0, 1, 2}


def test_pixels_become_as_high_as_wide() -> None:
    assert square_pixels(picture(), (1.0, 1.0)).shape == (300, 260)
    assert square_pixels(picture(), None).shape == (300, 260)
    assert square_pixels(picture(), (2.0, 1.0)).shape == (600, 260)
    assert square_pixels(picture(), (0.5, 1.0)).shape == (300, 520)
