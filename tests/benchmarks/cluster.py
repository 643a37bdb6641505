"""What a second worker gains, how long a million patients take, and whether memory grows with their number; by hand.

``python -m tests.benchmarks.cluster [--only sweep scoring] [--patients 1000000]``. Single-threaded workers on this
machine, warmed up first: a process that starts loads torch and PennyLane for some seconds, however long the work is.
One worker and two are timed in turns, so that what else the machine does hits both.
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from qcore.batch import cluster
from qcore.batch.scoring import score_cohort
from qcore.tasks.aki.inputs import INPUT_NAMES, INPUTS
from qcore.training.sweep import data as sweep_data
from qcore.training.sweep.run import read_results, run_sweep
from qcore.training.sweep.spec import Sweep

TURNS = 3
SPEED_UP = 1.8
LIMITS_S = {"ideal": 60, "noisy:fez": 120}
GROUP = 100_000
SWEEP = Sweep(
    data="toy",
    cases=200,
    epochs=16,
    families=["variational"],
    qubits=[2, 3, 4],
    layers=[1, 2, 3],
    devices=["ideal"],
    seeds=[0, 1],
)


def main() -> None:
    parser = argparse.ArgumentParser(description="Sweeps and cohorts on one worker and on two.")
    parser.add_argument("--only", nargs="+", choices=("sweep", "scoring"), default=("sweep", "scoring"))
    parser.add_argument("--patients", type=int, default=1_000_000)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as folder:
        if "sweep" in asked.only:
            speed_up(Path(folder))
        if "scoring" in asked.only:
            scoring(Path(folder), asked.patients)


def speed_up(folder: Path) -> None:
    """Time the same sweep on one worker and on two, in turns."""
    cells, data = SWEEP.cells(), sweep_data.load(SWEEP.data, SWEEP.cases, None)
    times: dict[int, list[float]] = {1: [], 2: []}
    busy, possible = [], []
    with cluster.workers(n_workers=1) as one, cluster.workers(n_workers=2) as two:
        for turn in range(-1, TURNS):
            for n, client in ((1, one), (2, two)):
                results = folder / f"{n}-{turn}"
                start = time.perf_counter()
                run_sweep(cells, data, results, client)
                if turn >= 0:
                    times[n].append(time.perf_counter() - start)
                    if n == 2:
                        busy.append(float(read_results(results, cells)["seconds"].sum()) / times[n][-1])
                assert read_results(results, cells)["error"].isna().all()
            possible.append(_possible())
    ratios = [alone / both for alone, both in zip(times[1], times[2], strict=True)]
    gained = statistics.median(ratios)
    print(f"sweep of {len(cells)} models: one worker {_listed(times[1])} s, two {_listed(times[2])} s")
    print(f"  two workers gain {gained:.2f} x ({_listed(ratios)}; at least {SPEED_UP}): {_judged(gained >= SPEED_UP)}")
    print(f"  workers training at the same time, on average (whatever else runs): {_listed(busy)} of 2")
    print(f"  meanwhile two processes that share nothing gain {_listed(possible)} x; load {os.getloadavg()[0]:.1f}")


def scoring(folder: Path, patients: int) -> None:
    """Time a cohort on every backend with a limit, and compare the memory of workers with a tenth of it."""
    files = {n: _cohort(folder / f"{n}.parquet", n) for n in (patients // 10, patients)}
    for backend, limit in LIMITS_S.items():
        peaks = {}
        for n, file in files.items():
            start = time.perf_counter()
            with cluster.workers(n_workers=2) as client:
                ready = time.perf_counter()
                score_cohort(file, folder / f"{backend}-{n}", backend, client)
                seconds = time.perf_counter() - ready
                peaks[n] = max(client.run(_peak_mb).values())
            whole = time.perf_counter() - start
            print(
                f"{n:9,} patients, {backend}: {seconds:.1f} s with workers ready, {whole:.1f} s in all, "
                f"peak {peaks[n]:.0f} MB a worker, load {os.getloadavg()[0]:.1f}"
            )
        print(
            f"  at most {limit} s: {_judged(whole <= limit)}; memory from {patients // 10:,} to {patients:,} patients: "
            f"{peaks[patients] / peaks[patients // 10]:.2f} x"
        )


def _cohort(file: Path, n: int) -> Path:
    """Write synthetic patients, a part at a time."""
    rng = np.random.default_rng(0)
    with pq.ParquetWriter(
        file, pa.schema([("patient_id", pa.int64()), *((k, pa.float64()) for k in INPUT_NAMES)])
    ) as to:
        for first in range(0, n, GROUP):
            rows = min(GROUP, n - first)
            part = pd.DataFrame({item.name: rng.uniform(*item.common, rows) for item in INPUTS})
            part["icu_type"] = rng.integers(1, 5, rows).astype(float)
            part["urine_6h_ml_kg_h"] = part[["urine_6h_ml_kg_h", "urine_24h_ml_kg_h"]].min(axis=1)
            part.insert(0, "patient_id", np.arange(first, first + rows))
            to.write_table(pa.Table.from_pandas(part, preserve_index=False))
    return file


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _possible() -> float:
    """Return what two processes that share nothing gain over one, now."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(_spin, [10**5, 10**5])
        start = time.perf_counter()
        for _ in range(2):
            pool.map(_spin, [10**8, 0], chunksize=1)
        alone = time.perf_counter() - start
        start = time.perf_counter()
        pool.map(_spin, [10**8, 10**8], chunksize=1)
        return alone / (time.perf_counter() - start)


def _spin(steps: int) -> int:
    return sum(range(steps)) if steps else 0


def _listed(numbers: list[float]) -> str:
    return " ".join(f"{number:.2f}" for number in numbers)


def _judged(met: bool) -> str:
    return "met" if met else "missed"


if __name__ == "__main__":
    main()
