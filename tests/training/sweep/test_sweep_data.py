"""What a sweep trains on: held-out cases apart, parts as sick as the whole, and data that are not there."""

from pathlib import Path

import numpy as np
import pytest
import torch
from toys import toy_cohort

from qcore.errors import InvalidValue
from qcore.models.families import Kind
from qcore.training.classification import cases
from qcore.training.sweep import data as sweep_data


@pytest.mark.parametrize("cases", [1, 449])
def test_a_part_needs_both_outcomes_on_either_side(cases: int) -> None:
    with pytest.raises(InvalidValue, match="has 2 to 448 of them"):
        sweep_data.load("toy", cases, None)


def test_held_out_cases_are_no_training_cases_and_set_no_scale() -> None:
    data = sweep_data.load("toy", None, None)
    torch.testing.assert_close(data.x.mean(0), torch.zeros(6), atol=1e-5, rtol=0)
    torch.testing.assert_close(data.x.std(0), torch.ones(6), atol=1e-5, rtol=0)
    assert data.held_x.mean(0).abs().max() > 1e-3
    seen = {tuple(row) for row in data.x.tolist()}
    assert not seen & {tuple(row) for row in data.held_x.tolist()}
    assert len(data.x) == 3 * len(data.held_x) == 450


def test_a_subset_is_smaller_as_sick_and_leaves_what_is_held_out(monkeypatch: pytest.MonkeyPatch) -> None:
    cohort = toy_cohort(400, 3)
    monkeypatch.setattr(cases, "read_cohort", lambda *_: cohort)
    whole, part = (sweep_data.load("aki", count, Path()) for count in (None, 90))
    assert (len(whole.x), len(part.x)) == (300, 90)
    assert float(part.y.mean()) == pytest.approx(float(whole.y.mean()), abs=0.01)
    assert torch.equal(part.held_y, whole.held_y)
    # Scaled by other patients, the same held-out ones look a little different.
    assert not torch.equal(part.held_x, whole.held_x)
    assert whole.shape.kind is Kind.TABLE
    assert whole.shape.n_features == whole.x.shape[1] == 15
    with pytest.raises(InvalidValue, match="The data set has 300 training cases, not 301"):
        sweep_data.load("aki", 301, Path())


def test_images_are_held_out_by_the_official_validation_split(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    folder = tmp_path / "medmnist"
    folder.mkdir()
    arrays = {}
    for split, n in (("train", 30), ("val", 12)):
        arrays[f"{split}_images"] = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        arrays[f"{split}_labels"] = np.arange(n)[:, None] % 2
    # No test split in the file: whoever asks for it fails.
    np.savez(folder / "breastmnist.npz", **arrays)
    data = sweep_data.load("breast", 20, tmp_path)
    assert data.x.shape == (20, 1, 28, 28)
    assert data.held_x.shape == (12, 1, 28, 28)
    assert data.held_y.tolist() == [1.0, 0.0] * 6
    assert float(data.x.mean()) == pytest.approx(0, abs=1e-4)
    assert float(data.x.std()) == pytest.approx(1, abs=1e-4)


def test_a_data_set_without_its_folder_is_a_sentence() -> None:
    with pytest.raises(InvalidValue, match="QLINICAL_DATA"):
        sweep_data.load("breast", None, None)
