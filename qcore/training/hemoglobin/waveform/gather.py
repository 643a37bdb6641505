"""Read the recordings of a cohort once, as the model reads them, into one file that fits any number of them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg.leads import INDEPENDENT, lead_name
from qcore.io.ecg.record import Ecg
from qcore.tasks.hemoglobin.waveform.signal import N_SAMPLES, UV_A_MV, read_signal

Tell = Callable[[str, int, int], object]

SIGNALS, PROGRESS = "signals.npy", "signals.json"
RECORDS_A_STEP = 500
IN_UV = {"uv": 1.0, "µv": 1.0, "mv": UV_A_MV, "v": 1e6}


def read_wfdb(record: Path) -> Ecg:
    """Read a recording in the WFDB format.

    Args:
        record: path without its extension.

    Raises:
        UnreadableInput: it is not there, is damaged, or its unit is no voltage.
    """
    import wfdb  # takes a second to import, and only training on waveforms needs it

    try:
        found = wfdb.rdrecord(str(record))
    except (OSError, ValueError, IndexError, KeyError) as error:
        raise UnreadableInput(f"{record} cannot be read as a WFDB recording ({error}).") from error
    factors = [IN_UV.get(unit.lower()) for unit in found.units]
    if None in factors or found.p_signal is None:
        raise UnreadableInput(f"{record} is given in {', '.join(found.units)}, which is no voltage.")
    uv = found.p_signal.T * np.array(factors, dtype=np.float64)[:, None]
    return Ecg(tuple(map(lead_name, found.sig_name)), uv.astype(np.float32), float(found.fs), "WFDB")


def gather(cohort: pd.DataFrame, folder: Path, key: str, tell: Tell) -> tuple[NDArray[np.float16], list[str]]:
    """Read all recordings, or go on where an earlier call stopped.

    Args:
        cohort: a row a recording, whose column ``record`` is its path without an extension.
        folder: in which what was read is kept.
        key: differs wherever the cohort does.
        tell: what is being done, how many recordings are done and how many there are.

    Returns:
        ``(n, 8, 1000)`` mV in half precision, on the disk, NaN where a recording could not be read; and why not,
        a sentence each.
    """
    signals, progress = folder / SIGNALS, folder / PROGRESS
    shape = (len(cohort), len(INDEPENDENT), N_SAMPLES)
    state = json.loads(progress.read_text(encoding="utf-8")) if progress.is_file() and signals.is_file() else {}
    if state.get("key") != key:
        state = {"key": key, "done": 0, "refused": []}
        np.lib.format.open_memmap(signals, mode="w+", dtype=np.float16, shape=shape).flush()
    kept = np.lib.format.open_memmap(signals, mode="r+")
    records = cohort["record"].tolist()
    while state["done"] < len(records):
        end = min(state["done"] + RECORDS_A_STEP, len(records))
        for row in range(state["done"], end):
            try:
                kept[row] = read_signal(read_wfdb(Path(records[row])))
            except UnreadableInput as error:
                kept[row] = np.nan
                state["refused"].append(f"{records[row]}: {error}")
        kept.flush()
        state["done"] = end
        progress.write_text(json.dumps(state), encoding="utf-8")
        tell("reading the recordings", end, len(records))
    return kept, state["refused"]
