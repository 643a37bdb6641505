"""Read the recordings of a cohort once, as the model reads them, into one file that fits any number of them."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.errors import UnreadableInput
from qcore.io.ecg.leads import INDEPENDENT
from qcore.io.ecg.upload import EcgReader
from qcore.tasks.hemoglobin.waveform.signal import N_SAMPLES, read_signal

Tell = Callable[[str, int, int], object]

SIGNALS, PROGRESS = "signals.npy", "signals.json"
RECORDS_A_STEP = 500


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
    with EcgReader() as reader:
        while state["done"] < len(records):
            end = min(state["done"] + RECORDS_A_STEP, len(records))
            for row in range(state["done"], end):
                try:
                    kept[row] = read_signal(reader.read_one(Path(records[row])))
                except UnreadableInput as error:
                    kept[row] = np.nan
                    state["refused"].append(f"{records[row]}: {error}")
            kept.flush()
            state["done"] = end
            progress.write_text(json.dumps(state), encoding="utf-8")
            tell("reading the recordings", end, len(records))
    return kept, state["refused"]
