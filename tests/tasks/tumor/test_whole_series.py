"""What is said of a series: neighbouring slices count together, single ones and slices without a head do not."""

import numpy as np
import pytest
from numpy.typing import NDArray

from qcore.tasks.tumor.phantom import SHAPE, Lesion, head
from qcore.tasks.tumor.whole_series import n_averaged, of_series

N = 40


def logits(**evidence: float) -> NDArray[np.float64]:
    """Slices that speak against a tumour, but for some; those speak for the second kind."""
    found = np.tile([0.0, -6.0, -6.0, -6.0], (N, 1))
    for number, value in evidence.items():
        found[int(number[1:]), 1:] = [value - 3, value, value - 3]
    return found


def evidence(answer: NDArray[np.float64]) -> float:
    return float(np.logaddexp.reduce(answer[1:]) - answer[0])


def test_neighbours_count_more_than_a_single_slice() -> None:
    single, _ = of_series(logits(s20=6), np.ones(N), 3)
    several, slice_ = of_series(logits(s20=6, s21=7, s22=6), np.ones(N), 3)
    assert evidence(several) > 2
    assert evidence(single) < 0
    assert slice_ == 21
    assert int(several.argmax()) == 2


def test_the_odds_of_a_series_are_the_mean_of_those_of_its_slices() -> None:
    answer, _ = of_series(logits(s20=4, s30=3), np.ones(N), 1)
    # Two slices at either end do not count.
    odds = np.exp([4.0, 3.0, *[-6.0] * (N - 6)]).mean()
    # The two other kinds of each slice have a share of e^-3 each, beside the second one.
    assert evidence(answer) == pytest.approx(np.log(odds), abs=0.15)


def test_slices_with_little_of_the_head_do_not_count() -> None:
    sides = np.full(N, 200.0)
    sides[:3] = 60
    answer, slice_ = of_series(logits(s0=9, s1=9, s2=9), sides, 3)
    assert evidence(answer) < 0
    assert slice_ > 2


def test_a_single_image_is_its_own_series() -> None:
    one = logits(s0=2)[:1]
    answer, slice_ = of_series(one, np.ones(1), 3)
    np.testing.assert_allclose(answer, one[0] - one[0, 0])
    assert slice_ == 0


@pytest.mark.parametrize(("spacing_mm", "slices"), [(None, 3), (1.0, 11), (5.0, 1), (3.0, 3), (0.0, 101)])
def test_as_many_slices_as_a_small_tumour_is_thick(spacing_mm: float | None, slices: int) -> None:
    assert n_averaged(spacing_mm) == pytest.approx(slices, abs=2)
    assert n_averaged(spacing_mm) % 2 == 1


def test_a_made_up_head_has_its_lesion_where_it_was_put_and_nowhere_else() -> None:
    plain, ill = head(None, 1), head(Lesion((0.25, 0.25, 0.4), 17, rim=True), 1)
    assert plain.pixels.shape == ill.pixels.shape == SHAPE
    assert ill.geometry is not None
    changed = np.abs(ill.pixels.astype(float) - plain.pixels) > 250
    middle = np.argwhere(changed).mean(axis=0) * [4, 1, 1]
    # Upwards 20 mm, forwards 25 mm (rows run backwards) and 30 mm to the left of the middle.
    np.testing.assert_allclose(middle, [86 + 20, 111.5 - 25, 95.5 + 30], atol=6)
