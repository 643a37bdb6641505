"""Learn what tells brains from other pictures: from training slices and their changed views, and from anything else."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from qcore.errors import UnreadableInput
from qcore.io.image.isolated import ImageReader
from qcore.io.image.series import Series
from qcore.tasks.tumor.familiarity import N_DIRECTIONS, Familiarity
from qcore.tasks.tumor.framing import framed, square_pixels

BRAINS_KEPT = 0.995
"""Share of the brains that did not train it which each of the two tests lets pass."""
C = 0.003
MOST_OF_A_SERIES = 6
MEDMNIST = ("breastmnist", "pneumoniamnist", "adrenalmnist3d")
OF_EACH_SET = 150
LEAST_SIDE = 40


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
    pictures = [framed(image).pixels for image in _medmnist(data)]
    with ImageReader() as reader:
        for folder in folders:
            for file in sorted(folder.rglob("*")):
                if file.is_file():
                    pictures += [framed(image).pixels for image in _images(reader, file)]
    return np.stack(pictures)


def _medmnist(data: Path) -> Iterable[NDArray[np.float32]]:
    for name in MEDMNIST:
        with np.load(data / "medmnist" / f"{name}.npz") as file:
            for image in file["train_images"][:OF_EACH_SET]:
                yield (image if image.ndim == 2 else image[len(image) // 2]).astype(np.float32)


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
