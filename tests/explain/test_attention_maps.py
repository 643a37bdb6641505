"""Maps of attention on a model whose answer is known: where the bright spot is, and only there."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.explain.images.attention import AttentionMap
from qcore.explain.images.gradients import grad_cam, integrated_gradients
from qcore.explain.images.hiding import occlusion
from qcore.explain.images.partition import partition_shapley, without_lesion

SIDE, ROW, COLUMN = 64, 20, 41
Array = NDArray[np.float64]


def picture() -> Tensor:
    """A grey square with a bright spot, and a second, brighter one in the corner that does not count."""
    image = torch.full((1, 1, SIDE, SIDE), 0.3)
    image[..., ROW - 3 : ROW + 4, COLUMN - 3 : COLUMN + 4] = 0.9
    image[..., :4, :4] = 1.0
    return image


def spot(images: Tensor) -> Tensor:
    """Log odds from the part of the image where the spot is, in a way that is not linear."""
    seen = images[..., 8:56, 8:56]
    return 3 * torch.tanh(seen.square().mean((1, 2, 3)) * 6) - 1


def with_errors(error: float) -> Callable[[Tensor], tuple[Array, Array]]:
    def answer(images: Tensor) -> tuple[Array, Array]:
        return spot(images).double().numpy(), np.full(len(images), error)

    return answer


def at_the_spot(found: AttentionMap, reach: int) -> bool:
    row, column = found.highest
    return abs(row - ROW) <= reach and abs(column - COLUMN) <= reach


def test_integrated_gradients_add_up_and_point_at_the_spot() -> None:
    found = integrated_gradients(picture(), spot)
    assert found.values.shape == (SIDE, SIDE)
    assert at_the_spot(found, 3)
    assert found.values[:8].sum() == 0
    assert found.base_value == pytest.approx(-1)
    assert abs(found.residual) < 0.01 * abs(found.values.sum())


def test_occlusion_points_at_the_spot() -> None:
    found = occlusion(picture(), with_errors(0.0))
    assert at_the_spot(found, 4)
    # The model does not see the corner, where something is hidden too.
    assert abs(found.values[0, 0]) < 0.05 * found.values.max()
    assert not found.standard_error.any()
    assert found.scatter == 0


def test_shapley_values_of_a_partition_add_up_and_point_at_the_spot() -> None:
    found = partition_shapley(picture(), without_lesion(picture()), with_errors(0.0))
    assert at_the_spot(found, 4)
    assert found.residual == pytest.approx(0, abs=1e-9)
    assert found.base_value + found.values.sum() == pytest.approx(float(spot(picture())[0]))
    assert not found.standard_error.any()


def test_shapley_values_of_two_units_are_those_of_the_formula() -> None:
    """Two units that matter, and more together than alone: each gets the mean of what it adds first and last."""
    image, dark = torch.ones(1, 1, 16, 16), torch.zeros(1, 1, 16, 16)

    def together(images: Tensor) -> tuple[Array, Array]:
        one, other = images[:, 0, 2, 3].double().numpy(), images[:, 0, 12, 9].double().numpy()
        return one + 2 * other + 4 * one * other, np.zeros(len(images))

    found = partition_shapley(image, dark, together, 1600)
    assert found.values[2, 3] == pytest.approx(1 + 4 / 2)
    assert found.values[12, 9] == pytest.approx(2 + 4 / 2)
    assert np.count_nonzero(np.abs(found.values) > 1e-9) == 2


@pytest.mark.parametrize("method", [occlusion, lambda *of: partition_shapley(of[0], without_lesion(of[0]), of[1], 60)])
def test_standard_errors_are_how_far_maps_scatter(method: Callable[..., AttentionMap]) -> None:
    error, rng = 1e-3, np.random.default_rng(0)

    def scattered(images: Tensor) -> tuple[Array, Array]:
        exact, errors = with_errors(error)(images)
        return exact + rng.normal(0, error, len(images)), errors

    found = [method(picture(), scattered) for _ in range(60)]
    at_spot = np.array([each.values[ROW, COLUMN] for each in found])
    expected = np.mean([each.standard_error[ROW, COLUMN] for each in found])
    assert at_spot.std(ddof=1) == pytest.approx(expected, rel=0.3)
    assert found[0].scatter == pytest.approx(
        found[0].standard_error[found[0].highest] / found[0].values[found[0].highest]
    )


def test_grad_cam_weighs_channels_and_shows_nothing_where_nothing_speaks_for_the_answer() -> None:
    features = torch.zeros(1, 2, 4, 4)
    features[0, 0, 1, 2], features[0, 1, 3, 3] = 2.0, 5.0

    def first_less_second(x: Tensor) -> Tensor:
        return (x[:, 0] - x[:, 1]).sum((1, 2))

    found = grad_cam(features, first_less_second)
    assert found.highest == (1, 2)
    assert found.values[3, 3] == 0
    assert found.is_evidence
    against = grad_cam(features, lambda x: -x.sum((1, 2, 3)))
    assert not against.is_evidence
