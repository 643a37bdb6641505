"""PTB-XL: 12-lead recordings of 10 s with the diagnoses of cardiologists, in its official folds.

Source: Wagner et al. 2020, doi:10.1038/s41597-020-0495-6 (CC BY 4.0). Read is the part of it that the folder of data
has, at 100 Hz.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.errors import MissingAsset
from qcore.io.ecg.band import in_band
from qcore.tasks.ecg.question import AF, LABELS

FOLDER, SIGNALS, TABLE = "ptbxl", "ptbxl_100hz_8lead_delta.npz", "labels.csv"
FOLDS = {"train": tuple(range(1, 9)), "val": (9,), "test": (10,)}
SEXES = {0: "male", 1: "female"}
AGE_BANDS_YEARS = (18, 40, 60, 75, 90)
CODED = 300
"""As which ages above 89 are written."""


@dataclass(frozen=True, eq=False)
class Recordings:
    """Recordings with what they show.

    Attributes:
        x: ``(n, 8, 1000)`` mV at 100 Hz in the band that the models read; leads I, II, V1 to V6.
        y: ``(n, 6)`` 0 or 1 for each label of the question.
        people: ``(n,)`` whose they are.
        groups: ``(n, ...)`` sex, age and device, for subgroups.
    """

    x: Tensor
    y: Tensor
    people: NDArray[np.int64]
    groups: pd.DataFrame

    def __len__(self) -> int:
        """Count them."""
        return len(self.x)


def read_ptbxl(data: Path, split: str) -> Recordings:
    """Read the recordings of a split.

    Args:
        data: folder of the public data sets.
        split: train, val or test.

    Raises:
        MissingAsset: a file is not there.
    """
    folder = data / FOLDER
    for file in (folder / SIGNALS, folder / TABLE):
        if not file.is_file():
            raise MissingAsset(f"{file} is missing: set QLINICAL_DATA to the folder of the public data sets.")
    labels = pd.read_csv(folder / TABLE)
    chosen = labels["strat_fold"].isin(FOLDS[split]).to_numpy()
    with np.load(folder / SIGNALS) as stored:
        if not np.array_equal(stored["ecg_id"], labels["ecg_id"]):
            raise MissingAsset(f"{folder / TABLE} lists other recordings than {SIGNALS} holds: restore both.")
        bytes_of = np.stack([stored["delta_lo"][chosen], stored["delta_hi"][chosen]], axis=-1)
    uv = np.cumsum(bytes_of.view(np.int16)[..., 0].astype(np.int32), axis=-1)
    labels = labels[chosen].reset_index(drop=True)
    return Recordings(
        torch.from_numpy(in_band(uv)),
        torch.from_numpy(_outcome(labels)),
        labels["patient_id"].to_numpy(np.int64),
        _groups(labels),
    )


def _outcome(labels: pd.DataFrame) -> NDArray[np.float32]:
    held = labels["superclass"].fillna("").str.split(";").map(set)
    columns = [
        labels["afib"].to_numpy() == 1 if name == AF else held.map(lambda names, name=name: name in names).to_numpy()
        for name in LABELS.names
    ]
    return np.stack(columns, axis=1).astype(np.float32)


def _groups(labels: pd.DataFrame) -> pd.DataFrame:
    age = labels["age"].where(labels["age"] < CODED, AGE_BANDS_YEARS[-1])
    edges = [*AGE_BANDS_YEARS, np.inf]
    names = [f"{low} to {high - 1} years" for low, high in pairwise(edges[:-1])]
    return pd.DataFrame(
        {
            "sex": labels["sex"].map(SEXES),
            "age": pd.cut(age, edges, right=False, labels=[*names, f"{edges[-2]} years or more"]).astype(object),
            "device": labels["device"].str.strip().str.replace(r"\s+", " ", regex=True),
        }
    )
