"""Learn what tells brains from other pictures: from training slices and their changed views, and from anything else."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from qcore.errors import MissingAsset, UnreadableInput
from qcore.io.image.isolated import ImageReader
from qcore.io.image.series import Series
from qcore.models.encoded import save_weights
from qcore.settings import CACHE
from qcore.tasks.classification.model import Model
from qcore.tasks.classification.store import folder_of
from qcore.tasks.tumor.answer import preparation
from qcore.tasks.tumor.familiarity import FILE, N_DIRECTIONS, Familiarity
from qcore.tasks.tumor.framing import framed, square_pixels
from qcore.tasks.tumor.phantom import head
from qcore.tasks.tumor.question import N_CELLS
from qcore.training.cohorts.brain_mri import read_slices
from qcore.training.tumor.cases import views

N_VIEWS = 2000
BRAINS_KEPT = 0.995
"""Share of the brains that did not train it which each of the two tests lets pass."""
C = 0.003
MOST_OF_A_SERIES = 6
MEDMNIST = ("breastmnist", "pneumoniamnist", "adrenalmnist3d")
OF_EACH_SET = 150
LEAST_SIDE = 40
TISSUE_HU = {"skin": 60.0, "fat": 5.0, "skull": 1100.0, "fluid": 12.0, "grey": 38.0, "white": 30.0}
WINDOWS_HU = (70.0, 80.0, 100.0, 120.0, 160.0, 250.0, 500.0, 1200.0)
"""Brightest value that is shown."""


def train_familiarity(model: Model, data: Path, folders: Iterable[Path]) -> Path:
    """Learn it from the training slices, their views and other pictures, and keep it beside the model.

    Args:
        model: trained, whose channels describe the pictures.
        data: folder of the public data sets.
        folders: of pictures of any kind, none of them an MRI of a brain.

    Returns:
        The file that was written.
    """
    describe = preparation(model).with_summary
    trained, held_out = (read_slices(data, CACHE / "training", split) for split in ("train", "val"))
    as_stored = torch.from_numpy(trained.images[::3]).float() / 255
    brains = torch.cat([describe(x)[1] for x in (views(trained, N_CELLS, N_VIEWS).x, as_stored)])
    clean = describe(torch.from_numpy(held_out.images).float() / 255)[1]
    others = torch.from_numpy(other_pictures(data, folders))[:, None]
    # A photograph in another size or contrast is no more a brain than before.
    changed = torch.cat([others, others.flip(2), (1 - others) * (others > 0)])
    familiarity = fit_familiarity(brains, clean, describe(changed)[1])
    file = folder_of(model.entry) / FILE
    save_weights(familiarity, file)
    return file


def fit_familiarity(brains: Tensor, held_out: Tensor, others: Tensor) -> Familiarity:
    """Fit both tests.

    Args:
        brains: ``(n, N_SUMMARY)`` of training slices and their views.
        held_out: ``(m, N_SUMMARY)`` of brains that did not train, which decide where the tests end.
        others: ``(k, N_SUMMARY)`` of pictures of anything else.
    """
    made = Familiarity()
    made.centre, made.scale = brains.mean(0), brains.std(0).clamp_min(1e-4)
    x = made.standardised(brains)
    _, _, directions = torch.pca_lowrank(x, N_DIRECTIONS, niter=6)
    made.directions = directions
    along = x @ directions
    away = (x - along @ directions.T).square().mean(1, keepdim=True).sqrt()
    made.spread = torch.cat([along.std(0), away.square().mean(0).sqrt()])
    made.farthest = made.distance(held_out).quantile(BRAINS_KEPT).reshape(1)
    rows = torch.cat([x, made.standardised(others)]).numpy()
    is_brain = np.r_[np.ones(len(x)), np.zeros(len(others))]
    fitted = LogisticRegression(C=C, class_weight="balanced", max_iter=2000).fit(rows, is_brain)
    made.weight = torch.from_numpy(fitted.coef_[0]).float()
    made.offset = torch.zeros(1)
    said = made.standardised(held_out) @ made.weight
    made.offset = -said.quantile(1 - BRAINS_KEPT).clamp_max(-float(fitted.intercept_[0])).reshape(1)
    return made.eval()


def other_pictures(data: Path, folders: Iterable[Path]) -> NDArray[np.float32]:
    """Return framed pictures of anything but brains ``(n, SIDE, SIDE)``: of MedMNIST, and of all files in folders.

    Args:
        data: folder of the public data sets.
        folders: of pictures of any kind, none of them an MRI of a brain.
    """
    of_sets = [medmnist_pictures(data, name, "train", OF_EACH_SET) for name in MEDMNIST]
    pictures = [framed(image).pixels for images in (*of_sets, _made_up_ct()) for image in images]
    with ImageReader() as reader:
        for folder in folders:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    pictures += [framed(image).pixels for image in _images(reader, file)]
    return np.stack(pictures)


def medmnist_pictures(data: Path, name: str, split: str, most: int) -> Iterator[NDArray[np.float32]]:
    """Return the first pictures of a set of MedMNIST; of a block, its middle slice.

    Args:
        data: folder of the public data sets.
        name: of the set.
        split: train or test.
        most: pictures.

    Raises:
        MissingAsset: the set is missing.
    """
    file = data / "medmnist" / f"{name}.npz"
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. Set QLINICAL_DATA to the folder of the data sets.")
    with np.load(file) as opened:
        for image in opened[f"{split}_images"][:most]:
            yield (image if image.ndim == 2 else image[len(image) // 2]).astype(np.float32)


def _made_up_ct() -> Iterable[NDArray[np.float32]]:
    """Make up CT of heads, which the public data lack, in windows from that of the brain to that of bone."""
    for seed, window in enumerate(WINDOWS_HU):
        series = head(None, seed, TISSUE_HU)
        for number in np.linspace(0.25, 0.85, MOST_OF_A_SERIES) * len(series):
            yield np.clip(series.pixels[int(number)].astype(np.float32), 0, window)


def _images(reader: ImageReader, file: Path) -> Iterable[NDArray[np.float32]]:
    try:
        upload = reader.read([(file.name, file.read_bytes())])
    except UnreadableInput:
        return
    for series in upload.series:
        yield from _some_slices(series)


def _some_slices(series: Series) -> Iterable[NDArray[np.float32]]:
    spacing = series.geometry.spacing_mm if series.geometry else series.spacing_mm
    for number in np.unique(np.linspace(0.2, 0.8, MOST_OF_A_SERIES) * len(series)).astype(int):
        image = square_pixels(series.pixels[number].astype(np.float32), spacing)
        if min(image.shape) >= LEAST_SIDE and image.max() > image.min():
            yield image
