"""Maps of attention on a model whose answer is known: where the bright spot is, and only there."""

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.explain.images.attention import AttentionMap
from qcore.explain.images.gradients import grad_cam, integrated_gradients
from qcore.explain.images.hiding import occlusion, partition_shapley

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


def test_occlusion_points_at_the_spot_and_carries_the_error_of_shots() -> None:
    found = occlusion(picture(), with_errors(0.1))
    assert at_the_spot(found, 6)
    assert found.values[0, 0] == pytest.approx(0, abs=0.02)
    # An inner pixel is hidden by four windows; the unhidden answer has an error too.
    assert found.standard_error[32, 32] == pytest.approx(0.1 * math.sqrt(1 + 1 / 4))
    assert not occlusion(picture(), with_errors(0.0)).standard_error.any()


def test_shapley_values_of_a_partition_add_up_and_point_at_the_spot() -> None:
    found = partition_shapley(picture(), with_errors(0.0))
    assert at_the_spot(found, 6)
    assert found.residual == pytest.approx(0, abs=1e-4)


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
