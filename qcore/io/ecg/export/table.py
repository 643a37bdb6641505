"""A recording as a table of text, so that anyone can see what was read."""

from pathlib import Path

import numpy as np

from qcore.io.ecg.record import Ecg

ROWS = 100_000
"""Written at a time, so that 24 h need little memory."""


def write_csv(ecg: Ecg, file: Path) -> None:
    """Write a column ``time_s`` and one of µV for each lead; cells of gaps are empty."""
    names = ["time_s", *(f'"{lead}"' if "," in lead or '"' in lead else lead for lead in ecg.leads)]
    with file.open("w", encoding="utf-8", newline="") as stream:
        stream.write(",".join(names) + "\n")
        for start in range(0, ecg.uv.shape[1], ROWS):
            block = ecg.uv[:, start : start + ROWS].T
            times = np.arange(start, start + len(block)) / ecg.rate_hz
            for time, row in zip(times, block, strict=True):
                cells = ("" if np.isnan(value) else f"{value:.7g}" for value in row.tolist())
                stream.write(f"{time:.9g}," + ",".join(cells) + "\n")
