"""The layout of the PhysioNet/CinC Challenge 2012 files, and how it becomes the series used here.

Rows are RecordID, Time (hh:mm since admission), Parameter, Value; -1 means missing.
Source: Silva et al., Computing in Cardiology 2012, https://physionet.org/content/challenge-2012/
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from qcore.errors import UnreadableInput
from qcore.tasks.aki.features import SERIES_COLUMNS

PHYSIONET_COLUMNS: tuple[str, ...] = ("RecordID", "Time", "Parameter", "Value")
MISSING = -1.0
PHYSIONET_PARAMETERS: Mapping[str, str] = {
    "Creatinine": "creatinine_mg_dl",
    "BUN": "bun_mg_dl",
    "Urine": "urine_ml",
    "MAP": "map_mmhg",
    "NIMAP": "map_mmhg",
    "HCO3": "bicarbonate_mmol_l",
    "GCS": "gcs",
    "Temp": "temperature_c",
    "Weight": "weight_kg",
    "Age": "age_years",
    "ICUType": "icu_type",
    "HCT": "haematocrit_percent",
}


def clock_hours(texts: pd.Series) -> npt.NDArray[np.float64]:
    """Read ``hh:mm`` or ``hh:mm:ss`` since the start (hours may exceed 24) or a number of hours.

    Returns:
        Hours, shape ``(len(texts),)``; NaN where the text is neither.
    """
    # A file has few distinct times: each is read once.
    codes, distinct = pd.factorize(texts.astype(str))
    clock = pd.Series(distinct, dtype=object).str.strip()
    parts = clock.str.extract(r"^([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?$").astype(float)
    hours = parts[0] + parts[1] / 60 + parts[2].fillna(0.0) / 3600
    plain = clock.where(clock.str.fullmatch(r"-?[0-9]{1,6}(\.[0-9]*)?"))
    hours = hours.fillna(pd.to_numeric(plain, errors="coerce"))
    return np.asarray(hours, dtype=np.float64)[codes]


def from_physionet(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn rows of the challenge into the long series layout.

    Args:
        frame: columns ``PHYSIONET_COLUMNS``; Value as a number. Parameters that no input uses and
            missing values (-1 or NaN) are left out.

    Returns:
        ``SERIES_COLUMNS`` with canonical parameter names and the time in hours.

    Raises:
        UnreadableInput: a column is missing or a time is not hh:mm.
    """
    missing = [name for name in PHYSIONET_COLUMNS if name not in frame.columns]
    if missing:
        raise UnreadableInput(f"The PhysioNet file has no column {', '.join(missing)}: add it.")
    used = frame[frame["Parameter"].isin(list(PHYSIONET_PARAMETERS))]
    used = used[used["Value"].notna() & (used["Value"] != MISSING)]
    hours = clock_hours(used["Time"])
    unread = np.flatnonzero(np.isnan(hours))
    if len(unread):
        raise UnreadableInput(f"The time {used['Time'].iloc[unread[0]]!r} cannot be read: write hh:mm, e.g. 07:30.")
    columns = {
        "patient_id": used["RecordID"].to_numpy(),
        "time_h": hours,
        "parameter": used["Parameter"].map(dict(PHYSIONET_PARAMETERS)).to_numpy(),
        "value": used["Value"].to_numpy(dtype=np.float64),
    }
    return pd.DataFrame(columns, columns=list(SERIES_COLUMNS))
