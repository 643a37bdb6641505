"""Z-Alizadeh Sani: 303 patients of a heart centre in Tehran, with findings of the ECG, vital signs and haemoglobin.

Source: Alizadehsani et al. 2013, doi:10.1016/j.cmpb.2013.03.004; UCI repository, doi:10.24432/C5Q31T (CC BY 4.0). All
were referred for coronary angiography.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import MissingAsset
from qcore.tasks.hemoglobin.features import NAMES

FILE = ("zalizadeh", "zalizadeh_sani.csv")
FEMALE, PRESENT, NO_BLOCK = "Fmale", "Y", "N"


@dataclass(frozen=True, eq=False)
class Patients:
    """The patients.

    Attributes:
        inputs: ``(303, 11)`` columns `qcore.tasks.hemoglobin.features.NAMES`.
        hemoglobin_g_dl: ``(303,)``.
    """

    inputs: pd.DataFrame
    hemoglobin_g_dl: NDArray[np.float64]


def read_patients(data: Path) -> Patients:
    """Read the patients, each of whom has a row of his own.

    Args:
        data: folder of the public data sets.

    Raises:
        MissingAsset: the file is not there, or is another one.
    """
    file = data.joinpath(*FILE)
    if not file.is_file():
        raise MissingAsset(f"{file} is missing: set QLINICAL_DATA to the folder of the public data sets.")
    stored = pd.read_csv(file)
    try:
        columns = (
            stored["Age"],
            stored["Sex"] == FEMALE,
            stored["BP"],
            stored["PR"],
            *(stored[name] for name in ("Q Wave", "St Elevation", "St Depression", "Tinversion")),
            stored["LVH"] == PRESENT,
            stored["Poor R Progression"] == PRESENT,
            stored["BBB"] != NO_BLOCK,
        )
        hemoglobin = stored["HB"].to_numpy(np.float64)
    except KeyError as error:
        raise MissingAsset(f"{file} has no column {error}: restore it.") from error
    inputs = pd.concat([column.astype(float) for column in columns], axis=1)
    return Patients(inputs.set_axis(list(NAMES), axis=1), hemoglobin)
