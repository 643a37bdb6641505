"""Reading MedMNIST: shapes, range, labels, the split; what is missing, and what must not run."""

from pathlib import Path

import numpy as np
import pytest

from qcore.errors import MissingAsset
from qcore.training.cohorts.medmnist import FOLDER, read


@pytest.fixture
def made_up(tmp_path: Path) -> Path:
    (tmp_path / FOLDER).mkdir()
    arrays = {}
    for split, n in (("train", 6), ("val", 3), ("test", 2)):
        arrays[f"{split}_images"] = np.arange(n * 4, dtype=np.uint8).reshape(n, 2, 2)
        arrays[f"{split}_labels"] = (np.arange(n)[:, None] % 2).astype(np.uint8)
    np.savez(tmp_path / FOLDER / "madeup.npz", **arrays)
    return tmp_path


def test_pixels_lie_between_0_and_1_and_the_positive_label_is_1(made_up: Path) -> None:
    images = read(made_up, "madeup", "train", positive=0)
    assert images.x.shape == (6, 1, 2, 2)
    assert images.x[5, 0, 1, 1] == pytest.approx(23 / 255)
    assert images.y.tolist() == [1, 0, 1, 0, 1, 0]
    assert read(made_up, "madeup", "train").y.tolist() == [0, 1, 0, 1, 0, 1]


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match=r"breastmnist\.npz is missing. Set QLINICAL_DATA"):
        read(tmp_path, "breastmnist", "train")


def test_a_damaged_file_and_one_without_the_split_are_told(made_up: Path) -> None:
    with pytest.raises(MissingAsset, match="damaged"):
        read(made_up, "madeup", "extra")
    file = made_up / FOLDER / "madeup.npz"
    file.write_bytes(file.read_bytes()[:200])
    with pytest.raises(MissingAsset, match="damaged"):
        read(made_up, "madeup", "train")


def test_a_file_that_would_run_code_is_not_read(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    np.savez(tmp_path / FOLDER / "evil.npz", train_images=np.array([object()]), train_labels=np.zeros((1, 1)))
    with pytest.raises(MissingAsset, match="no MedMNIST file"):
        read(tmp_path, "evil", "train")


@pytest.mark.parametrize(
    ("name", "positive", "sizes", "shape", "base_rate"),
    [
        ("breastmnist", 0, (546, 78, 156), (1, 28, 28), 42 / 156),
        ("pneumoniamnist", 1, (4708, 524, 624), (1, 28, 28), 390 / 624),
        ("adrenalmnist3d", 1, (1188, 98, 298), (1, 28, 28, 28), 69 / 298),
    ],
)
def test_the_public_sets_are_what_their_paper_says(
    data: Path, name: str, positive: int, sizes: tuple[int, ...], shape: tuple[int, ...], base_rate: float
) -> None:
    found = [read(data, name, split, positive) for split in ("train", "val", "test")]
    assert tuple(len(images) for images in found) == sizes
    assert found[2].x.shape[1:] == shape
    assert float(found[2].y.mean()) == pytest.approx(base_rate, abs=1e-6)
