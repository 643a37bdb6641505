"""From values with units to features: logarithms, medians, cut-offs, one-hot codes, against numpy."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from qcore.models.encoded import load_weights, save_weights
from qcore.models.encoder import CLIP_SD, TAIL, Feature, TableEncoder

COLUMNS = ("plain", "amount", "weight", "ward")
FEATURES = (
    Feature("plain"),
    Feature("amount", log_offset=10.0),
    Feature("amount", log_offset=10.0, over="weight"),
)


def new_encoder() -> TableEncoder:
    return TableEncoder(COLUMNS, FEATURES, {"ward": 3}).double()


def training_inputs(n: int = 2001) -> Tensor:
    rng = np.random.default_rng(0)
    x = np.column_stack(
        [rng.normal(50, 10, n), rng.exponential(800, n), rng.uniform(40, 120, n), rng.choice([1, 2, 2, 3], n)]
    )
    x[:3, 0] = [-1e6, 1e6, 1e6]  # three artefacts
    x[10:60, 1] = np.nan
    x[20:40, 3] = np.nan
    return torch.from_numpy(x)


@pytest.fixture(scope="module")
def encoder() -> TableEncoder:
    return new_encoder().fit(training_inputs())


def one(encoder: TableEncoder, *values: float) -> np.ndarray:
    return encoder(torch.tensor([values], dtype=torch.float64))[0].numpy()


def test_as_numpy(encoder: TableEncoder) -> None:
    x = training_inputs().numpy()
    computed = np.column_stack([x[:, 0], np.log(x[:, 1] + 10), np.log(x[:, 1] + 10) - np.log(x[:, 2])])
    filled = np.where(np.isnan(computed), np.nanmedian(computed, axis=0), computed)
    cut = np.clip(filled, np.quantile(filled, TAIL, axis=0), np.quantile(filled, 1 - TAIL, axis=0))
    expected = np.clip((cut - cut.mean(axis=0)) / cut.std(axis=0), -CLIP_SD, CLIP_SD)
    encoded = encoder(training_inputs()).numpy()
    assert encoded.shape == (2001, encoder.n_features) == (2001, 6)
    # numpy takes the mean of the two middle values of an even number, torch the lower one.
    np.testing.assert_allclose(encoded[:, :3], expected, atol=0.01)


def test_features_are_on_one_scale_whatever_the_artefacts(encoder: TableEncoder) -> None:
    numeric = encoder(training_inputs())[:, :3]
    assert numeric.mean(dim=0).abs().max() < 0.1
    assert ((numeric.std(dim=0) > 0.8) & (numeric.std(dim=0) < 1.1)).all()


@given(st.lists(st.floats(1e-3, 1e9) | st.just(float("nan")), min_size=3, max_size=3))
def test_no_value_leaves_the_bounds(values: list[float]) -> None:
    encoded = one(new_encoder().fit(training_inputs()), *values, 1)
    assert np.isfinite(encoded).all()
    assert (np.abs(encoded[:3]) <= CLIP_SD).all()


def test_a_missing_value_counts_as_the_median(encoder: TableEncoder) -> None:
    medians = torch.nanmedian(training_inputs(), dim=0).values
    assert torch.equal(encoder.reference, medians)
    assert one(encoder, np.nan, 500, 80, 1) == pytest.approx(one(encoder, float(medians[0]), 500, 80, 1))
    # A ratio is missing where either part is: it takes the median of the ratios, not a ratio of medians.
    without_weight = one(encoder, 50, 500, np.nan, 1)
    assert without_weight[1] == one(encoder, 50, 500, 80, 1)[1]
    assert without_weight[2] == one(encoder, 50, np.nan, np.nan, 1)[2]


def test_codes_become_one_hot(encoder: TableEncoder) -> None:
    assert [one(encoder, 50, 500, 80, code)[3:].tolist() for code in (1, 2, 3)] == np.eye(3).tolist()
    assert one(encoder, 50, 500, 80, np.nan)[3:].tolist() == [0, 1, 0], "the commonest ward is the median"


@pytest.mark.parametrize("code", [0, 4])
def test_an_unknown_code_is_an_error(encoder: TableEncoder, code: int) -> None:
    with pytest.raises(RuntimeError):
        one(encoder, 50, 500, 80, code)


def test_a_patient_does_not_depend_on_the_others(encoder: TableEncoder) -> None:
    x = training_inputs()
    assert torch.equal(encoder(x)[7:8], encoder(x[7:8]))


def test_scales_survive_the_disk(encoder: TableEncoder, tmp_path: Path) -> None:
    save_weights(encoder, tmp_path / "encoder.safetensors")
    read = new_encoder()
    load_weights(read, tmp_path / "encoder.safetensors")
    assert torch.equal(read(training_inputs()), encoder(training_inputs()))
    assert torch.equal(read.reference, encoder.reference)


@pytest.mark.parametrize("value", [5.0, np.nan], ids=["constant", "never measured"])
def test_a_column_that_tells_nothing_is_harmless(value: float) -> None:
    x = training_inputs()
    x[:, 0] = value
    assert torch.isfinite(new_encoder().fit(x)(x)).all()
