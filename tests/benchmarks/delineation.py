"""P, QRS and T on LUDB: ours beside neurokit2's delineators and openecg's network lead by lead.

``python -m tests.benchmarks.delineation [--records 53] [--rate 500] [--noise 0]``: a line a method on every third of
our 159 records; it needs these (QLINICAL_DATA) and neurokit2. openecg's network was trained on all 159, so its line and
ours say little about other records: on its authors' other 41, which this project does not have, issue 15 gives .956 and
5 ms for it. With noise (µV of white noise on every lead) the lines compare what is done with the network's answers.
"""

import argparse
import time
import warnings
from collections.abc import Callable

import neurokit2
import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.record import Ecg
from qcore.io.ecg.resampling import resampled
from qcore.settings import data_dir
from qcore.tasks.ecg.measure import fiducials_between
from tests import ludb

Found = dict[str, dict[str, list[int]]]


def ours(ecg: Ecg) -> Found:
    """All leads together."""
    return fiducials_between(ecg, 0, ecg.seconds)


def lead_by_lead(ecg: Ecg) -> Found:
    """The same network, each lead by itself."""
    found: Found = {}
    for lead, row in zip(ecg.leads, ecg.uv, strict=True):
        found |= ours(Ecg((lead,), row[None], ecg.rate_hz))
    return found


def neurokit(method: str) -> Callable[[Ecg], Found]:
    """Return a delineator of neurokit2; it fails on leads without beats, which then have no marks."""
    names = {
        "P_on": "ECG_P_Onsets", "P_peak": "ECG_P_Peaks", "P_off": "ECG_P_Offsets", "QRS_on": "ECG_R_Onsets",
        "QRS_off": "ECG_R_Offsets", "T_on": "ECG_T_Onsets", "T_peak": "ECG_T_Peaks", "T_off": "ECG_T_Offsets",
    }  # fmt: skip

    def delineate(ecg: Ecg) -> Found:
        found: Found = {}
        for lead, row in zip(ecg.leads, ecg.uv, strict=True):
            rate = int(ecg.rate_hz)
            clean = neurokit2.ecg_clean(row, sampling_rate=rate)
            try:
                peaks = neurokit2.ecg_peaks(clean, sampling_rate=rate)[1]["ECG_R_Peaks"]
                marks = neurokit2.ecg_delineate(clean, peaks, sampling_rate=rate, method=method)[1]
            except (IndexError, ValueError, TypeError, ZeroDivisionError):
                peaks, marks = [], {}
            found[lead] = {
                name: sorted(int(at) for at in marks.get(theirs, []) if np.isfinite(at))
                for name, theirs in names.items()
            }
            found[lead]["R_peak"] = [int(at) for at in peaks]
        return found

    return delineate


METHODS: dict[str, Callable[[Ecg], Found]] = {
    "neurokit2 dwt": neurokit("dwt"),
    "neurokit2 prominence": neurokit("prominence"),
    "openecg lead by lead": lead_by_lead,
    "ours": ours,
}


def main() -> None:
    """Print a line a method."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=53)
    parser.add_argument("--rate", type=float, default=ludb.RATE_HZ)
    parser.add_argument("--noise", type=float, default=0.0)
    said = parser.parse_args()
    folder = data_dir()
    if folder is None:
        raise SystemExit("LUDB is not there: set QLINICAL_DATA.")
    warnings.simplefilter("ignore")
    print(f"{'method':22} macro-F1  R-peak F1  QT error ms  s a record   F1 / median error ms of each mark")
    for name, method in METHODS.items():
        rng = np.random.default_rng(0)
        score, seconds = ludb.Score(), 0.0
        records = ludb.held_out(folder)[: said.records]
        for record in records:
            given = ludb.ecg(folder, record)
            noisy = given.uv + rng.normal(0, said.noise, given.uv.shape)
            new = resampled(noisy, given.rate_hz, said.rate)
            began = time.perf_counter()
            found = method(Ecg(given.leads, new.uv.astype(np.float32), said.rate))
            seconds += time.perf_counter() - began
            for lead in given.leads:
                back: dict[str, NDArray[np.int64]] = {
                    kind: new.to_original(np.array(at, float)) for kind, at in found.get(lead, {}).items()
                }
                score.add(
                    ludb.marks(folder)[record, lead.lower()], {k: back.get(k, np.zeros(0, int)) for k in ludb.KINDS}
                )
        each = "  ".join(
            f"{kind} {score.f1(kind):.3f}/{np.median(np.abs(score.errors_ms[kind])):.0f}" for kind in ludb.KINDS
        )
        print(
            f"{name:22} {score.macro_f1:8.4f} {score.f1('R_peak'):10.4f} {score.qt_error_ms:12.1f} "
            f"{seconds / len(records):11.2f}   {each}",
            flush=True,
        )


if __name__ == "__main__":
    main()
