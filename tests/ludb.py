"""LUDB: reads the records and the cardiologists' marks, and scores marks against them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.io.ecg.record import Ecg

RATE_HZ = 500.0
TOLERANCE_MS = 150.0
"""Of ANSI/AAMI EC57: a mark within it is a hit."""
KINDS = ("P_on", "P_peak", "P_off", "QRS_on", "R_peak", "QRS_off", "T_on", "T_peak", "T_off")

Marks = Mapping[str, NDArray[np.int64]]


@cache
def records(folder: Path) -> tuple[list[int], list[str], NDArray[np.float32]]:
    """Return numbers of records, names of leads and ``(n, 12, 5000)`` µV."""
    with np.load(folder / "ludb159" / "ludb159_500hz_12lead_delta.npz") as stored:
        steps = np.stack([stored["delta_lo"], stored["delta_hi"]], -1).view(np.int16)[..., 0]
        uv = np.cumsum(steps.astype(np.int32), axis=-1).astype(np.float32)
        return stored["record"].tolist(), stored["leads"].tolist(), uv


@cache
def marks(folder: Path) -> dict[tuple[int, str], Marks]:
    """Return samples of each kind of mark, by record and lead."""
    table = pd.read_csv(folder / "ludb159" / "fiducials.csv")
    table["lead"] = table["lead"].str.lower()
    found: dict[tuple[int, str], dict[str, NDArray[np.int64]]] = {}
    for (record, lead), of_lead in table.groupby(["record", "lead"]):
        of_kind = found.setdefault((int(record), str(lead)), {})
        for wave in ("P", "QRS", "T"):
            rows = of_lead[of_lead["wave"] == wave]
            for column, end in (("onset", "on"), ("peak", "peak"), ("offset", "off")):
                name = "R_peak" if (wave, end) == ("QRS", "peak") else f"{wave}_{end}"
                samples = np.sort(rows[column].to_numpy())
                of_kind[name] = samples[samples >= 0]
    return found


def held_out(folder: Path) -> list[int]:
    """Return every third record: nothing of ours was tuned on these. openecg's network was trained on all 159."""
    return records(folder)[0][::3]


def ecg(folder: Path, record: int) -> Ecg:
    """Return one record."""
    numbers, leads, uv = records(folder)
    return Ecg(tuple(leads), uv[numbers.index(record)], RATE_HZ)


def matched(true: NDArray[np.int64], found: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return pairs of places, one to one, the nearest first, within the tolerance."""
    if not len(true) or not len(found):
        return []
    apart = np.abs(true[:, None] - found[None])
    pairs: list[tuple[int, int]] = []
    for t, f in zip(*np.unravel_index(np.argsort(apart, axis=None, kind="stable"), apart.shape), strict=True):
        if apart[t, f] > TOLERANCE_MS * RATE_HZ / 1000:
            break
        if all(t != pair[0] and f != pair[1] for pair in pairs):
            pairs.append((int(t), int(f)))
    return pairs


@dataclass
class Score:
    """Hits, misses, false marks and errors in ms of each kind of mark, and QT of each lead."""

    counts: dict[str, list[int]] = field(default_factory=lambda: {kind: [0, 0, 0] for kind in KINDS})
    errors_ms: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    qt_errors_ms: list[float] = field(default_factory=list)

    def add(self, true: Marks, found: Marks) -> None:
        """Count one lead, between its first and last mark: beyond these nobody marked anything."""
        all_true = np.concatenate(list(true.values()))
        if not len(all_true):
            return
        for kind in KINDS:
            pairs = matched(true[kind], found[kind])
            hit = {f for _, f in pairs}
            false = [f for f, at in enumerate(found[kind]) if f not in hit and all_true.min() <= at <= all_true.max()]
            for place, number in enumerate((len(pairs), len(true[kind]) - len(pairs), len(false))):
                self.counts[kind][place] += number
            self.errors_ms[kind] += [1000 / RATE_HZ * float(found[kind][f] - true[kind][t]) for t, f in pairs]
        qt_true, qt_found = qt_ms(true), qt_ms(found)
        if qt_true is not None and qt_found is not None:
            self.qt_errors_ms.append(qt_found - qt_true)

    def f1(self, kind: str) -> float:
        """Return twice the hits by all marks, true and found."""
        hits, missed, false = self.counts[kind]
        return 2 * hits / max(2 * hits + missed + false, 1)

    @property
    def macro_f1(self) -> float:
        """Mean over the nine kinds of marks."""
        return float(np.mean([self.f1(kind) for kind in KINDS]))

    @property
    def qt_error_ms(self) -> float:
        """Median over leads of how far the median QT is off."""
        return float(np.median(np.abs(self.qt_errors_ms)))


def qt_ms(of_lead: Marks) -> float | None:
    """Return the median, over a lead's beats, of onset of QRS to offset of T."""
    onsets, offsets = of_lead["QRS_on"], of_lead["T_off"]
    found = []
    for at, onset in enumerate(onsets):
        until = onsets[at + 1] if at + 1 < len(onsets) else onset + RATE_HZ
        inside = offsets[(offsets > onset) & (offsets < until)]
        if len(inside):
            found.append(1000 / RATE_HZ * float(inside[0] - onset))
    return float(np.median(found)) if found else None
