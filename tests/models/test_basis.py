"""What the first linear map reads: the features, and for numbers how far from typical they are."""

import numpy as np
import pytest
import torch
from torch import Tensor

from qcore.models.basis import Plain, TwoSided


def features() -> Tensor:
    return torch.randn(2000, 5, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


def test_plain_features_stay_as_they_are() -> None:
    assert torch.equal(Plain(5)(features()), features())
    assert Plain(5).n_out == 5


@pytest.mark.parametrize("n_numeric", [0, 3, 5])
def test_numbers_get_a_second_column_and_codes_do_not(n_numeric: int) -> None:
    basis = TwoSided(5, n_numeric)
    read = basis(features())
    assert read.shape == (2000, basis.n_out) == (2000, 5 + n_numeric)
    assert torch.equal(torch.cat([read[:, :n_numeric], read[:, 2 * n_numeric :]], dim=1), features())


def test_too_low_and_too_high_read_the_same_and_typical_the_lowest() -> None:
    x = features()
    added = TwoSided(5, 5)(x)[:, 5:]
    assert torch.equal(TwoSided(5, 5)(-x)[:, 5:], added)
    assert (TwoSided(5, 5)(torch.zeros_like(x))[:, 5:] <= added).all()
    np.testing.assert_allclose(added.mean(dim=0), 0, atol=0.05)
