"""PTB-XL is read as its publishers meant it: official folds, microvolts, labels, ages above 89."""

from pathlib import Path

import numpy as np
import pytest
import torch

from qcore.errors import MissingAsset
from qcore.tasks.ecg.question import LABELS, N_SAMPLES
from qcore.training.cohorts.ptbxl import read_ptbxl


def test_folds_share_nobody_and_hold_what_the_readme_counts(data: Path) -> None:
    parts = {split: read_ptbxl(data, split) for split in ("train", "val", "test")}
    assert sum(map(len, parts.values())) == 7_611
    assert not set(parts["train"].people) & set(parts["test"].people)
    assert not set(parts["val"].people) & set(parts["test"].people)
    counts = sum(part.y.sum(0) for part in parts.values())
    assert dict(zip(LABELS.names, map(int, counts), strict=True)) == {
        "NORM": 2361, "MI": 2205, "STTC": 2191, "CD": 2715, "HYP": 1128, "AF": 1514,
    }  # fmt: skip
    test = parts["test"]
    assert test.x.shape == (792, 8, N_SAMPLES)
    assert bool(torch.isfinite(test.x).all())
    # R waves of a millivolt or so, once the baseline is gone.
    assert 0.4 < float(test.x[:, 1].amax(-1).median()) < 2
    assert abs(float(test.x.mean())) < 0.01
    assert set(test.groups["sex"]) == {"male", "female"}
    assert "90 years or more" in set(parts["train"].groups["age"])


def test_a_table_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match=r"labels\.csv|npz"):
        read_ptbxl(tmp_path, "val")


def test_a_table_of_other_recordings_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ptbxl"
    folder.mkdir()
    (folder / "labels.csv").write_text("ecg_id,strat_fold\n1,9\n")
    empty = np.zeros((1, 8, 1000), np.uint8)
    np.savez(folder / "ptbxl_100hz_8lead_delta.npz", ecg_id=[2], delta_lo=empty, delta_hi=empty)
    with pytest.raises(MissingAsset, match="other recordings"):
        read_ptbxl(tmp_path, "val")
