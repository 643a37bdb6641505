"""MedMNIST sets as tensors, with their official splits; read with NumPy alone, and nothing in the file can run.

Source: Yang et al. 2023, doi:10.1038/s41597-022-01721-8, CC BY 4.0.
"""

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import torch
from torch import Tensor

from qcore.errors import MissingAsset

FOLDER = "medmnist"
BYTE = 255.0


@dataclass(frozen=True)
class ImageSet:
    """Images or volumes with a yes/no outcome.

    Attributes:
        x: ``(n, 1, *space)`` in [0, 1].
        y: ``(n,)`` 0 or 1.
    """

    x: Tensor
    y: Tensor

    def __len__(self) -> int:
        """Count the images."""
        return len(self.x)


def read(data: Path, name: str, split: str, positive: int = 1) -> ImageSet:
    """Read one split of a MedMNIST data set as images from 0 to 1 and outcomes of 0 and 1.

    Args:
        data: folder of the public data sets.
        name: of the data set, such as ``breastmnist``.
        split: ``train``, ``val`` or ``test``.
        positive: label that counts as 1.

    Raises:
        MissingAsset: the file is not there, or is damaged.
    """
    file = data / FOLDER / f"{name}.npz"
    if not file.is_file():
        raise MissingAsset(f"{file} is missing. Set QLINICAL_DATA to the folder that holds {FOLDER}/{name}.npz.")
    try:
        with file.open("rb") as opened, np.load(opened, allow_pickle=False) as arrays:
            images, labels = arrays[f"{split}_images"], arrays[f"{split}_labels"][:, 0]
    except (ValueError, KeyError, OSError, BadZipFile) as error:
        raise MissingAsset(f"{file} is damaged or no MedMNIST file. Download it again.") from error
    x = torch.from_numpy(images.astype(np.float32) / BYTE).unsqueeze(1)
    return ImageSet(x, torch.from_numpy((labels == positive).astype(np.float32)))
